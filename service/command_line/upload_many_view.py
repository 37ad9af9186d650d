"""How many uploads are told: two bars on a terminal, lines elsewhere, one JSON object a file for programs."""

import sys
from collections.abc import Sequence
from typing import Any

import typer
from rich.console import Console

from service.client.lessons import Place
from service.client.manifest import Row
from service.client.source import shown
from service.command_line.as_client import say_json
from service.command_line.upload_one import Sent
from service.command_line.upload_view import Bar, Lines, View, megabytes, rest


class ManyView(View):
    """The plain one, which counts: only what became of each file, and a summary where something was refused."""

    files = 0
    bytes = 0
    sent = 0
    before = 0
    refused = 0
    row: Row | None = None
    number = 0
    bytes_before = 0
    """Of the files before this one, whatever became of them."""

    def all(self, rows: Sequence[Row]) -> None:
        """Everything is in order; this is what will be sent."""
        self.files, self.bytes = len(rows), sum(row.size for row in rows)

    def file(self, row: Row) -> None:
        """The next one."""
        if self.row is not None:
            self.bytes_before += self.row.size
        self.row = row
        self.number += 1

    def there(self, row: Row, sent: Sent, state: str) -> None:
        self.sent += not sent.before
        self.before += sent.before
        typer.echo(f"lesson/{sent.place.lesson} {state} {shown(row.file)}")

    def refuse(self, row: Row, slug: str, detail: str) -> None:
        """This one is not there, and will not be."""
        self.refused += 1
        self.complain(f"{_where(row)}: {detail}")

    def summary(self) -> None:
        """At the end, however it ends."""
        if self.refused:
            self.complain(self.counted())

    def counted(self) -> str:
        there = self.sent + self.before
        text = f"{there} of {self.files} videos are there"
        text += f" ({self.before} of them were before)" if self.before else ""
        text += f"; {self.refused} refused" if self.refused else ""
        left = self.files - there - self.refused
        return text + (f"; {left} left: the same command goes on with them." if left else ".")

    def complain(self, text: str) -> None:
        typer.echo(text, err=True)


class ManyLines(ManyView, Lines):
    def file(self, row: Row) -> None:
        super().file(row)
        self._say(f"{self.number} of {self.files}: {shown(row.file)}, {megabytes(row.size)}.")

    def arrived_before(self, place: Place) -> None:
        self._say(f"It is there already, as lesson {place.lesson} “{place.title}”.")

    def summary(self) -> None:
        self.complain(self.counted())


class ManyJson(ManyView):
    """One object a file, and one at the end."""

    def there(self, row: Row, sent: Sent, state: str) -> None:
        self.sent += not sent.before
        self.before += sent.before
        found = {"lesson": sent.place.lesson, "title": sent.place.title, "state": state, "before": sent.before}
        self._tell(row, **found)

    def refuse(self, row: Row, slug: str, detail: str) -> None:
        self.refused += 1
        self._tell(row, problem=slug, detail=detail)

    def summary(self) -> None:
        there = self.sent + self.before
        counts = {"files": self.files, "sent": self.sent, "before": self.before, "refused": self.refused}
        say_json({"type": "summary"} | counts | {"left": self.files - there - self.refused})

    def _tell(self, row: Row, **members: Any) -> None:
        known = {"line": row.line or None, "file": shown(row.file), "cycle": row.cycle, "size": row.size}
        say_json({"type": "file"} | known | members)


class ManyBars(ManyLines, Bar):
    """A bar for everything above the bar of the file under way."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._whole = self._task
        self._progress.update(self._whole, says="Looking at the videos.")
        self._task = self._progress.add_task("", total=None, handed=0, says="", visible=False)

    def all(self, rows: Sequence[Row]) -> None:
        super().all(rows)
        self._progress.update(self._whole, total=self.bytes)
        self._progress.update(self._task, visible=True)

    def file(self, row: Row) -> None:
        super().file(row)
        self.size, self._stored = row.size, 0
        self._progress.update(self._task, total=row.size)
        self._draw(0)

    def summary(self) -> None:
        self._progress.stop()
        super().summary()

    def _draw(self, handed: int) -> None:
        super()._draw(handed)
        safe = self.bytes_before + self._stored
        says = f"{self.number} of {self.files} videos, {megabytes(safe)} of {megabytes(self.bytes)}"
        says += rest(self.bytes - safe, self._rate)
        self._progress.update(self._whole, completed=safe, handed=handed, says=says)

    def complain(self, text: str) -> None:
        self._say(text)


def _where(row: Row) -> str:
    return f"line {row.line}: {shown(row.file)}" if row.line else shown(row.file)


def many_view_for(*, json: bool, quiet: bool) -> ManyView:
    if json:
        return ManyJson()
    if quiet:
        return ManyView()
    console = Console(stderr=True)
    return ManyBars(console) if console.is_terminal and sys.stderr.isatty() else ManyLines()
