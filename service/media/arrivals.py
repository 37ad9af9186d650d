"""What lies on this machine of films that are still being sent, so that the last byte finds the rest in place.

Of use to this process only: it goes with the worker, since the store has it all.
"""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from service.media.blocks import Assembly, Block
from storage.objects import Objects
from storage.uploads import Upload

_KEPT_SECONDS: Final = 3600.0
"""A film that nobody goes on with gives its room back; fetching it again is quicker than any rural link."""


@dataclass(slots=True)
class Here:
    """What is here of one film. `followed`: so much of it was here when last somebody began to make it watchable;
    `hopeless`: its beginning alone cannot be read."""

    assembly: Assembly
    used: float
    whole: bool = False
    followed: int = 0
    hopeless: bool = False


class Arrivals:
    """The films that this process has parts of, by their upload."""

    def __init__(self) -> None:
        self._folder = Path()
        self._here: dict[str, Here] = {}
        self.encoders = 0
        """How many make what arrives watchable just now."""

    def begin(self, folder: Path) -> None:
        """Where to put what comes from now on: `folder` is not there yet, and made with the first block."""
        self._folder = folder

    def of(self, upload_id: str) -> Assembly:
        """What is here of its file."""
        return self.here(upload_id).assembly

    def here(self, upload_id: str) -> Here:
        """What is here of it, or a beginning. Parts of others that nobody used for an hour go."""
        now = monotonic()
        for other in [name for name, here in self._here.items() if now - here.used > _KEPT_SECONDS]:
            self.forget(other)
        here = self._here.get(upload_id)
        if here is None:
            here = Here(Assembly(upload_id, self._folder / upload_id), now)
            self._here[upload_id] = here
        here.used = now
        return here

    def no_room(self, upload: Upload) -> bool:
        """Whether this machine's disk is too full for the film and what is made of it."""
        least = max(upload.size or 0, self.of(upload.id).reached)
        return shutil.disk_usage(self._folder if self._folder.is_dir() else self._folder.parent).free < 3 * least

    def completed(self, upload_id: str) -> None:
        """It was named whole: who has parts of it prepares it, if there is a hand free."""
        if (here := self._here.get(upload_id)) is not None:
            here.whole = True

    @property
    def whole(self) -> list[str]:
        """Films that are whole in the store and mostly here."""
        return [name for name, here in self._here.items() if here.whole]

    async def take(self, objects: Objects, upload_id: str, cover: Sequence[Block], target: Path) -> str:
        """Make `target` the file that the cover names, from what is here and what the store has; its SHA-256 in hex.

        Raises Refused(UNREADABLE_BLOCKS), StoreUnavailable. What was here is used up.
        """
        here = self._here.pop(upload_id, None)
        assembly = here.assembly if here is not None else Assembly(upload_id, target)
        try:
            digest = await assembly.finish(objects, cover)
            if assembly.path != target:
                await asyncio.to_thread(assembly.path.replace, target)
        finally:
            if assembly.path != target:
                await asyncio.to_thread(assembly.path.unlink, missing_ok=True)
        return digest

    def forget(self, upload_id: str) -> None:
        """Nobody will ask for it any more."""
        if (here := self._here.pop(upload_id, None)) is not None:
            here.assembly.path.unlink(missing_ok=True)

    def end(self, folder: Path) -> None:
        """The worker ends; what is in that folder goes with it."""
        for name in [name for name, here in self._here.items() if here.assembly.path.parent == folder]:
            del self._here[name]
