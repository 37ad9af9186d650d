"""How long a person's words may be. Only described here: `web` cleans and measures them, and says what is wrong."""

from typing import Annotated, Final

import msgspec

LONGEST_TEXT: Final = 10_000
LONGEST_PASSAGE: Final = 5_000
LONGEST_TITLE: Final = 200
LONGEST_CUE: Final = 500
LANGUAGE_PATTERN: Final = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$"

Text = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_TEXT})]
"""Words of one thought: there is something in it."""
Passage = Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_PASSAGE})]
"""A part of a form that may be left empty."""
Title = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_TITLE})]
"""One line, never empty."""
Line = Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_TITLE})]
"""One line that may be left empty."""
CueText = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_CUE})]
"""What is said for a moment, or the name of a chapter: there is something in it."""
CueFile = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": 1, "contentMediaType": "text/vtt"})]
"""A whole file of captions or chapters; what is in it is looked at where it is read."""
Language = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": LANGUAGE_PATTERN})]
"""A language as the web names it (BCP 47): en, es-MX."""
