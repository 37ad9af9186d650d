"""How an upload is told: a bar on a terminal, lines elsewhere, JSON for programs. What is done goes to standard output,
everything on the way to standard error.
"""

import sys
from typing import Any, Self

import typer
from rich.console import Console
from rich.progress import Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from service.client.lessons import Place
from service.client.plan import time_left
from service.client.trouble import Trouble
from service.command_line.as_client import say_json, sentence

_BAR_CELLS = 30
_STEPS = 10
"""A line for each tenth of the file, where there is no terminal."""


class View:
    """The plain one: says nothing on the way."""

    def __init__(self) -> None:
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        pass

    def place(self, place: Place) -> None:
        """Where the file goes."""

    def arrived_before(self, place: Place) -> None:
        """Nothing needs to be sent."""

    def begun(self, *, stored: int, size: int) -> None:
        self.size = size

    def restarted(self) -> None:
        """What was stored was not of this file."""

    def handed(self, size: int) -> None:
        """So many bytes of the block under way were given to the network."""

    def stored(self, stored: int, rate: float | None) -> None:
        """So many bytes of the file are safe at the server."""

    def waiting(self, trouble: Trouble, seconds: float) -> None:
        """Something is away; the next try is in so many seconds."""

    def finishing(self) -> None:
        """Everything is there; the server is told so."""

    def preparing(self) -> None:
        """The server makes it watchable."""

    def done(self, *, lesson: str, state: str, size: int) -> None:
        typer.echo(f"lesson/{lesson} {state}")


class Lines(View):
    """A line now and then on standard error."""

    def __init__(self) -> None:
        super().__init__()
        self._step = -1

    def place(self, place: Place) -> None:
        how = "Going on with" if place.going_on else "Sending as"
        self._say(f"{how} lesson {place.lesson} “{place.title}”.")

    def arrived_before(self, place: Place) -> None:
        self._say(f"This file is there already, as lesson {place.lesson} “{place.title}”. --new sends it once more.")

    def begun(self, *, stored: int, size: int) -> None:
        super().begun(stored=stored, size=size)
        if stored:
            self._say(f"{megabytes(stored)} of {megabytes(size)} are there already.")
        self._step = stored * _STEPS // size

    def restarted(self) -> None:
        self._say("What was stored does not match this file, so it is sent from the beginning.")

    def stored(self, stored: int, rate: float | None) -> None:
        step = stored * _STEPS // self.size
        if step > self._step:
            self._step = step
            self._say(f"{megabytes(stored)} of {megabytes(self.size)} are safe{rest(self.size - stored, rate)}.")

    def waiting(self, trouble: Trouble, seconds: float) -> None:
        self._say(waiting_line(trouble, seconds))

    def preparing(self) -> None:
        self._say("Everything is there. Waiting until it can be watched.")

    def _say(self, text: str) -> None:
        typer.echo(text, err=True)


class JsonLines(View):
    """One object a line."""

    def place(self, place: Place) -> None:
        self._say("lesson", lesson=place.lesson, title=place.title, going_on=place.going_on)

    def arrived_before(self, place: Place) -> None:
        self._say("lesson", lesson=place.lesson, title=place.title, going_on=True)

    def begun(self, *, stored: int, size: int) -> None:
        super().begun(stored=stored, size=size)
        self._say("begun", stored=stored, size=size)

    def restarted(self) -> None:
        self._say("restarted")

    def stored(self, stored: int, rate: float | None) -> None:
        self._say("stored", stored=stored, size=self.size, bytes_per_second=None if rate is None else round(rate))

    def waiting(self, trouble: Trouble, seconds: float) -> None:
        self._say("waiting", problem=trouble.slug, detail=sentence(trouble, "server"), seconds=round(seconds, 1))

    def preparing(self) -> None:
        self._say("preparing")

    def done(self, *, lesson: str, state: str, size: int) -> None:
        self._say("done", lesson=lesson, state=state, size=size)

    def _say(self, kind: str, **members: Any) -> None:
        say_json({"type": kind} | members)


class Bar(Lines):
    """A bar on standard error: strong for what the server has, faint for what was handed to the network."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self._progress = Progress(
            _TwoBars(), TextColumn("{task.fields[says]}"), console=console, transient=True, auto_refresh=True
        )
        self._task = self._progress.add_task("", total=None, handed=0, says="Looking at the video.", visible=True)
        self._stored = 0
        self._rate: float | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *ended: object) -> None:
        self._progress.stop()

    def begun(self, *, stored: int, size: int) -> None:
        super().begun(stored=stored, size=size)
        self._progress.update(self._task, total=size)
        self.stored(stored, None)

    def handed(self, size: int) -> None:
        self._draw(size)

    def stored(self, stored: int, rate: float | None) -> None:
        self._stored, self._rate = stored, rate
        self._draw(0)

    def waiting(self, trouble: Trouble, seconds: float) -> None:
        self._progress.update(self._task, handed=0, says=waiting_line(trouble, seconds))

    def finishing(self) -> None:
        self._progress.update(self._task, says="Everything is there. Putting the pieces together.")

    def preparing(self) -> None:
        self._progress.update(self._task, says="Everything is there. Waiting until it can be watched.")

    def _draw(self, handed: int) -> None:
        says = f"{megabytes(self._stored)} of {megabytes(self.size)} safe"
        if handed:
            says += f", {megabytes(handed)} on the way"
        says += rest(self.size - self._stored, self._rate)
        self._progress.update(self._task, completed=self._stored, handed=handed, says=says)

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False)

    def done(self, *, lesson: str, state: str, size: int) -> None:
        self._progress.stop()
        super().done(lesson=lesson, state=state, size=size)


class _TwoBars(ProgressColumn):
    def render(self, task: Task) -> Text:
        whole = task.total or 1
        strong = int(_BAR_CELLS * task.completed / whole)
        faint = min(_BAR_CELLS, int(_BAR_CELLS * (task.completed + task.fields["handed"]) / whole)) - strong
        rest = _BAR_CELLS - strong - faint
        return Text.assemble(("━" * strong, "green"), ("━" * faint, "dim green"), ("─" * rest, "dim"))


def view_for(*, json: bool, quiet: bool) -> View:
    if json:
        return JsonLines()
    if quiet:
        return View()
    console = Console(stderr=True)
    return Bar(console) if console.is_terminal and sys.stderr.isatty() else Lines()


def megabytes(size: int) -> str:
    """As people say it: 12.3 MB."""
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def waiting_line(trouble: Trouble, seconds: float) -> str:
    return f"{sentence(trouble, 'server')} The next try is in {max(1, round(seconds))} s; nothing is lost."


def rest(size: int, rate: float | None) -> str:
    if rate is None or size <= 0:
        return ""
    pace = f"{rate / 1e6:.1f} MB/s" if rate >= 1e6 else f"{rate / 1e3:.0f} kB/s"
    left = time_left(size, rate)
    return f", {pace}" + (f", {left} left" if left else "")
