"""What a lesson costs: the whole job, from the blocks to `ready`, beside decoding alone and beside one ffmpeg a rung.

CPU is that of the worker's process and all that it starts; the object store's is not in it. The job makes the
storyboard and the sound's peaks too, which neither of the others does. Those are measured on the film's first seconds,
which are like all others, or three rounds would take a quarter of an hour; what is compared is CPU a second of film.
"""

import asyncio
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from service.config import Config
from service.media.encode_graph import QUICK, QUICK_FROM
from service.media.encoding import examine
from service.media.ffmpeg import FFMPEG
from service.media.renditions import AUDIO_KBIT, Ladder, plan
from service.wiring import Deps
from tests.bench import media_sources
from tests.bench.reporting import medians, rounded
from tests.fixtures.cast import make_cast
from tests.fixtures.parts import parts
from tests.fixtures.prepared import run_until, send, with_store
from tests.fixtures.store import objects_of, running_store

ROUNDS = 3
BESIDE_S = 6
PATIENCE_S = 600
REACH = {
    "job_cpu_to_decode_cpu": ("<=", 4.0),
    "job_cpu_to_separate_cpu": ("<=", 0.55),
    "job_wall_to_duration": ("<=", 0.45),
}
_QUIET = (FFMPEG, "-v", "error", "-nostdin", "-y")


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    seconds = media_sources.QUICK_SECONDS if quick else media_sources.SECONDS
    take = await asyncio.to_thread(media_sources.take, seconds, seed)
    ladder, beside_s = plan(await examine(take)), min(BESIDE_S, seconds)
    beginning = await asyncio.to_thread(media_sources.beginning, take, beside_s)
    rounds = []
    for _ in range(1 if quick else ROUNDS):
        decode_cpu, decode_s = await asyncio.to_thread(_spent, [_decode(beginning)])
        separate_cpu, _ = await asyncio.to_thread(_separately, beginning, ladder)
        job_cpu, job_s = await _whole_job(take)
        decoding, separately, whole = decode_cpu / beside_s, separate_cpu / beside_s, job_cpu / seconds
        rounds.append(
            {
                "decode_cpu_to_duration": decoding,
                "decode_wall_to_duration": decode_s / beside_s,
                "separate_cpu_to_duration": separately,
                "job_cpu_to_duration": whole,
                "job_cpu_to_decode_cpu": whole / decoding,
                "job_cpu_to_separate_cpu": whole / separately,
                "job_wall_to_duration": job_s / seconds,
            }
        )
    return rounded(medians(rounds))


async def _whole_job(take: Path) -> tuple[float, float]:
    """Seconds of CPU and of the clock, from when all blocks lie in the store to `lesson.ready`."""
    async with _worker_place() as deps:
        cast = await make_cast(deps)
        await send(deps, cast.teacher, cast.lesson, take)
        began, cpu = time.monotonic(), _cpu()
        await run_until(deps, cast.lesson, "lesson.ready", "lesson.refused", patience_s=PATIENCE_S)
        return _cpu() - cpu, time.monotonic() - began


@asynccontextmanager
async def _worker_place() -> AsyncIterator[Deps]:
    folder = Path(tempfile.mkdtemp(prefix="ffb-", dir="/tmp"))
    try:
        config = Config.from_env({"FARFIELD_DATA_DIR": str(folder)}).as_demo()
        async with running_store() as store, parts(config) as deps:
            objects = objects_of(store)
            try:
                yield with_store(deps, objects)
            finally:
                await objects.close()
    finally:
        shutil.rmtree(folder)


def _decode(take: Path) -> list[str]:
    return [*_QUIET, "-threads", "2", "-i", str(take), "-f", "null", "-"]


def _separately(take: Path, ladder: Ladder) -> tuple[float, float]:
    """As others do it: a run for each rung, with our settings, that decodes and scales by itself; one for the sound."""
    with tempfile.TemporaryDirectory(prefix="ffb-", dir="/tmp") as folder:
        segments = ["-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"]
        commands = []
        for rung in ladder.video:
            size = ["-vf", f"scale={rung.width}:{rung.height}:flags=bicubic,format=yuv420p", "-an"]
            codec = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-sc_threshold", "0"]
            quick = QUICK if min(rung.width, rung.height) >= QUICK_FROM else {}
            codec += [word for name, value in quick.items() for word in (f"-{name}", str(value))]
            keys = ["-force_key_frames", "expr:gte(t,n_forced*4)"]
            rate = ["-crf", str(rung.crf), "-maxrate", f"{rung.max_kbit}k", "-bufsize", f"{2 * rung.max_kbit}k"]
            named = ["-hls_fmp4_init_filename", f"{rung.name}.mp4", f"{folder}/{rung.name}.m3u8"]
            commands.append([*_QUIET, "-threads", "2", "-i", str(take), *size, *codec, *keys, *rate, *segments, *named])
        sound = ["-vn", "-c:a", "aac", "-b:a", f"{AUDIO_KBIT}k", "-ac", "1", *segments]
        named = ["-hls_fmp4_init_filename", "audio.mp4", f"{folder}/audio.m3u8"]
        commands.append([*_QUIET, "-i", str(take), *sound, *named])
        return _spent(commands)


def _spent(commands: list[list[str]]) -> tuple[float, float]:
    """Seconds of CPU and of the clock that they take, one after the other."""
    began, cpu = time.monotonic(), _cpu()
    for command in commands:
        subprocess.run(command, check=True)
    return _cpu() - cpu, time.monotonic() - began


def _cpu() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
