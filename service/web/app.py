"""The application: every route with its policy, and the one middleware that turns trouble into problems."""

import contextlib
import logging
import time

from aiohttp import web
from aiohttp.typedefs import Handler

from service import access, problems
from service.actions import sign_in
from service.actions.sign_in import TOUCH_AFTER
from service.coaching.refusals import Refusal
from service.telemetry import request_context
from service.web import (
    calendars,
    contract,
    cycles,
    exports,
    health,
    home,
    invitations,
    lessons,
    network,
    notebooks,
    observers,
    outbox,
    passwords,
    playlists,
    problem_pages,
    program_settings,
    programs,
    sessions,
    tokens,
    tracks,
    unsubscribing,
    uploads,
)
from service.web.cookies import SESSION_DAYS, cookie_name, credentials, set_cookie
from service.web.keys import DEPS, REQUEST_ID, SESSION
from service.web.origin import comes_from_us, given_request_id
from service.web.policy import Policy, Route
from service.web.responding import problem_response
from service.wiring import Deps
from storage.record import CommandReused, DatabaseUnavailable

logger = logging.getLogger(__name__)

ROUTES: tuple[Route, ...] = (
    *sessions.ROUTES,
    *passwords.ROUTES,
    *tokens.ROUTES,
    *invitations.ROUTES,
    *programs.ROUTES,
    *program_settings.ROUTES,
    *unsubscribing.ROUTES,
    *outbox.ROUTES,
    *home.ROUTES,
    *cycles.ROUTES,
    *calendars.ROUTES,
    *lessons.ROUTES,
    *notebooks.ROUTES,
    *exports.ROUTES,
    *observers.ROUTES,
    *playlists.ROUTES,
    *tracks.ROUTES,
    *uploads.ROUTES,
    *network.ROUTES,
    *problem_pages.ROUTES,
    *health.ROUTES,
    *contract.ROUTES,
)

POLICY = web.AppKey("policy", dict[object, Policy])
_SAFE = ("GET", "HEAD")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_WATCHED = {route.path for route in health.ROUTES}


def make_app(deps: Deps) -> web.Application:
    app = web.Application(middlewares=[answer_problems, admit], client_max_size=uploads.MAX_COVER_BYTES)
    app[DEPS] = deps
    app[network.BUDGET] = network.Budget()
    app[contract.CONTRACT] = contract.Contract(ROUTES)
    app[POLICY] = {}
    for route in ROUTES:
        resource_route = app.router.add_route(route.method, route.path, route.handler)
        app[POLICY][resource_route] = route.policy
    return app


@web.middleware
async def answer_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal and every fault leaves here as RFC 9457; a fault says a fixed sentence and its request id."""
    deps = request.app[DEPS]
    request_id = given_request_id(request.headers) or deps.new_id()
    request[REQUEST_ID] = request_id
    started = time.perf_counter()
    with request_context(request_id), deps.metrics.requests_under_way.track_inprogress():
        try:
            response = await handler(request)
        except problems.Problem as problem:
            response = problem_response(problem, request_id)
        except Refusal as refusal:
            response = problem_response(problems.problem_of(refusal), request_id)
        except CommandReused:
            response = problem_response(problems.CommandReused(), request_id)
        except DatabaseUnavailable as away:
            logger.warning("database_unavailable", extra={"error": str(away)})
            response = problem_response(problems.RecordsUnavailable(headers={"Retry-After": "2"}), request_id)
        except web.HTTPNotFound:
            response = problem_response(problems.NotFound(), request_id)
        except web.HTTPMethodNotAllowed as refused:
            response = problem_response(problems.MethodNotAllowed(), request_id)
            response.headers["Allow"] = ", ".join(sorted(refused.allowed_methods))
        except web.HTTPRequestEntityTooLarge:
            response = problem_response(problems.TooLarge(), request_id)
        except web.HTTPException as refused:
            logger.warning("http_exception", extra={"status": refused.status})
            response = problem_response(problems.BadRequest(), request_id)
        except Exception:
            logger.exception("request_failed")
            response = problem_response(problems.Unexpected(), request_id)
        resource = request.match_info.route.resource
        route = resource.canonical if resource else None
        seconds = time.perf_counter() - started
        # Whoever watches this process asks every few seconds.
        logger.log(
            logging.DEBUG if route in _WATCHED and response.status < 500 else logging.INFO,
            "request",
            extra={
                "method": request.method,
                "route": route,
                "status": response.status,
                "ms": round(seconds * 1000, 1),
            },
        )
        method = request.method if request.method in _METHODS else "other"
        deps.metrics.requests.labels(method, route or "none", response.status).observe(seconds)
        if deps.draining.is_set():
            response.force_close()  # the next request goes to somebody who stays
        return response


@web.middleware
async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Origin, session and policy. A route that was registered without a policy is not answered."""
    if request.match_info.http_exception is not None:
        return await handler(request)
    policy = request.app[POLICY].get(request.match_info.route)
    if policy is None and request.method == "HEAD":
        raise problems.MethodNotAllowed
    if policy is None:
        raise problems.NotFound
    deps, headers = request.app[DEPS], request.headers
    shown = credentials(headers)
    unasked = request.method in _SAFE or policy.any_origin
    if not unasked and not comes_from_us(headers, shown, deps.config.origin):
        raise problems.ForeignOrigin
    session = None if policy.any_origin else await access.session_of(deps, shown)
    if session is not None:
        request[SESSION] = session
        if session.scopes is not None and policy.needs_session and policy.scope not in session.scopes:
            raise problems.ScopeMissing
    elif policy.needs_session:
        raise problems.SignedOut
    response = await handler(request)
    if session is not None and session.seen_at and deps.clock() - session.seen_at > TOUCH_AFTER:
        with contextlib.suppress(DatabaseUnavailable):  # what was asked is done; the next request touches it
            await sign_in.touch(deps, session.key, session.created_at)
        scheme = headers.get("X-Forwarded-Proto")
        if shown is not None and cookie_name(scheme) not in response.cookies:
            set_cookie(response, cookie_name(scheme), shown.token, days=SESSION_DAYS, scheme=scheme)
    return response
