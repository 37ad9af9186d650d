"""`farfield token`: personal tokens for programs such as `farfield upload`."""

from enum import StrEnum
from typing import Annotated

import typer

from service.command_line.administering import EmailArgument, JsonOption, administer, say, table

app = typer.Typer(no_args_is_help=True, help="Personal tokens, for programs such as `farfield upload`.")


class Scope(StrEnum):
    """`service.tokens.Scope`; an option that is given several times cannot be a Literal."""

    READ = "read"
    WRITE = "write"
    UPLOAD = "upload"


ScopeOption = Annotated[list[Scope], typer.Option(help="What it allows; several times for several.")]
DaysOption = Annotated[int | None, typer.Option(min=1, max=3650, help="How long it lives. Without: until revoked.")]


@app.command()
def add(
    email: EmailArgument,
    name: Annotated[str, typer.Option(help="What it is for, as they will see it in a list.")],
    scope: ScopeOption,
    days: DaysOption = None,
    json: JsonOption = False,
) -> None:
    """Make a token and print it, this once. `farfield upload` needs the scopes upload and read, `follow` needs read."""
    from service.administration import tokens

    made = administer(lambda deps: tokens.add(deps, email=email, name=name, scopes=scope, days=days))
    if not json:
        typer.echo(f"Token {made.id} allows {', '.join(made.scopes)}. It is shown this once:", err=True)
    say(made, made.token or "", json=json)


@app.command("list")
def listing(email: EmailArgument, json: JsonOption = False) -> None:
    """List somebody's tokens that work."""
    from service.administration import tokens

    found = administer(lambda deps: tokens.listing(deps, email=email))
    lines = table(
        (
            token.id,
            token.name,
            ", ".join(token.scopes),
            f"since {token.created_at:%Y-%m-%d}",
            f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "",
        )
        for token in found
    )
    say(found, *(lines or ["They have no token."]), json=json)


@app.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="Its id, not the token itself.")], json: JsonOption = False
) -> None:
    """End a token. What it holds open closes within a second or two."""
    from service.administration import tokens

    ended = administer(lambda deps: tokens.revoke(deps, token=token))
    say(ended, f"The token “{ended.name}” opens nothing more.", json=json)
