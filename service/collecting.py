"""How often Python looks for garbage that only refers to itself."""

import gc
from typing import Final

OBJECTS: Final = 20_000
"""So many new ones before it looks at the young. Its own 700 is for programs that keep little: here folded lessons stay
in memory, thousands of small objects that are never garbage, and walking over them was a fifth of a command."""
ROUNDS: Final = 20


def collect_seldom() -> None:
    """From here on, and never look again at what is loaded already. For a process that serves, at its start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, ROUNDS, ROUNDS)
