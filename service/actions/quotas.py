"""How much one person and one program may keep here. Asked before a file is begun, and while one grows."""

from typing import Final

from service.problems import NoRoom
from service.wiring import Deps
from storage import cycles, uploads

STEP: Final = 64 << 20
"""A file of an unknown size is looked at again whenever so much more of it was let through."""


async def refuse_without_room(deps: Deps, person: str, cycle_id: str, size: int) -> None:
    """Raises NoRoom where so many bytes more were too many for the person's open uploads, or for the program."""
    config = deps.config
    async with deps.db.read() as tx:
        held = await uploads.bytes_of_person(tx, person)
        cycle = await cycles.by_id(tx, cycle_id)
        kept = await uploads.bytes_of_program(tx, cycle.program_id) if cycle else 0
    if held + size > config.person_quota_bytes:
        raise NoRoom(
            f"Your unfinished uploads may hold {_said(config.person_quota_bytes)} together, and with this file they "
            "would hold more. Let one of them finish, or give one up, and add this one then."
        )
    if kept + size > config.program_quota_bytes:
        raise NoRoom(
            f"Your program may keep {_said(config.program_quota_bytes)} of video, and with this file it would be more. "
            "Nothing is lost; ask whoever leads your program."
        )


def _said(size: int) -> str:
    for unit, in_bytes in (("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20)):
        if size >= in_bytes:
            return f"{size / in_bytes:.3g} {unit}"
    return f"{size} bytes"
