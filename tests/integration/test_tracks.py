"""Captions and chapters over HTTP, on both databases: who reads and writes them, clashes, and where their words are."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from service.actions.erasing import erase_words
from service.actions.rebuilding import rebuild
from service.coaching.cuts import LessonCutsSet
from service.coaching.lessons import Cut
from service.coaching.streams import lesson_stream
from service.wiring import Deps
from storage import tracks
from storage.record import Act, Outcome
from tests.fixtures.cast import Cast
from tests.fixtures.either import deps
from tests.fixtures.observing import end, let_in
from tests.fixtures.visitors import Answer, Visitor, Visitors

__all__ = ["deps"]

FILE = """WEBVTT

NOTE made by hand

1
00:01.000 --> 00:02.500 align:start
<v Ms. Ito>Why is it a third?

2
00:00:03.000 --> 00:00:04.000
Because it is one of 3 &lt; 4
"""
SAID = [(1_000, 2_500, "Ms. Ito: Why is it a third?"), (3_000, 4_000, "Because it is one of 3 < 4")]


def path(lesson: str, *more: str) -> str:
    return "/".join((f"/api/lessons/{lesson}/tracks", *more))


async def bring(who: Visitor, lesson: str, track: str, file: str = FILE, **more: Any) -> Answer:
    asked = {"id": str(uuid4()), "track": track, "kind": "captions", "language": "en", "file": file}
    return await who.post(path(lesson), asked | more)


async def send(who: Visitor, lesson: str, type_: str, **members: Any) -> Answer:
    return await who.post(f"/api/lessons/{lesson}/commands", {"id": str(uuid4()), "type": type_} | members)


async def cues(who: Visitor, lesson: str, track: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await who.get(path(lesson, track))).json["cues"]
    return found


def said(found: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    return [(one["start_ms"], one["end_ms"], one["text"]) for one in found]


async def test_a_file_comes_in_and_goes_out_for_everybody_who_may_play_the_lesson(
    visitors: Visitors, cast: Cast
) -> None:
    await let_in(visitors.teacher, cast, lesson=cast.lesson)
    track = str(uuid4())
    assert (await bring(visitors.coach, cast.lesson, track, label="English")).status == 200

    for reader in (visitors.teacher, visitors.coach, visitors.second_teacher):
        card = {"id": track, "kind": "captions", "language": "en", "label": "English", "revision": 1}
        assert (await reader.get(path(cast.lesson))).json == {"tracks": [card]}
        assert said(await cues(reader, cast.lesson, track)) == SAID
        file = await reader.get(path(cast.lesson, f"{track}.vtt"))
        assert (file.status, file.headers["Content-Type"]) == (200, "text/vtt; charset=utf-8")
        assert file.headers["Cache-Control"] == "no-store"
        assert file.headers["Content-Disposition"].startswith('attachment; filename="captions.vtt"')
        assert file.body.startswith(b"WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nMs. Ito: Why")
        assert b"3 &lt; 4" in file.body
        state = (await reader.get(f"/api/lessons/{cast.lesson}")).json["lesson"]["tracks"]
        assert state == {track: {"id": track, "kind": "captions", "language": "en", "revision": 1, "by": cast.coach}}
    for stranger in (visitors.lead, visitors.outsider):
        for more in ((), (track,), (f"{track}.vtt",)):
            assert (await stranger.get(path(cast.lesson, *more))).slug == "not_found"
        assert (await bring(stranger, cast.lesson, str(uuid4()))).slug == "not_found"
    # Under another lesson that one reads as well, it is not there.
    assert (await visitors.teacher.get(path(cast.private_lesson, track))).slug == "not_found"
    assert (await visitors.teacher.get(path(cast.lesson, str(uuid4())))).slug == "not_found"


async def test_the_coach_of_a_lesson_that_is_not_released_and_observers_write_nothing(
    visitors: Visitors, cast: Cast
) -> None:
    _, observing = await let_in(visitors.teacher, cast, lesson=cast.lesson)
    track, hidden = str(uuid4()), str(uuid4())
    await bring(visitors.teacher, cast.lesson, track)
    await bring(visitors.teacher, cast.private_lesson, hidden)
    assert (await visitors.coach.get(path(cast.private_lesson, hidden))).slug == "not_found"
    assert (await bring(visitors.coach, cast.private_lesson, str(uuid4()))).slug == "not_found"

    peer, about = visitors.second_teacher, {"track": track}
    [first, _] = await cues(peer, cast.lesson, track)
    new = {"cue": str(uuid4()), "start_ms": 1, "end_ms": 2, "text": "x"}
    assert (await bring(peer, cast.lesson, str(uuid4()))).slug == "not_yours"
    assert (await bring(peer, cast.lesson, str(uuid4()), file="no file")).slug == "not_yours"
    assert (await send(peer, cast.lesson, "add_cue", **about, **new)).slug == "not_yours"
    assert (await send(peer, cast.lesson, "edit_cue", revision=1, **about, **new)).slug == "not_yours"
    assert (await send(peer, cast.lesson, "remove_cue", revision=1, cue=first["id"], **about)).slug == "not_yours"
    assert (await send(peer, cast.lesson, "remove_track", revision=1, **about)).slug == "not_yours"
    assert said(await cues(visitors.teacher, cast.lesson, track)) == SAID

    await end(visitors.teacher, cast, observing)
    for more in ((), (track,), (f"{track}.vtt",)):
        assert (await peer.get(path(cast.lesson, *more))).slug == "not_found"


async def test_a_file_that_cannot_be_read_says_its_line_and_changes_nothing(visitors: Visitors, cast: Cast) -> None:
    track = str(uuid4())
    await bring(visitors.teacher, cast.lesson, track)
    before = await visitors.teacher.get(path(cast.lesson, track))

    wrong = await bring(visitors.teacher, cast.lesson, track, FILE + "\n00:0x.000 --> 00:09.000\nx", revision=1)
    assert (wrong.slug, wrong.json["line"]) == ("cues_unreadable", 13)
    assert wrong.json["detail"].startswith("Line 13: the times cannot be read.")
    too_large = await bring(visitors.teacher, cast.lesson, track, "WEBVTT\n\n" + "x" * 1_000_000, revision=1)
    assert too_large.slug == "cues_unreadable"
    language = await bring(visitors.teacher, cast.lesson, str(uuid4()), language="en\nX")
    assert language.slug == "bad_request"

    assert (await visitors.teacher.get(path(cast.lesson, track))).body == before.body
    assert len((await visitors.teacher.get(path(cast.lesson))).json["tracks"]) == 1
    whole = "\n\n".join(["WEBVTT", *("00:01.000 --> 00:02.000\n" + "x" * 60,) * 10_000])
    assert (await bring(visitors.teacher, cast.lesson, track, whole, revision=1)).status == 200
    assert len(await cues(visitors.coach, cast.lesson, track)) == 10_000
    full = {"track": track, "cue": str(uuid4()), "start_ms": 1, "end_ms": 2, "text": "one more"}
    assert (await send(visitors.teacher, cast.lesson, "add_cue", **full)).slug == "not_possible"


async def test_a_command_that_is_sent_again_is_done_once(visitors: Visitors, cast: Cast) -> None:
    track, again = str(uuid4()), str(uuid4())
    first = await bring(visitors.teacher, cast.lesson, track, id=again)
    cue = {"track": track, "cue": str(uuid4()), "id": str(uuid4()), "start_ms": 5_000, "end_ms": 6_000, "text": "x"}
    added = await send(visitors.teacher, cast.lesson, "add_cue", **cue)

    assert (await bring(visitors.teacher, cast.lesson, track, id=again)).json == first.json
    assert (await send(visitors.teacher, cast.lesson, "add_cue", **cue)).json == added.json
    assert len(await cues(visitors.teacher, cast.lesson, track)) == 3
    other = await bring(visitors.teacher, cast.lesson, track, FILE + " ", id=again)
    assert other.slug == "command_reused"
    assert (await bring(visitors.teacher, cast.lesson, track)).slug == "id_taken"
    assert (await bring(visitors.teacher, cast.private_lesson, track)).slug == "id_taken"


async def test_two_mend_different_cues_at_once_and_clash_only_over_the_same(visitors: Visitors, cast: Cast) -> None:
    track = str(uuid4())
    await bring(visitors.teacher, cast.lesson, track)
    one, two = await cues(visitors.teacher, cast.lesson, track)

    def edit(cue: dict[str, Any], text: str, revision: int) -> dict[str, Any]:
        times = {"start_ms": cue["start_ms"], "end_ms": cue["end_ms"]}
        return {"track": track, "cue": cue["id"], "text": text, "revision": revision} | times

    both = await asyncio.gather(
        send(visitors.teacher, cast.lesson, "edit_cue", **edit(one, "Mine", 1)),
        send(visitors.coach, cast.lesson, "edit_cue", **edit(two, "Yours", 1)),
    )
    assert [answer.status for answer in both] == [200, 200]
    clash = await send(visitors.coach, cast.lesson, "edit_cue", **edit(one, "No, mine", 1))
    assert (clash.slug, clash.status) == ("edited_meanwhile", 409)
    assert (clash.json["text"], clash.json["revision"], clash.json["by"]) == ("Mine", 3, cast.teacher)
    gone = {"track": track, "cue": one["id"]}
    assert (await send(visitors.coach, cast.lesson, "remove_cue", revision=1, **gone)).slug == "edited_meanwhile"
    assert (await send(visitors.coach, cast.lesson, "edit_cue", **edit(one, "No, mine", 3))).status == 200
    assert (await bring(visitors.teacher, cast.lesson, track, revision=3)).slug == "edited_meanwhile"
    assert (
        await send(visitors.teacher, cast.lesson, "remove_track", track=track, revision=3)
    ).slug == "edited_meanwhile"
    assert [text for *_, text in said(await cues(visitors.teacher, cast.lesson, track))] == ["No, mine", "Yours"]
    # What says the same already is no change, whoever was quicker.
    assert (await send(visitors.teacher, cast.lesson, "edit_cue", **edit(one, "No, mine", 1))).status == 200
    assert (await send(visitors.teacher, cast.lesson, "remove_cue", revision=4, **gone)).status == 200
    assert (await send(visitors.coach, cast.lesson, "edit_cue", **edit(one, "Back", 4))).slug == "no_longer_here"


@pytest.mark.parametrize(
    ("times", "slug"),
    [
        ((-1, 5), "outside_lesson"),
        ((5, 5), "outside_lesson"),
        ((9, 5), "outside_lesson"),
        ((0, 86_400_001), "outside_lesson"),
    ],
)
async def test_a_cue_is_in_the_lesson(visitors: Visitors, cast: Cast, times: tuple[int, int], slug: str) -> None:
    track = str(uuid4())
    await send(visitors.teacher, cast.lesson, "add_track", track=track, kind="chapters", language="en")
    new = {"track": track, "cue": str(uuid4()), "start_ms": times[0], "end_ms": times[1], "text": "x"}
    assert (await send(visitors.teacher, cast.lesson, "add_cue", **new)).slug == slug
    right = new | {"start_ms": 0, "end_ms": 1, "text": " Warm\n\n up "}
    assert (await send(visitors.teacher, cast.lesson, "add_cue", **right)).status == 200
    assert said(await cues(visitors.teacher, cast.lesson, track)) == [(0, 1, "Warm up")]


async def words_beside_the_stream(deps: Deps, word: str) -> list[str]:
    names = ("events", "commands", "notices", "jobs", "audit", "lessons", "cycles", "tracks", "cues")
    async with deps.db.read() as tx:
        held = {name: str((await tx.exec_driver_sql(f"SELECT * FROM {name}")).all()) for name in names}
    return [name for name, rows in held.items() if word in rows]


@pytest.mark.parametrize("gone", ["coach", "teacher"])
async def test_erasing_a_person_takes_their_captions_and_a_teachers_lesson_has_none_left(
    deps: Deps, visitors: Visitors, cast: Cast, gone: str
) -> None:
    track, theirs = str(uuid4()), str(uuid4())
    await bring(visitors.teacher, cast.lesson, track, FILE.replace("Because", "canary-t"), label="canary-t")
    await bring(visitors.coach, cast.lesson, theirs, FILE.replace("Because", "canary-c"), label="canary-c")
    new = {"cue": str(uuid4()), "start_ms": 1, "end_ms": 2}
    await send(visitors.coach, cast.lesson, "add_cue", track=track, text="canary-c", **new)
    assert await words_beside_the_stream(deps, "canary-") == ["tracks", "cues"]

    done = await erase_words(deps, getattr(cast, gone))

    assert done.events >= 2
    assert await words_beside_the_stream(deps, f"canary-{gone[0]}") == []
    left = (await visitors.coach.get(path(cast.lesson))).json["tracks"]
    if gone == "teacher":
        assert left == []
    else:
        assert {one["id"]: one["label"] for one in left} == {track: "canary-t", theirs: ""}
        assert len(await cues(visitors.coach, cast.lesson, track)) == 2
        assert await cues(visitors.coach, cast.lesson, theirs) == []
    state = (await deps.record.state(lesson_stream(cast.lesson)))[1]
    assert {one.id: one.revision for one in state.tracks.values()} == {one["id"]: one["revision"] for one in left}
    assert (await erase_words(deps, getattr(cast, gone))).events == 0


async def test_an_export_of_the_cycle_has_what_its_reader_may_play_and_rebuilding_loses_nothing(
    deps: Deps, visitors: Visitors, cast: Cast
) -> None:
    shared, private = str(uuid4()), str(uuid4())
    await bring(visitors.teacher, cast.lesson, shared, label="English")
    await bring(visitors.teacher, cast.private_lesson, private)

    await rebuild(deps)

    exports = {
        who: (await getattr(visitors, who).get(f"/api/cycles/{cast.cycle}/export.json")).json["tracks"]
        for who in ("teacher", "coach")
    }
    assert {one["track"] for one in exports["teacher"]} == {shared, private}
    [one] = exports["coach"]
    assert (one["lesson"], one["track"], one["label"]) == (cast.lesson, shared, "English")
    assert one["file"].startswith("WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n")
    async with deps.db.read() as tx:
        row = await tracks.by_id(tx, shared)
        assert row is not None
        assert len(await tracks.cues(tx, shared)) == 2


async def test_words_of_a_part_that_was_cut_out_stay_with_the_teacher(
    deps: Deps, visitors: Visitors, cast: Cast
) -> None:
    teacher, coach = visitors.teacher, visitors.coach
    track, chapters = str(uuid4()), str(uuid4())
    await bring(teacher, cast.lesson, track)
    await send(teacher, cast.lesson, "add_track", track=chapters, kind="chapters", language="en")
    await send(
        teacher, cast.lesson, "add_cue", track=chapters, cue=str(uuid4()), start_ms=0, end_ms=9_000, text="Beginning"
    )
    hidden, seen = await cues(teacher, cast.lesson, track)
    await cut_out(deps, cast, Cut(2_000, 2_800))

    assert said(await cues(coach, cast.lesson, track)) == SAID[1:]
    assert said(await cues(coach, cast.lesson, chapters)) == [(0, 9_000, "Beginning")]
    about = {"track": track, "cue": hidden["id"], "start_ms": 5_000, "end_ms": 6_000, "revision": 1, "text": "What?"}
    refused = await send(coach, cast.lesson, "edit_cue", **about)
    assert refused.status == 409
    assert "third" not in str(refused.json)
    gone = {name: about[name] for name in ("track", "cue", "revision")}
    assert (await send(coach, cast.lesson, "remove_cue", **gone)).status == 200
    new = {"track": track, "cue": str(uuid4()), "text": "Here?"}
    assert (await send(coach, cast.lesson, "add_cue", **new, start_ms=2_700, end_ms=3_500)).status == 422
    assert (await send(coach, cast.lesson, "add_cue", **new, start_ms=2_800, end_ms=3_500)).status == 200
    moved = {"track": track, "cue": seen["id"], "revision": 9, "text": "Moved"}
    assert (await send(coach, cast.lesson, "edit_cue", **moved, start_ms=2_000, end_ms=4_000)).status == 422
    row = (await teacher.get(path(cast.lesson, track))).json["track"]
    only = "WEBVTT\n\n00:04.000 --> 00:05.000\nAnew\n"
    assert (await bring(coach, cast.lesson, track, only, revision=row["revision"])).status == 200
    assert said(await cues(coach, cast.lesson, track)) == [(4_000, 5_000, "Anew")]
    assert said(await cues(teacher, cast.lesson, track)) == [SAID[0], (4_000, 5_000, "Anew")]


async def cut_out(deps: Deps, cast: Cast, *parts: Cut) -> None:
    """As it was before the release, of a lesson that has no film here."""
    stream = lesson_stream(cast.lesson)
    cut = Outcome({stream: [LessonCutsSet(parts)]})
    await deps.record.act(Act(by=cast.teacher, streams=(stream,), decide=lambda _states, _at: cut))
