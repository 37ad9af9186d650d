"""How long a person's words may be. Only described here: `web` cleans and measures them, and says what is wrong."""

from typing import Annotated, Final

import msgspec

LONGEST_TEXT: Final = 10_000
LONGEST_PASSAGE: Final = 5_000
LONGEST_TITLE: Final = 200

Text = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_TEXT})]
"""Words of one thought: there is something in it."""
Passage = Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_PASSAGE})]
"""A part of a form that may be left empty."""
Title = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_TITLE})]
"""One line, never empty."""
Line = Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_TITLE})]
"""One line that may be left empty."""
