"""Captions and chapters in the database: words by track, and nothing left of what goes."""

from storage import tracks
from storage.engine import Database, apply
from storage.tracks import Cue, Track
from tests.fixtures.database import NOW, with_a_lesson

LATE, EARLY = Cue("c1", 2_000, 3_000, "Sit down.", 2, "bo"), Cue("c2", 1_000, 2_500, "Good morning — שלום 🙂", 1, "ana")


async def with_tracks(db: Database) -> None:
    await with_a_lesson(db)
    async with db.write() as tx:
        await apply(tx, [tracks.add(Track("t", "l", "captions", "en", "By Ana", 2, "ana", NOW))])
        await apply(tx, [tracks.add(Track("u", "l", "chapters", "en", "", 1, "bo", NOW))])
        await apply(tx, [tracks.add_cue("t", LATE), tracks.add_cue("t", EARLY), tracks.add_cue("u", LATE)])


async def test_cues_come_by_their_start_and_belong_to_one_track(db: Database) -> None:
    await with_tracks(db)
    async with db.read() as tx:
        assert await tracks.cues(tx, "t") == [EARLY, LATE]
        assert await tracks.cues(tx, "u") == [LATE]
        assert await tracks.cue(tx, "t", "c2") == EARLY
        assert await tracks.cue(tx, "u", "c2") is None
        assert (await tracks.count(tx, "t"), await tracks.count(tx, "none")) == (2, 0)
        assert [track.id for track in await tracks.of_lesson(tx, "l")] == ["t", "u"]
        assert await tracks.of_lesson(tx, "m") == []


async def test_a_track_follows_its_stream_and_takes_another_name(db: Database) -> None:
    await with_tracks(db)
    async with db.write() as tx:
        named = tracks.name("t", kind="captions", language="es", label="De Bo", by="bo")
        await apply(tx, [tracks.follow("t", 3), named])
    async with db.read() as tx:
        assert await tracks.by_id(tx, "t") == Track("t", "l", "captions", "es", "De Bo", 3, "bo", NOW)
        other = await tracks.by_id(tx, "u")
        assert other is not None
        assert (other.language, other.revision) == ("en", 1)


async def test_what_is_removed_leaves_the_rest(db: Database) -> None:
    await with_tracks(db)
    async with db.write() as tx:
        await apply(tx, [tracks.remove_cue("t", "c1")])
    async with db.read() as tx:
        assert (await tracks.cues(tx, "t"), await tracks.cues(tx, "u")) == ([EARLY], [LATE])
    async with db.write() as tx:
        await apply(tx, tracks.remove("t"))
    async with db.read() as tx:
        assert (await tracks.by_id(tx, "t"), await tracks.cues(tx, "t")) == (None, [])
        assert await tracks.cues(tx, "u") == [LATE]


async def test_the_words_of_one_person_go_from_the_tracks_of_one_lesson(db: Database) -> None:
    await with_tracks(db)
    async with db.read() as tx:
        assert await tracks.with_words_of(tx, "l", "ana") == {"t"}
        assert await tracks.with_words_of(tx, "l", "bo") == {"t", "u"}
        assert await tracks.with_words_of(tx, "m", "bo") == frozenset()
    async with db.write() as tx:
        await apply(tx, tracks.forget_words("t", "ana"))
    async with db.read() as tx:
        assert await tracks.cues(tx, "t") == [LATE]
        track = await tracks.by_id(tx, "t")
        assert track is not None
        assert track.label == ""
        assert await tracks.with_words_of(tx, "l", "ana") == frozenset()


async def test_as_many_cues_as_a_file_may_hold(db: Database) -> None:
    await with_tracks(db)
    many = [Cue(f"m{n}", n, n + 1, "x" * 90, 1, "ana") for n in range(10_000)]
    async with db.write() as tx:
        await apply(tx, [tracks.empty("t")])
        statement = tracks.add_cue("t", many[0])[0]
        await tx.execute(statement, [tracks.add_cue("t", cue)[1] for cue in many])
    async with db.read() as tx:
        assert await tracks.count(tx, "t") == 10_000
        assert (await tracks.cues(tx, "t"))[-1].start_ms == 9_999
