"""What the doors cost: `python -m tests.bench.doors [--quick] [--seed n] [--part name]`.

What is measured and beside what is said in each part. The last line is JSON, and the exit status is 1 where a reach is
missed.
"""

import sys
from collections.abc import Sequence

from tests.bench import doors_appends, doors_drain, doors_guessing
from tests.bench.reporting import report

PARTS = {"appends": doors_appends, "guessing": doors_guessing, "drain": doors_drain}


def main(arguments: Sequence[str] | None = None) -> int:
    return report("doors", __doc__, PARTS, 3, arguments)


if __name__ == "__main__":
    sys.exit(main())
