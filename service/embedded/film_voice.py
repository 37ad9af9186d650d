"""Speech-like sound for the demo lesson: vowels from a pulse train through three resonators, cut into syllables."""

import math
import random
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

from service.embedded.film_story import SECONDS, VOICES

RATE = 16000
_VOWELS = (
    (730, 1090, 2440),
    (530, 1840, 2480),
    (270, 2290, 3010),
    (570, 840, 2410),
    (300, 870, 2240),
    (490, 1350, 1690),
)
_CHATTER = (57.0, 69.0)


def write_voices(target: Path) -> None:
    """A mono 16-bit WAV of the whole film. The same every time."""
    dice = random.Random(7)  # noqa: S311  # a voice, not a secret
    mix = array("f", bytes(4 * RATE * SECONDS))
    syllables = {who: [_syllable(dice, *_pitch(who)) for _ in range(14)] for who, _, _ in VOICES}
    for who, start, end in VOICES:
        loud = 0.35 if _CHATTER[0] <= start < _CHATTER[1] and who != "teacher" else 1.0
        _say(mix, dice, syllables[who], start, end, loud)
    hush = [dice.gauss(0, 60) for _ in range(RATE)]
    samples = array("h", (max(-32000, min(32000, int(value + hush[n % RATE]))) for n, value in enumerate(mix)))
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def _pitch(who: str) -> tuple[float, float]:
    """The voice's pitch in Hz, and how much shorter its throat is than an adult's."""
    return (195.0, 1.0) if who == "teacher" else (265.0 + 14 * int(who), 1.18)


def _say(
    mix: "array[float]", dice: random.Random, syllables: list[list[float]], start: float, end: float, loud: float
) -> None:
    """Syllables from start to end, in words of one to four with small gaps."""
    at = int(start * RATE)
    while at < end * RATE:
        for _ in range(dice.randint(1, 4)):
            syllable = dice.choice(syllables)
            if at + len(syllable) >= min(len(mix), int(end * RATE) + RATE // 4):
                return
            for n, value in enumerate(syllable):
                mix[at + n] += loud * value
            at += int(len(syllable) * 0.92)
        at += int(RATE * dice.uniform(0.04, 0.16))


def _syllable(dice: random.Random, pitch: float, throat: float) -> list[float]:
    """One consonant-and-vowel of 110 to 230 ms, peak about 7000."""
    length = int(RATE * dice.uniform(0.11, 0.23))
    begin, end = pitch * dice.uniform(0.92, 1.18), pitch * dice.uniform(0.86, 1.05)
    source = list(_pulses(length, begin, end))
    for n in range(min(dice.choice((0, 250, 500)), length)):
        source[n] = dice.gauss(0, 0.25)
    sound = source
    for formant, width in zip(dice.choice(_VOWELS), (80, 110, 170), strict=True):
        sound = _resonate(sound, formant * throat, width)
    peak = max(map(abs, sound)) or 1.0
    return [7000 * value / peak * math.sin(math.pi * (n / length) ** 0.6) ** 0.8 for n, value in enumerate(sound)]


def _pulses(length: int, begin: float, end: float) -> Iterator[float]:
    phase = 0.0
    for n in range(length):
        phase += (begin + (end - begin) * n / length) / RATE
        if phase >= 1:
            phase -= 1
        yield (1 - phase) ** 3 - 0.25


def _resonate(sound: list[float], hertz: float, width: float) -> list[float]:
    radius = math.exp(-math.pi * width / RATE)
    first, second = 2 * radius * math.cos(2 * math.pi * hertz / RATE), -radius * radius
    before, earlier = 0.0, 0.0
    out = []
    for value in sound:
        before, earlier = value * (1 - radius) + first * before + second * earlier, before
        out.append(before)
    return out
