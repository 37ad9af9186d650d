"""Jobs of the files beside the plan: put together, looked at, kept as one object; and deleted once removed."""

import asyncio
from pathlib import Path

from service.actions import resources as actions
from service.actions.media import upload_dropped
from service.file_names import file_name, with_extension
from service.media import blocks
from service.media.outcomes import Cancel, Done, Outcome, Retry
from service.media.prepare import no_room
from service.media.probe import Refused
from service.media.sniffing import EDGE, EXTENSIONS, sniff
from service.wiring import Deps
from storage import uploads
from storage.jobs import Job


async def keep_resource(deps: Deps, job: Job, folder: Path) -> Outcome:
    """From the blocks to one object that was read back and hashed. Nothing opens the file: only its edges are read."""
    async with deps.db.read() as tx:
        upload = await uploads.by_id(tx, job.data["upload"])
    if upload is None or upload.state != "completed" or upload.cycle_id is None or upload.cover is None:
        return Cancel("nothing to keep")
    if no_room(folder, upload):
        return Retry("disk nearly full", ours=True)
    source = folder / "source"
    try:
        sha256 = await deps.arrivals.take(deps.objects, upload.id, blocks.parse_cover(upload.cover), source)
    except Refused:
        await upload_dropped(deps, job, upload.id, "refused")
        return Done()
    content_type = sniff(*await asyncio.to_thread(_edges, source))
    name = with_extension(file_name(upload.name), EXTENSIONS.get(content_type, ()))
    key = actions.resource_key(upload.cycle_id, upload.id)
    await blocks.keep_original(deps.objects, source, key, sha256=sha256, size=upload.size or 0)
    await actions.resource_kept(deps, job, upload, name=name, content_type=content_type, sha256=sha256)
    return Done()


async def refuse_resource(deps: Deps, job: Job, folder: Path) -> Outcome:
    """A file whose keeping was given up: its sender sees so, instead of waiting for ever."""
    del folder
    async with deps.db.read() as tx:
        upload = await uploads.by_id(tx, job.data["upload"])
    if upload is None or upload.state != "completed":
        return Cancel("it has ended otherwise")
    await upload_dropped(deps, job, upload.id, "refused")
    return Done()


async def delete_resource(deps: Deps, job: Job, folder: Path) -> Outcome:
    """The bytes of a removed file, and its blocks where they are still there."""
    del folder
    await deps.objects.delete([actions.resource_key(job.data["cycle"], job.data["resource"])])
    await blocks.sweep(deps.objects, job.data["resource"])
    return Done()


def _edges(source: Path) -> tuple[bytes, bytes]:
    size = source.stat().st_size
    with source.open("rb") as file:
        head = file.read(EDGE)
        file.seek(max(0, size - EDGE))
        return head, file.read(EDGE)
