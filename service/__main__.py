"""The command line, put together.

Exit codes: 0 done, 2 refused with one sentence that says what to do; of `upload` and `follow` also 3, 130 and 143.
"""

import typer

from service.command_line import as_client, follow, looking, people, programs, records, roles, tokens, upload

app = typer.Typer(
    name="farfield",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Farfield: video coaching for teachers who are far from a coach. Settings are FARFIELD_* variables.",
)
app.command()(roles.demo)
app.command()(roles.serve)
app.command()(roles.web)
app.command()(roles.live)
app.command()(roles.worker)
app.command()(records.migrate)
app.command()(records.rebuild)
app.command("check-config")(looking.check_config)
app.command()(looking.health)
app.command()(looking.caddyfile)
app.command()(looking.links)
app.add_typer(programs.app, name="program")
app.add_typer(people.app, name="person")
app.add_typer(tokens.app, name="token")
app.command(epilog=as_client.ENDINGS)(upload.upload)
app.command(epilog=as_client.ENDINGS)(follow.follow)


if __name__ == "__main__":
    app(prog_name="farfield")
