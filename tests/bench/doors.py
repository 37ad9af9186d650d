"""What the doors cost: `python -m tests.bench.doors [--quick] [--seed n] [--part name]`.

The last line is JSON, and the exit status is 1 where a reach is missed. Each part is a module with `part`, which gives
its figures, and `REACH`, which says what they should come to; what is measured and beside what is said there.
"""

import argparse
import asyncio
import json
import operator
import sys
from collections.abc import Sequence

from tests.bench import doors_appends, doors_drain, doors_guessing

PARTS = {"appends": doors_appends, "guessing": doors_guessing, "drain": doors_drain}
COMPARE = {">=": operator.ge, "<=": operator.le}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seconds, for a test; the reach is not judged")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--part", choices=PARTS, action="append", help="only this one; may be given again")
    options = parser.parse_args(arguments)
    figures: dict[str, float] = {}
    reach: dict[str, tuple[str, float]] = {}
    for name in options.part or PARTS:
        figures |= asyncio.run(PARTS[name].part(seed=options.seed, quick=options.quick))
        reach |= PARTS[name].REACH
    for name, value in figures.items():
        print(f"{name:32} {value:>12,}")
    said = {"bench": "doors", "seed": options.seed, "quick": options.quick, "figures": figures, "reach": reach}
    print(json.dumps(said))
    reached = all(COMPARE[how](figures[name], wanted) for name, (how, wanted) in reach.items())
    return 0 if options.quick or reached else 1


if __name__ == "__main__":
    sys.exit(main())
