"""Files that mean harm, and workers that are killed: `python -m tests.bench.torture_media`, with `--quick`, `--seed n`,
`--part name`.

The real worker, encoder and object store, records in SQLite. What each part does is said in its module.
"""

import sys
from collections.abc import Sequence

from tests.bench import torture_media_corpus, torture_media_kills
from tests.bench.reporting import report

PARTS = {"corpus": torture_media_corpus, "kills": torture_media_kills}


def main(arguments: Sequence[str] | None = None) -> int:
    return report("torture-media", __doc__, PARTS, 1, arguments)


if __name__ == "__main__":
    sys.exit(main())
