"""What a program sets for its cycles: by its lead, by the command line, and what becomes of it in a cycle."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from service.wiring import Deps
from tests.fixtures.cast import Cast
from tests.fixtures.commands import farfield
from tests.fixtures.visitors import Answer, Visitor, Visitors

DAYS = {"planning": 1, "teaching": 2, "review": 3, "debrief": 4, "follow_up": 365}
FRAMEWORK = {"name": "Demo framework", "version": "2", "tags": [{"code": "A1", "label": "Asks"}]}


def path(cast: Cast) -> str:
    return f"/api/programs/{cast.program}/settings"


async def put(visitor: Visitor, cast: Cast, revision: str, settings: dict[str, Any]) -> Answer:
    return await visitor.ask("PUT", path(cast), json={"revision": revision, "settings": settings})


async def test_a_lead_sets_up_the_program_and_cycles_opened_then_use_it(visitors: Visitors, cast: Cast) -> None:
    shown = (await visitors.lead.get(path(cast))).json
    assert shown["settings"]["release_mode"] == "teacher_first"
    wanted = shown["settings"] | {
        "release_mode": "together",
        "stage_days": DAYS,
        "focus_categories": ["  Questions   that open "],
        "prompts": ["What now?"],
        "frameworks": [FRAMEWORK],
    }
    for stranger in (visitors.teacher, visitors.coach, visitors.outsider):
        assert (await stranger.get(path(cast))).slug == "not_found"
        assert (await put(stranger, cast, shown["revision"], wanted)).slug == "not_found"

    done = await put(visitors.lead, cast, shown["revision"], wanted)

    assert done.json["settings"] == wanted | {"focus_categories": ["Questions that open"]}
    assert done.json["revision"] != shown["revision"]
    cycle = str(uuid4())
    opening = {"id": str(uuid4()), "cycle": cycle, "teacher": cast.second_teacher, "coach": cast.coach}
    assert (await visitors.lead.post(f"/api/programs/{cast.program}/cycles", opening)).status == 201
    new = (await visitors.coach.get(f"/api/cycles/{cycle}")).json
    assert (new["cycle"]["release_mode"], new["cycle"]["stage_days"]) == ("together", DAYS)
    assert new["offered"] == {
        "focus_categories": ["Questions that open"],
        "prompts": ["What now?"],
        "frameworks": [FRAMEWORK],
    }
    assert new["card"]["due"] is not None
    old = (await visitors.coach.get(f"/api/cycles/{cast.cycle}")).json
    assert (old["cycle"]["release_mode"], old["card"]["due"]) == ("teacher_first", None)


async def test_two_leads_do_not_undo_one_another(visitors: Visitors, cast: Cast) -> None:
    shown = (await visitors.lead.get(path(cast))).json
    mine, theirs = (shown["settings"] | {"prompts": [text]} for text in ("Mine", "Theirs"))
    assert (await put(visitors.lead, cast, shown["revision"], theirs)).status == 200

    late = await put(visitors.lead, cast, shown["revision"], mine)

    assert (late.status, late.slug) == (409, "settings_changed")
    assert (await put(visitors.lead, cast, shown["revision"], theirs)).status == 200, "sent twice, nothing to undo"
    now = (await visitors.lead.get(path(cast))).json
    assert now["settings"] == theirs
    assert (await put(visitors.lead, cast, now["revision"], mine)).json["settings"] == mine


TAG = {"code": "A", "label": "x"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stage_days": DAYS | {"review": 0}}, "Between 1 and 365 days for “review”, please; not 0."),
        ({"stage_days": DAYS | {"follow_up": 366}}, "Between 1 and 365 days for “follow-up”, please; not 366."),
        ({"stage_days": DAYS | {"planning": 10**30}}, "Between 1 and 365"),
        ({"focus_categories": ["Discussion", "discussion"]}, "“discussion” is there twice among the focus categories."),
        ({"focus_categories": [f"n {n}" for n in range(41)]}, "These are 41 focus categories; more than 40 help"),
        ({"prompts": [f"n {n}" for n in range(21)]}, "These are 21 prompts; more than 20"),
        ({"frameworks": [FRAMEWORK | {"tags": []}]}, "“Demo framework” has no tags yet."),
        ({"frameworks": [FRAMEWORK, FRAMEWORK]}, "“Demo framework” is there twice among the frameworks."),
        ({"frameworks": [FRAMEWORK | {"tags": [TAG, TAG]}]}, "“A” is there twice among the tags of “Demo framework”."),
        (
            {"frameworks": [FRAMEWORK | {"tags": [TAG | {"code": str(n)} for n in range(201)]}]},
            "These are 201 tags of “Demo framework”; more than 200",
        ),
    ],
)
async def test_what_makes_no_sense_is_said_and_nothing_changes(
    visitors: Visitors, cast: Cast, change: dict[str, Any], says: str
) -> None:
    shown = (await visitors.lead.get(path(cast))).json

    refused = await put(visitors.lead, cast, shown["revision"], shown["settings"] | change)

    assert (refused.status, refused.slug) == (422, "not_possible")
    assert says in refused.json["detail"]
    assert (await visitors.lead.get(path(cast))).json == shown
    assert (await put(visitors.lead, cast, shown["revision"], shown["settings"] | {"prompts": []})).status == 200


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"prompts": ["ok", "   "]}, "/settings/prompts/1"),
        ({"focus_categories": ["a\nb"]}, "/settings/focus_categories/0"),
        ({"frameworks": [FRAMEWORK | {"name": "x" * 201}]}, "/settings/frameworks/0/name"),
        (
            {"frameworks": [FRAMEWORK | {"tags": [{"code": "\u202ea", "label": "x"}]}]},
            "/settings/frameworks/0/tags/0/code",
        ),
        ({"release_mode": "never"}, "/settings/release_mode"),
        ({"stage_days": DAYS | {"review": "5"}}, "/settings/stage_days/review"),
        ({"colour": "green"}, "/settings"),
    ],
)
async def test_a_text_that_cannot_be_kept_is_named(
    visitors: Visitors, cast: Cast, change: dict[str, Any], pointer: str
) -> None:
    shown = (await visitors.lead.get(path(cast))).json
    refused = await put(visitors.lead, cast, shown["revision"], shown["settings"] | change)
    assert (refused.status, refused.slug) == (422, "bad_request")
    assert [error["pointer"] for error in refused.json["errors"]] == [pointer]


async def test_the_largest_settings_there_can_be_fit(visitors: Visitors, cast: Cast) -> None:
    shown = (await visitors.lead.get(path(cast))).json
    tags = [{"code": f"{n} " + "x" * 60, "label": "x" * 100} for n in range(200)]
    most = [FRAMEWORK | {"name": f"F {n}", "tags": tags} for n in range(10)]
    assert (await put(visitors.lead, cast, shown["revision"], shown["settings"] | {"frameworks": most})).status == 200


async def test_the_command_line_shows_and_sets(visitors: Visitors, deps: Deps, cast: Cast, folder: Path) -> None:
    environ = {"FARFIELD_DATA_DIR": str(deps.config.data_dir), "FARFIELD_ORIGIN": "https://coaching.invalid"}
    shown = await farfield("program", "settings", "Far Valley", environ=environ)
    document = json.loads(shown.out)
    file = folder / "settings.json"
    file.write_text(json.dumps(document | {"release_mode": "open", "prompts": [" One  more? "]}))

    done = await farfield("program", "settings", "Far Valley", "--set", file, environ=environ)

    assert json.loads(done.out) == document | {"release_mode": "open", "prompts": ["One more?"]}
    assert (await visitors.lead.get(path(cast))).json["settings"] == json.loads(done.out)
    file.write_text(json.dumps(document | {"stage_days": DAYS | {"review": 0}}))
    refused = await farfield("program", "settings", "Far Valley", "--set", file, environ=environ)
    assert (refused.code, refused.sentence) == (2, "Between 1 and 365 days for “review”, please; not 0.")
    file.write_text("{")
    assert (
        "is not settings"
        in (await farfield("program", "settings", "Far Valley", "--set", file, environ=environ)).sentence
    )
    away = await farfield("program", "settings", "Far Valley", "--set", folder / "none", environ=environ)
    assert away.sentence == f"{folder / 'none'} cannot be read: No such file or directory."
