"""What the benches of several parts have in common: which parts run, what is printed, and whether the reach is met.

A part is a module with `part(seed=…, quick=…)`, which gives its figures, and `REACH`, which says what some of them
should come to.
"""

import argparse
import asyncio
import json
import operator
import statistics
import time
from collections.abc import Mapping, Sequence
from types import ModuleType

COMPARE = {">=": operator.ge, "<=": operator.le}


def report(
    bench: str, says: str | None, parts: Mapping[str, ModuleType], seed: int, arguments: Sequence[str] | None
) -> int:
    """Run them; the last line is JSON. Returns 1 where a reach is missed, which a quick run does not judge."""
    parser = argparse.ArgumentParser(description=says)
    parser.add_argument("--quick", action="store_true", help="seconds, for a test; the reach is not judged")
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--part", choices=parts, action="append", help="only this one; may be given again")
    options = parser.parse_args(arguments)
    figures: dict[str, float] = {}
    reach: dict[str, tuple[str, float]] = {}
    for name in options.part or parts:
        began = time.perf_counter()
        found = asyncio.run(parts[name].part(seed=options.seed, quick=options.quick))
        print(f"{name} (seed {options.seed}, {time.perf_counter() - began:.0f} s)")
        for figure, value in found.items():
            wanted = parts[name].REACH.get(figure)
            says_so = f"  {wanted[0]} {wanted[1]:,}" if wanted else ""
            print(f"  {figure:42} {value:>12,}{says_so}", flush=True)
        figures |= found
        reach |= parts[name].REACH
    said = {"bench": bench, "seed": options.seed, "quick": options.quick, "figures": figures, "reach": reach}
    print(json.dumps(said))
    reached = all(COMPARE[how](figures[name], wanted) for name, (how, wanted) in reach.items())
    return 0 if options.quick or reached else 1


def medians(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: statistics.median(measured[name] for measured in rounds) for name in rounds[0]}


def rounded(figures: Mapping[str, float]) -> dict[str, float]:
    """As many digits as mean something."""
    return {name: float(f"{value:.3g}") for name, value in figures.items()}
