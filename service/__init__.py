"""Farfield's program: the roles web, live and worker, and the rules of coaching."""

from typing import Final

VERSION: Final = "0.1.0"
"""As in pyproject.toml; a test keeps the two together."""
