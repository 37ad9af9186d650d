"""Files beside the plan: begun like a video, kept once the worker has looked at them, removed by whoever added them."""

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from service.access import CycleAccess
from service.actions.commands import cycle_row
from service.actions.cycles import Action, act_on
from service.actions.media import BLOCKS_KEPT, WORKER
from service.actions.quotas import refuse_without_room
from service.actions.uploads import StartUpload, sweep
from service.coaching import plans as rules
from service.coaching.cycle_state import CycleState
from service.coaching.streams import cycle_stream
from service.file_names import file_name
from service.problems import BadRequest, EmptyFile, FieldError, FileTooLarge, IdTaken
from service.wiring import Deps
from storage import jobs, uploads
from storage.engine import Write, hits
from storage.record import Act, Outcome, Superseded, WriteRefused

MOST_BYTES: Final = 25 * 2**20
UNDER_WAY: Final = timedelta(days=1)
"""One that nobody has touched for so long takes no place from others. It can still be gone on with."""


def resource_key(cycle_id: str, resource_id: str) -> str:
    """Where the store has the file."""
    return f"resources/{cycle_id}/{resource_id}"


async def start_resource(deps: Deps, found: CycleAccess, asked: StartUpload, *, by: str) -> uploads.Upload:
    """Make an upload, or return the person's open one of the same file in this cycle: that is how it is resumed.

    The file will be a resource of the upload's id. Its name is cleaned here; what its sender calls its type is dropped.
    """
    if asked.role != "resource" or asked.size is None:
        raise BadRequest("A file beside the plan is a `resource` of a known size.", [FieldError("/role", "resource")])
    if asked.size <= 0:
        raise EmptyFile
    if asked.size > MOST_BYTES:
        raise FileTooLarge("This file is larger than the 25 MB that a file beside the plan may have.")
    async with deps.db.read() as tx:
        same = await uploads.by_id(tx, asked.id)
        under_way = await uploads.under_way_in(tx, found.cycle.id)
    if same is not None:
        return _own(same, found, by=by)
    for other in under_way:
        mine = (other.person_id, other.state) == (by, "open")
        if mine and (other.fingerprint, other.size) == (asked.fingerprint or "", asked.size):
            async with deps.db.write() as tx:
                if await hits(tx, uploads.touch(other.id, deps.clock())):
                    return other
    await refuse_without_room(deps, by, found.cycle.id, asked.size)
    with contextlib.suppress(WriteRefused):  # sent twice at once: the other one made it, or it is somebody else's id
        await _insert(deps, found, asked, by=by)
    async with deps.db.read() as tx:
        made = await uploads.by_id(tx, asked.id)
    assert made is not None
    return _own(made, found, by=by)


def _own(upload: uploads.Upload, found: CycleAccess, *, by: str) -> uploads.Upload:
    if upload.cycle_id != found.cycle.id or upload.person_id != by:
        raise IdTaken("Another upload already has this id. Reload the page and try once more.")
    return upload


async def _insert(deps: Deps, found: CycleAccess, asked: StartUpload, *, by: str) -> None:
    """What is under way is counted before, and looked at again where it is decided, so that many at once count."""
    while True:
        since = deps.clock() - UNDER_WAY
        async with deps.db.read() as tx:
            under_way = await uploads.under_way_in(tx, found.cycle.id)
        lately = sum(other.seen_at > since for other in under_way)
        try:
            return await _insert_beside(deps, found, asked, lately, since, by=by)
        except Superseded:
            continue


async def _insert_beside(
    deps: Deps, found: CycleAccess, asked: StartUpload, under_way: int, since: datetime, *, by: str
) -> None:
    stream = cycle_stream(found.cycle.id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        rules.refuse_another_resource(states[stream], by=by, under_way=under_way)
        upload = uploads.Upload(
            id=asked.id,
            lesson_id=None,
            cycle_id=found.cycle.id,
            person_id=by,
            role="resource",
            state="open",
            size=asked.size,
            name=file_name(asked.name),
            content_type="",
            fingerprint=asked.fingerprint,
            cover=None,
            sha256=None,
            created_at=at,
            seen_at=at,
        )
        return Outcome({}, [uploads.add(upload)])

    require = uploads.under_way_still(found.cycle.id, since, under_way)
    await deps.record.act(Act(by=by, streams=(stream,), decide=decide, require=require))


async def resource_kept(
    deps: Deps, job: jobs.Job, upload: uploads.Upload, *, name: str, content_type: str, sha256: str
) -> None:
    """The file is whole in the store, was read back, hashed and looked at. The cycle hears of it; the job ends here."""
    assert upload.cycle_id is not None
    assert upload.size is not None
    stream = cycle_stream(upload.cycle_id)
    added = rules.ResourceAdded(upload.id, name, content_type, upload.size, upload.person_id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        writes = [
            uploads.kept(upload.id, sha256=sha256, name=name, content_type=content_type, at=at),
            sweep(deps, upload.id, at, BLOCKS_KEPT),
            jobs.complete(job, now=at),
        ]
        return Outcome({stream: rules.add_resource(states[stream], added)}, writes)

    mine = jobs.still_mine(job)
    act = Act(by=WORKER, streams=(stream,), decide=decide, project=cycle_row(stream), require=mine)
    await deps.record.act(act)


async def remove_resource(deps: Deps, found: CycleAccess, command: rules.RemoveResource, *, by: str) -> dict[str, Any]:
    """Nobody gets it from this moment on; the worker deletes the bytes."""

    def writes(_: CycleState, at: datetime) -> list[Write]:
        payload = {"cycle": found.cycle.id, "resource": command.resource}
        return [
            uploads.end(command.resource, "removed", at),
            jobs.enqueue(deps.new_id(), "delete_resource", payload, at=at, dedupe_key=f"delete/{command.resource}"),
        ]

    answer = await act_on(
        deps,
        found,
        command,
        lambda cycle, at: rules.remove_resource(cycle, command, by=by, at=at),
        by=by,
        writes=writes,
    )
    deps.bus.wake(jobs.WAKE, 0)
    return answer


ACTIONS: Final[Mapping[type, Action]] = MappingProxyType({rules.RemoveResource: remove_resource})
