"""`farfield person`: who is here, added or invited by whoever runs the server."""

from typing import Annotated

import typer

from service.command_line.administering import (
    EmailArgument,
    JsonOption,
    ProgramOption,
    RoleOption,
    administer,
    minute,
    say,
    table,
)
from service.command_line.refusing import plain

app = typer.Typer(no_args_is_help=True, help="The people of this server.")

ZoneOption = Annotated[str, typer.Option(metavar="ZONE", help="Where they are, as America/Boise.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
ByOption = Annotated[str | None, typer.Option(metavar="EMAIL", help="The lead who invites. Without: the only one.")]


@app.command()
def add(
    name: str,
    email: EmailArgument,
    program: ProgramOption,
    role: RoleOption,
    time_zone: ZoneOption = "UTC",
    json: JsonOption = False,
) -> None:
    """Add somebody to a program, and print a link with which they sign in the first time."""
    from service.administration import people

    made = administer(
        lambda deps: people.add(deps, name=name, email=email, program=program, role=role, time_zone=time_zone)
    )
    works = f"The link works once, until {minute(made.expires_at)}."
    say(made, f"Added {made.name} ({made.email}) as {role}.", made.link, works, json=json)


@app.command()
def link(email: EmailArgument, json: JsonOption = False) -> None:
    """Print another link with which somebody signs in."""
    from service.administration import people

    made = administer(lambda deps: people.link(deps, email=email))
    say(made, made.link, f"The link works once, until {minute(made.expires_at)}.", json=json)


@app.command()
def invite(
    email: EmailArgument, program: ProgramOption, role: RoleOption, by: ByOption = None, json: JsonOption = False
) -> None:
    """Invite somebody into a program: by a letter where this server sends mail, else by a link to hand over."""
    from service.administration import people

    made = administer(lambda deps: people.invite(deps, email=email, program=program, role=role, by=by))
    if made.link is None:
        lines = [f"A letter to {made.email} is on its way."]
    else:
        lines = [
            f"This server sends no mail. Hand this link to {made.email}: whoever opens it first takes the place.",
            made.link,
            f"The link works once, until {minute(made.expires_at)}.",
        ]
    say(made, *lines, json=json)


@app.command()
def deactivate(email: EmailArgument, json: JsonOption = False) -> None:
    """Close every way in for somebody, at once. What they wrote stays with those they wrote to."""
    from service.administration import people

    gone = administer(lambda deps: people.deactivate(deps, email=email))
    said = f"{gone.name} ({gone.email}) is deactivated: no session, link, token or password of theirs opens anything."
    say({"id": gone.id, "name": gone.name, "email": gone.email, "active": False}, said, json=json)


@app.command("erase-words")
def erase_words(email: EmailArgument, yes: YesOption = False, json: JsonOption = False) -> None:
    """Empty every word somebody wrote, in every cycle, for good. That they wrote, and when, stays."""
    from service.administration import records, words

    if not yes:
        person = administer(lambda deps: records.person_with(deps, email))
        asked = f"Empty every word of {person.name} ({person.email}), in every cycle, for good?"
        try:
            sure = typer.confirm(plain(asked), err=True)
        except typer.Abort:  # nobody is there to answer
            sure = False
        if not sure:
            typer.echo("Nothing was changed. With --yes it does not ask.", err=True)
            raise typer.Exit(2)
    done = administer(lambda deps: words.erase(deps, email=email))
    if done.events:
        said = f"The words of {done.name} ({done.email}) are gone: {done.events} entries in {done.streams} streams."
    else:
        said = f"There is no word of {done.name} ({done.email}) in any cycle."
    say(done, said, json=json)


@app.command("list")
def listing(json: JsonOption = False) -> None:
    """List everybody, with what they do where."""
    from service.administration import people

    found = administer(people.listing)
    lines = table(
        (
            person.name,
            person.email,
            ", ".join(f"{part.role} in {part.program}" for part in person.roles) or "-",
            "" if person.active else "deactivated",
        )
        for person in found
    )
    say(found, *(lines or ["There is nobody yet."]), json=json)
