"""Events to the viewers of one lesson, beside a bare `websockets.broadcast`.

Ours: 500 people write in one lesson through `actions` as fast as they can, and so many viewers follow it over `/live`.
What was committed together goes out in one frame. Bare: in the same process, a `websockets` server that does nothing
else hands frames, one event each and ready-made, to as many clients with `websockets.broadcast`. Deliveries are events
seen, by all viewers together, in a second, from the first write to the last sight. In turns; every event must arrive.

`of_bare` is by the clock, `cpu_of_bare` by the server's CPU time, which the readers on the other core do not bound.
`same_frames`: ours beside a bare broadcast of as few and as large frames as ours were; shown, not judged, because ours
pays for writing the events down, too, which is most of it where few look on.
"""

import asyncio
import contextlib
import os
import socket
import time

from service.coaching.streams import lesson_stream
from tests.bench.record_load import Viewer
from tests.bench.record_process import ALL_CORES, OTHER_CORES, Served, server, stay_on
from tests.bench.reporting import medians, rounded

REACH = {
    f"deliveries_{viewers}_{how}": (">=", least)
    for viewers, least in ((20, 0.75), (500, 0.9))
    for how in ("of_bare", "cpu_of_bare")
}
WRITERS = 500
LOOK_EVERY_S = 0.002
PATIENCE_S = 60


class Counting(Viewer):
    """Counts events without reading them: otherwise 500 readers would be what is measured."""

    size = 0

    def __init__(self, *where: str, **more: str) -> None:
        super().__init__(*where, lambda _id, _now: None, **more)  # type: ignore[arg-type]
        self._socket: socket.socket | None = None

    def begin(self) -> None:
        """Count from here on, looking only when told to: a reader that is woken for each frame costs more than it took
        to send it."""
        assert self._transport is not None
        self.events, self.frames, self.size = 0, 0, 0
        self._transport.pause_reading()
        self._socket = socket.socket(fileno=os.dup(self._transport.get_extra_info("socket").fileno()))

    def look(self) -> int:
        """Take what has come; how many events that makes."""
        assert self._socket is not None
        with contextlib.suppress(BlockingIOError):
            while data := self._socket.recv(1 << 20):
                self.data_received(data)
        return self.events

    def end(self) -> None:
        assert self._socket is not None
        assert self._transport is not None
        self._socket.close()
        self._transport.resume_reading()

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode != 1 or not payload.startswith(b'{"type":"events"'):
            return super()._frame(opcode, payload)
        self.frames += 1
        self.size += len(payload)
        self.events += payload.count(b'"version":')
        return None


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    rounds, sizes = (1, {20: (100, 50), 500: (100, 10)}) if quick else (3, {20: (10_000, 10_000), 500: (3_000, 600)})
    stay_on(OTHER_CORES)
    figures: dict[str, float] = {}
    try:
        for viewers, (ours, bare) in sizes.items():
            async with server() as served:
                await served.populate(seed=seed, cycles=1, guests=viewers)
                figures |= await _beside(served, viewers, ours, bare, rounds)
    finally:
        stay_on(ALL_CORES)
    return figures


async def _beside(served: Served, count: int, ours: int, bare: int, rounds: int) -> dict[str, float]:
    cookies = [served.world.cookies[guest] for guest in served.guests]
    stream = lesson_stream(served.world.lessons[0])
    followers = [Counting(str(served.live), cookie) for cookie in cookies]
    plain = [Counting(str(served.bare), cookie) for cookie in cookies]
    for viewer in (*followers, *plain):
        await viewer.open()
    at = (await served.ask("kept"))[stream]
    for viewer in followers:
        await viewer.follow(stream, at)
    measured = []
    for _ in range(rounds):
        real = await seen_by_all(served, followers, ours, do="annotate", writers=WRITERS, count=ours)
        frames, size = followers[0].frames, followers[0].size // followers[0].frames
        one = frame(followers[0].size // ours)
        alone = await seen_by_all(served, plain, bare, do="broadcast", frame=one, count=bare)
        same = await seen_by_all(served, plain, frames, do="broadcast", frame=frame(size), count=frames)
        measured.append(
            {
                "per_s": ours * count / real[0],
                "bare_per_s": bare * count / alone[0],
                "of_bare": (ours / real[0]) / (bare / alone[0]),
                "cpu_of_bare": (ours / real[1]) / (bare / alone[1]),
                "same_frames": same[0] / real[0],
                "events_a_frame": ours / frames,
            }
        )
    for viewer in (*followers, *plain):
        viewer.close()
    return {f"deliveries_{count}_{name}": value for name, value in rounded(medians(measured)).items()}


def frame(size: int) -> str:
    """So many bytes that look like one event."""
    start = '{"type":"events","version":1,"data":"'
    return start + "x" * (size - len(start) - 2) + '"}'


async def seen_by_all(
    served: Served, viewers: list[Counting], events: int, *, do: str, **how: str | int
) -> tuple[float, float]:
    """Seconds until every viewer has them all, and seconds of the server's core."""
    for viewer in viewers:
        viewer.begin()
    cpu = await served.ask("cpu")
    began = time.perf_counter()
    sending = asyncio.create_task(served.ask(do, **how))
    async with asyncio.timeout(PATIENCE_S):
        while min([viewer.look() for viewer in viewers]) < events:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY_S)
        took = time.perf_counter() - began
        await sending
    for viewer in viewers:
        viewer.end()
    assert {viewer.events for viewer in viewers} == {events}
    return took, await served.ask("cpu") - cpu
