"""The command line, put together. Exit codes: 0 done, 2 refused with one sentence that says what to do."""

import typer

from service.command_line import looking, records, roles

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
app.command("check-config")(looking.check_config)
app.command()(looking.health)
app.command()(looking.caddyfile)
app.command()(looking.links)


if __name__ == "__main__":
    app(prog_name="farfield")
