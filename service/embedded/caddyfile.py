"""The Caddyfile of the front door, in the order in which things must happen (`route` keeps it).

What a client says about media or forwarding (`X-Media-*`, `X-Forwarded-*`) is dropped before anything reads it. For
media, `web` is asked on a socket of its own, with headers only; a 2xx carries, in `X-Media-*`, where in the store the
bytes are; anything else goes to the browser as the problem that it is. Only named headers pass, in both directions.
"""

import json
from pathlib import Path

from service import problems
from service.embedded.caddy import GRACE_SECONDS, FrontDoor, lan_addresses, site_addresses
from service.web.listening import IDLE_SECONDS

PAGE_POLICY = (
    "default-src 'self'; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(self), microphone=(self), screen-wake-lock=(self), fullscreen=(self), geolocation=(), payment=()"


def caddyfile(door: FrontDoor) -> str:
    return f"""{{
{_indented(_options(door), 1)}
}}

{", ".join(site_addresses(door))} {{
{_indented(_site(door), 1)}
}}
{_health(door)}"""


def _health(door: FrontDoor) -> str:
    if door.health_port is None:
        return ""
    return f"""
http://127.0.0.1:{door.health_port} {{
	bind 127.0.0.1
	respond 200
}}
"""


def _options(door: FrontDoor) -> str:
    lines = [
        "admin off",
        "persist_config off",
        f"grace_period {GRACE_SECONDS}s",
        f"storage file_system {_quoted(door.data_dir / 'caddy')}",
        "skip_install_trust",
        # The request in an error line would hold the signed address in the store.
        """log default {
	output stderr
	level WARN
	format filter {
		fields {
			request delete
		}
		wrap json
	}
}""",
        f"""servers {{
{_trusting(door)}	timeouts {{
		read_header {door.header_seconds}s
		idle 2m
	}}
	max_header_size 32KB
}}""",
    ]
    if door.domain:
        lines.append(f"https_port {door.port}")
    elif door.local_https:
        lines += ["auto_https disable_redirects", f"default_sni {(lan_addresses() or ['localhost'])[0]}"]
    else:
        lines.append("auto_https off")
    return "\n".join(lines)


def _trusting(door: FrontDoor) -> str:
    """Whose word about where a request comes from is taken; read from the right, so that nobody can say more."""
    if not door.trusted_proxies:
        return ""
    return f"\ttrusted_proxies static {' '.join(door.trusted_proxies)}\n\ttrusted_proxies_strict\n"


def _site(door: FrontDoor) -> str:
    parts = [f"bind {door.bind}"] if door.bind else []
    if door.local_https:
        parts.append("tls internal")
    strict = '\n\theader Strict-Transport-Security "max-age=31536000"' if door.domain else ""
    # Over plain HTTP browsers ignore this one, and complain of it on every page.
    apart = "\n\theader Cross-Origin-Opener-Policy same-origin" if door.domain or door.local_https else ""
    parts.append(f"""route {{
	request_header -X-Media-*
	request_header -X-Forwarded-*
	request_header -Forwarded
	request_header -X-Request-Id
	header -Server
	header -Via
	header X-Content-Type-Options nosniff{strict}{apart}

	@media path_regexp ^/media/
	route @media {{
{_indented(_media(door), 2)}
	}}

	@inside path /health /health/* /metrics /metrics/* /gate /gate/*
	route @inside {{
{_indented(_respond(problems.NotFound()), 2)}
	}}

	header Content-Security-Policy "{PAGE_POLICY}"
	header Referrer-Policy no-referrer
	header Cross-Origin-Resource-Policy same-origin
	header X-Frame-Options DENY
	header Permissions-Policy "{PERMISSIONS}"

	# What is refused half read must not be read on as the next request: Caddy does so where the server behind it ends
	# the connection first. So what is too large, or has no business to have a body, is refused here, and then closed.
	@large {{
		path /api /api/*
		header_regexp Content-Length ^(4[2-9][0-9]{{5}}|[5-9][0-9]{{6}}|[0-9]{{8,}})$
	}}
	route @large {{
{_indented(_respond(problems.TooLarge()), 2)}
	}}
	@burdened {{
		path /live /problems/* /calendar/*
		header Content-Length *
	}}
	route @burdened {{
{_indented(_respond(problems.NotFound()), 2)}
	}}

	@web path /api /api/* /problems/* /calendar/*
	route @web {{
		request_body {{
			max_size 4MiB
		}}
		reverse_proxy {" ".join(door.web)} {{
			header_up X-Request-Id {{http.request.uuid}}
			# Who asks, as far as those may be believed who are before us: guessing is counted by it.
			header_up X-Forwarded-For {{client_ip}}
{_indented(_to_role(door, door.web), 3)}
		}}
	}}

	route /live {{
		reverse_proxy {" ".join(door.live)} {{
			header_up X-Request-Id {{http.request.uuid}}
{_indented(_to_role(door, door.live), 3)}
		}}
	}}

{_indented(_pages(door), 1)}
}}

handle_errors {{
{_indented(_errors(), 1)}
}}""")
    return "\n".join(parts)


def _pages(door: FrontDoor) -> str:
    """The client. Files in assets/ carry a hash in their name; every other path is a screen of the one page."""
    return f"""@write not method GET HEAD
route @write {{
{_indented(_respond(problems.MethodNotAllowed()), 1)}
}}
root * {_quoted(door.static_dir)}
@asset path /assets/*
route @asset {{
	header Cache-Control "public, max-age=31536000, immutable"
	file_server {{
		precompressed br gzip
	}}
}}
header Cache-Control no-cache
try_files {{path}} /index.html
file_server {{
	precompressed br gzip
}}"""


def _media(door: FrontDoor) -> str:
    """Ask, then carry. Only what is named here reaches the store, and only what is named here comes back from it."""
    return f"""@other not method GET HEAD PUT
route @other {{
	header Allow "GET, HEAD, PUT"
{_indented(_respond(problems.MethodNotAllowed()), 1)}
}}
header Content-Security-Policy "sandbox; default-src 'none'"
header Cross-Origin-Resource-Policy same-origin
header Referrer-Policy no-referrer

reverse_proxy {" ".join(door.gate)} {{
{_indented(_to_role(door, door.gate), 1)}
	method GET
	rewrite /gate
	header_up -Content-Type
	header_up -Content-Length
	header_up -Content-Encoding
	header_up -Transfer-Encoding
	header_up -Expect
	header_up X-Forwarded-Method {{http.request.method}}
	header_up X-Forwarded-Uri {{http.request.orig_uri}}
	header_up X-Request-Id {{http.request.uuid}}
	header_down -X-Media-*

	@granted {{
		status 200
		header X-Media-Target *
	}}
	handle_response @granted {{
		vars {{
			media_type {{rp.header.X-Media-Type}}
			media_disposition {{rp.header.X-Media-Disposition}}
		}}
		@put method PUT
		@get method GET HEAD
		rewrite {{rp.header.X-Media-Target}}
		reverse_proxy @put {_dial(door)} {{
{_indented(_to_store(door), 3)}
			header_up If-None-Match *
			header_up X-Amz-Checksum-Sha256 {{http.request.header.X-Amz-Checksum-Sha256}}
{_indented(_after_put(), 3)}
		}}
		reverse_proxy @get {_dial(door)} {{
{_indented(_to_store(door), 3)}
			header_up Range {{rp.header.X-Media-Range}}
			header_up If-None-Match {{http.request.header.If-None-Match}}
{_indented(_after_get(), 3)}
		}}
	}}
}}"""


def _to_role(door: FrontDoor, upstreams: tuple[str, ...]) -> str:
    """One that is about to end takes no new connection, so another is tried; nothing was sent yet, so nothing is
    sent twice. Idle connections are let go before the other end may close them under a request."""
    lines = ["header_up X-Forwarded-Proto https"] if door.behind_https else []
    if not upstreams[0].startswith("unix/"):
        lines += ["lb_try_duration 5s", "lb_try_interval 100ms"]
        lines += ["transport http {", "\tdial_timeout 2s", f"\tkeepalive {IDLE_SECONDS}s", "}"]
    return "\n".join(lines)


def _dial(door: FrontDoor) -> str:
    return door.store if door.store.startswith("https://") else door.store.removeprefix("http://")


def _to_store(door: FrontDoor) -> str:
    return f"header_up -*\nheader_up Host {door.store.partition('://')[2]}"


def _after_put() -> str:
    stored = "header Cache-Control no-store\nheader Etag {rp.header.Etag}\nrespond 200"
    return "\n".join(
        [
            "header_down -*",
            _answer("200", stored),
            _answer("400 403 411", _respond(problems.BlockDamaged())),
            _answer("412", _respond(problems.BlockAlreadyStored())),
            _answer(None, _respond(problems.StorageUnavailable())),
        ]
    )


def _after_get() -> str:
    carried = """header Content-Type {vars.media_type}
header Content-Disposition {vars.media_disposition}
header Content-Length {rp.header.Content-Length}
header Accept-Ranges bytes
header Cache-Control "private, no-cache"
header Etag {rp.header.Etag}
"""
    part = "header Content-Range {rp.header.Content-Range}\n"
    same = 'header Cache-Control "private, no-cache"\nheader Etag {rp.header.Etag}\nrespond 304'
    return "\n".join(
        [
            "header_down -*",
            _answer("206", carried + part + "copy_response"),
            _answer("200", carried + "copy_response"),
            _answer("304", same),
            _answer("404", _respond(problems.NotFound())),
            _answer("416", _respond(problems.RangeNotSatisfiable())),
            _answer(None, _respond(problems.StorageUnavailable())),
        ]
    )


def _answer(statuses: str | None, steps: str) -> str:
    """What to do with an answer of the store, in the written order (a bare block would be sorted by Caddy)."""
    name = f"@s{statuses.replace(' ', '_')} " if statuses else ""
    match = f"{name}status {statuses}\n" if statuses else ""
    return f"{match}handle_response {name}{{\n\troute {{\n{_indented(steps, 2)}\n\t}}\n}}"


def _errors() -> str:
    """What Caddy itself has to say: nobody answers behind it, or it has no such file."""
    return f"""header -Server
@media path_regexp ^/media/
route @media {{
{_indented(_respond(problems.StorageUnavailable()), 1)}
}}
@missing expression {{err.status_code}} == 404
route @missing {{
{_indented(_respond(problems.NotFound()), 1)}
}}
@large expression {{err.status_code}} == 413
route @large {{
{_indented(_respond(problems.TooLarge()), 1)}
}}
route {{
{_indented(_respond(problems.Unexpected(), status=503), 1)}
}}"""


def _respond(problem: problems.Problem, *, status: int | None = None) -> str:
    """The problem as the front door speaks it, with the request id that it gave."""
    document = problem.document("{http.request.uuid}") | ({"status": status} if status else {})
    status = status or problem.status
    retry = "header Retry-After 2\n" if status == 503 else ""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return (
        'header Content-Type "application/problem+json"\nheader Cache-Control no-store\n'
        f"{retry}respond `{body}` {status}"
    )


def _indented(text: str, depth: int) -> str:
    return "\n".join("\t" * depth + line if line else line for line in text.splitlines())


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
