"""Films: `python -m tests.bench.media [--quick] [--seed n] [--part name]`; the last line is JSON.

A generated classroom (`tests/fixtures/classroom.py`), the real worker, encoder, store, front door and Chromium. What
each part measures is said in its module. Ratios are of one run and mean something on a machine that others use; figures
by the clock do not.
"""

import os
import sys
from collections.abc import Sequence

from tests.bench import media_cost, media_first_frame, media_quality, media_seeks
from tests.bench.reporting import report

PARTS = {
    "cost": media_cost,
    "quality": media_quality,
    "first-frame": media_first_frame,
    "seeks": media_seeks,
}


def main(arguments: Sequence[str] | None = None) -> int:
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores", flush=True)
    return report("media", __doc__, PARTS, 1, arguments)


if __name__ == "__main__":
    sys.exit(main())
