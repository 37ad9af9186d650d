"""How `web` and its gate listen: unix sockets with room for a crowd, and no opinion on what the front door let in."""

from pathlib import Path
from typing import Final

from aiohttp import web

# More than the front door lets through (32 KB, and the few that Go adds): one place says what is too large, and as a
# problem. aiohttp's own refusal is plain text, and quotes what it refuses, as a cookie, in the answer and in the log.
_LONGEST_HEAD: Final = 64 * 1024
# The front door opens one connection for each request under way; a full queue would be a 503 for somebody.
_BACKLOG: Final = 4096


async def listen(app: web.Application, socket: Path) -> web.AppRunner:
    """Answer on `socket` until the runner that is returned is cleaned up."""
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=0.5,
        handle_signals=False,
        max_line_size=_LONGEST_HEAD,
        max_field_size=_LONGEST_HEAD,
        max_headers=_LONGEST_HEAD,
        # Nobody here sends a compressed body: one is bytes that are no JSON, whatever a header calls it.
        auto_decompress=False,
    )
    await runner.setup()
    await web.UnixSite(runner, str(socket), backlog=_BACKLOG).start()
    return runner
