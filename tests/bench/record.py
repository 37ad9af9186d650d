"""What the record costs: `python -m tests.bench.record [--quick] [--seed n] [--part name]`.

What is measured and beside which bare limit of the same run is said in each part. The server has a core of its own
where there are two. The last line is JSON, and the exit status is 1 where a reach is missed.
"""

import sys
from collections.abc import Sequence

from tests.bench import record_crowds, record_deliveries, record_opening, record_served, record_writes
from tests.bench.reporting import report

PARTS = {
    "writes": record_writes,
    "served": record_served,
    "deliveries": record_deliveries,
    "opening": record_opening,
    "crowds": record_crowds,
}


def main(arguments: Sequence[str] | None = None) -> int:
    return report("record", __doc__, PARTS, 2, arguments)


if __name__ == "__main__":
    sys.exit(main())
