"""Programs, people and tokens from the command line: real processes, beside a server that runs and without one."""

import json
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from service.actions.people import add_person
from service.actions.programs import add_program
from service.wiring import Deps
from storage import people, programs
from storage.migrations import migrate
from tests.fixtures.commands import Ended, farfield, start
from tests.fixtures.front_door import make_pages
from tests.fixtures.running import running


@dataclass
class Office:
    """Where the server's records are."""

    environ: dict[str, str]
    deps: Deps | None = None

    async def holds(self) -> tuple[object, ...]:
        """Every program and person, as they are in the records."""
        assert self.deps is not None
        async with self.deps.db.read() as tx:
            return await programs.everything(tx), await people.everyone(tx)

    async def __call__(self, *arguments: str, **environ: str) -> Ended:
        return await farfield(*arguments, environ=self.environ | environ)


@pytest_asyncio.fixture
async def office(deps: Deps) -> Office:
    """Records with one program and its lead; no server."""
    program = await add_program(deps, name="Far Valley", release_mode="teacher_first")
    await add_person(
        deps, name="Lea Leadley", email="lea@demo.invalid", time_zone="UTC", program=program.id, role="lead"
    )
    here = {"FARFIELD_DATA_DIR": str(deps.config.data_dir), "FARFIELD_ORIGIN": "https://coaching.invalid"}
    return Office(here, deps)


async def test_programs_are_added_and_listed(office: Office) -> None:
    made = (await office("program", "add", "  North   Side ", "--release-mode", "open", "--json")).lines[0]
    twice = await office("program", "add", "North Side")
    listed = (await office("program", "list", "--json")).lines[0]

    assert (made["name"], made["release_mode"]) == ("North Side", "open")
    assert (twice.code, twice.sentence) == (2, "There is a program “North Side” already.")
    assert [program["name"] for program in listed] == ["Far Valley", "North Side"]
    assert f"{made['id']}  open" in (await office("program", "list")).out


@pytest.mark.parametrize(
    "arguments",
    [
        ("program", "add", "Far\r\nBcc: everybody@demo.invalid"),
        ("program", "add", "Far\x1b[2J"),
        ("program", "add", "\u200b\u200b"),
        ("program", "add", "n" * 101),
        ("person", "add", "Tess\r\nBcc: x", "tess@demo.invalid", "--program", "Far Valley", "--role", "teacher"),
        ("person", "add", "Tess\udce9", "tess@demo.invalid", "--program", "Far Valley", "--role", "teacher"),
        ("person", "add", "Tess", "tess@demo.invalid\r\nBcc: x@y.invalid", "--program", "Far Valley", "--role", "lead"),
        ("person", "add", "Tess", "tess", "--program", "Far Valley", "--role", "teacher"),
        ("person", "add", "Tess", "tess@demo.invalid", "--program", "far valley", "--role", "teacher"),
        ("person", "add", "Tess", "LEA@demo.invalid", "--program", "Far Valley", "--role", "teacher"),
        ("person", "add", "Tess", "t@demo.invalid", "--program", "Far Valley", "--role", "lead", "--time-zone", "Mars"),
        ("person", "invite", "lea@demo.invalid", "--program", "Far Valley", "--role", "lead"),
        ("person", "invite", "@", "--program", "Far Valley", "--role", "coach"),
        ("person", "deactivate", "nobody@demo.invalid"),
        ("person", "link", "nobody@demo.invalid"),
        ("token", "add", "nobody@demo.invalid", "--name", "n", "--scope", "read"),
        ("token", "add", "lea@demo.invalid", "--name", "a\nb", "--scope", "read"),
        ("token", "revoke", "0195e0a0-0000-7000-8000-0000000000c1"),
    ],
    ids=lambda arguments: " ".join(arguments).encode("unicode_escape").decode()[:50],
)
async def test_what_cannot_be_is_one_sentence_and_changes_nothing(office: Office, arguments: tuple[str, ...]) -> None:
    before = await office.holds()
    refused = await office(*arguments)

    assert refused.code == 2
    assert refused.sentence.isprintable()
    assert await office.holds() == before


async def test_an_address_of_strange_but_legal_form(office: Office) -> None:
    there = ("--program", "Far Valley", "--role", "teacher")
    made = [
        (await office("person", "add", "Tess Teachwell", address, *there, "--json")).lines[0]["email"]
        for address in ('"two words"@demo.invalid', "o'neill+x@demo.invalid", "jürgen@schule.invalid")
    ]
    found = (await office("person", "list", "--json")).lines[0]

    assert {person["email"] for person in found} == {*made, "lea@demo.invalid"}
    assert (await office("person", "deactivate", "JüRGEN@SCHULE.invalid")).code == 0


async def test_inviting_is_done_in_a_leads_name(office: Office) -> None:
    there = ("--program", "Far Valley", "--role")
    first = (await office("person", "invite", "cole@demo.invalid", *there, "coach", "--json")).lines[0]
    assert first["link"].startswith("https://coaching.invalid/invitation#")
    assert (await office("person", "add", "Lou", "lou@demo.invalid", *there, "lead")).code == 0
    several = await office("person", "invite", "cole@demo.invalid", *there, "coach")
    named = (await office("person", "invite", "c@demo.invalid", *there, "coach", "--by", "LOU@demo.invalid", "--json"))
    assert (await office("person", "add", "Tess", "tess@demo.invalid", *there, "teacher")).code == 0
    not_theirs = await office("person", "invite", "cole@demo.invalid", *there, "coach", "--by", "tess@demo.invalid")
    assert (await office("program", "add", "Empty")).code == 0
    nobody = await office("person", "invite", "cole@demo.invalid", "--program", "Empty", "--role", "coach")
    for lead in ("lea", "lou"):
        assert (await office("person", "deactivate", f"{lead}@demo.invalid")).code == 0
    gone = await office("person", "invite", "cole@demo.invalid", *there, "coach")

    assert several.sentence == "“Far Valley” has several leads; say which of them invites, with --by EMAIL."
    assert named.lines[0]["by"] != first["by"]
    assert not_theirs.sentence == "Tess is no lead of “Far Valley”, and only a lead invites."
    assert nobody.sentence.startswith("“Empty” has no lead in whose name to invite.")
    assert gone.sentence.startswith("“Far Valley” has no lead in whose name to invite.")


async def test_where_mail_is_on_an_invitation_is_a_letter(office: Office) -> None:
    mail = {"FARFIELD_SMTP_URL": "smtp://127.0.0.1:9", "FARFIELD_MAIL_FROM": "Farfield <f@demo.invalid>"}
    invite = ("person", "invite", "cole@demo.invalid", "--program", "Far Valley", "--role", "coach")
    mailed = await office(*invite, **mail)
    as_json = (await office(*invite, "--json", **mail)).lines[0]

    assert mailed.out == "A letter to cole@demo.invalid is on its way.\n"
    assert as_json["link"] is None


async def test_a_token_is_shown_once_listed_and_revoked(office: Office) -> None:
    add = ("token", "add", "lea@demo.invalid", "--name", "laptop", "--scope", "upload", "--scope", "read")
    made = await office(*add, "--days", "3")
    listed = (await office("token", "list", "lea@demo.invalid", "--json")).lines[0]
    shown = (await office("token", "list", "lea@demo.invalid")).out
    revoked = await office("token", "revoke", listed[0]["id"])
    twice = await office("token", "revoke", listed[0]["id"])
    after = await office("token", "list", "lea@demo.invalid")

    secret = made.out.strip()
    assert secret.startswith("ff_")
    assert secret not in made.err + shown + json.dumps(listed)
    assert (listed[0]["name"], listed[0]["scopes"]) == ("laptop", ["read", "upload"])
    assert revoked.out == "The token “laptop” opens nothing more.\n"
    assert (twice.code, twice.sentence) == (2, "The token “laptop” was revoked before; nothing has changed.")
    assert after.out == "They have no token.\n"


async def test_deactivated_twice_is_said(office: Office) -> None:
    first = await office("person", "deactivate", "Lea@demo.invalid")
    second = await office("person", "deactivate", "lea@demo.invalid")
    token = await office("token", "add", "lea@demo.invalid", "--name", "n", "--scope", "read")
    link = await office("person", "link", "lea@demo.invalid")
    again = ("person", "add", "Lea", "lea@demo.invalid", "--program", "Far Valley", "--role", "lead")

    assert first.code == 0
    assert second.sentence == "Lea Leadley (lea@demo.invalid) was deactivated before; nothing has changed."
    assert token.sentence == link.sentence == "Lea Leadley (lea@demo.invalid) was deactivated."
    said = "lea@demo.invalid is the address of Lea Leadley already, who was deactivated."
    assert (await office(*again)).sentence == said


async def test_without_records_nothing_is_made(folder: Path) -> None:
    here = {"FARFIELD_DATA_DIR": str(folder / "nothing")}
    refused = await farfield("program", "list", environ=here)
    (folder / "farfield.db").write_text("no database at all, but long enough to be read as one by somebody")
    broken = await farfield("program", "list", environ={"FARFIELD_DATA_DIR": str(folder)})

    await migrate(f"sqlite:///{folder}/old.db", to="0001")
    old = await farfield("program", "list", environ={"FARFIELD_DATABASE_URL": f"sqlite:///{folder}/old.db"})

    assert old.sentence.endswith("Run `farfield migrate` first; nothing was changed.")
    assert refused.sentence.startswith("There are no records at ")
    assert not (folder / "nothing").exists()
    assert broken.sentence.startswith("The database cannot be used: ")


async def test_beside_a_running_server_what_is_said_holds_at_once(folder: Path) -> None:
    """Added, signed in, following; then deactivated: the socket closes, and cookie, link and token open nothing."""
    async with running(folder / "data", FARFIELD_STATIC_DIR=str(make_pages(folder))) as server:
        here = {"FARFIELD_DATA_DIR": str(folder / "data"), "FARFIELD_PORT": str(server.port)}
        office = Office(here)
        [program] = [p for p in (await office("program", "list", "--json")).lines[0] if "Far Valley" in p["name"]]
        there = ("--program", program["id"], "--role", "teacher")
        nina = (await office("person", "add", "Nina Newwell", "nina@demo.invalid", *there, "--json")).lines[0]
        link = (await office("person", "link", "nina@demo.invalid", "--json")).lines[0]["link"]
        add = ("token", "add", "nina@demo.invalid", "--name", "a test", "--scope", "read", "--json")
        token = (await office(*add)).lines[0]["token"]
        invited = await office("person", "invite", "noah@demo.invalid", *there)
        assert invited.out == "A letter to noah@demo.invalid is on its way.\n"  # into the demo's outbox

        origin = f"http://localhost:{server.port}"
        assert nina["link"].startswith(f"{origin}/sign-in#")
        browser = aiohttp.ClientSession(origin, headers={"Origin": origin})
        program_of_nina = aiohttp.ClientSession(origin, headers={"Authorization": f"Bearer {token}"})
        async with browser, program_of_nina:

            async def sign_in(url: str) -> tuple[int, str]:
                asked = {"type": "link", "token": url.partition("#")[2]}
                async with browser.post("/api/session", json=asked) as answer:
                    return answer.status, (await answer.json()).get("type", "")

            async def statuses() -> list[int]:
                found = []
                for client in (browser, program_of_nina):
                    async with client.get("/api/session") as answer:
                        found.append(answer.status)
                return found

            assert (await sign_in(nina["link"]))[0] == 201
            assert await statuses() == [200, 200]
            async with browser.ws_connect("/live") as socket:
                environ = {"FARFIELD_SERVER": origin, "FARFIELD_TOKEN": token}
                cycle = "0195e0a0-0000-7000-8000-0000000000c1"
                assert (await farfield("follow", f"cycle/{cycle}", environ=environ)).code == 2
                gone = await office("person", "deactivate", "nina@demo.invalid")
                assert gone.code == 0
                # The page is told to sign in again, by the server that runs, which heard of it from the records.
                message = await socket.receive(timeout=10)
                assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 4401)
            assert await statuses() == [401, 401]
            used, unused, wrong = await sign_in(nina["link"]), await sign_in(link), await sign_in("#no-such-link")
            assert used == unused == wrong == (404, "/problems/not_found")


async def test_a_follower_is_let_go_when_its_token_is_revoked_from_the_command_line(folder: Path) -> None:
    async with running(folder / "data", FARFIELD_STATIC_DIR=str(make_pages(folder))) as server:
        office = Office({"FARFIELD_DATA_DIR": str(folder / "data"), "FARFIELD_PORT": str(server.port)})
        made = (await office("token", "add", "tess@demo.invalid", "--name", "t", "--scope", "read", "--json")).lines[0]
        environ = {"FARFIELD_SERVER": server.url, "FARFIELD_TOKEN": made["token"]}
        headers = {"Authorization": f"Bearer {made['token']}"}
        async with aiohttp.ClientSession(headers=headers) as tess, tess.get(f"{server.url}/api/home") as answer:
            cycle = (await answer.json())["cycles"][0]["id"]
        follower = await start("follow", f"cycle/{cycle}", environ=environ)
        await follower.says("cycle.opened")
        assert (await office("token", "revoke", made["id"])).code == 0
        ended = await follower.ended()

    assert ended.code == 2
    assert ended.err.startswith("The token is not valid at this server")
