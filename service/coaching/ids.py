"""Ids: every one is a UUID in lower case, made by whoever makes the thing, also by a browser."""

from typing import Annotated

import msgspec

ID_PATTERN = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# Only described here: `web` checks ids itself, because its sentence is for a person and a pattern's is not.
Id = Annotated[str, msgspec.Meta(extra_json_schema={"format": "uuid", "pattern": f"^{ID_PATTERN}$"})]
