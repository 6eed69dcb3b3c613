"""The commands by name; what each needs it imports when it runs, so that --help is instant."""

from collections.abc import Callable
from typing import Annotated

import typer

from scripts.cli import asking, keeping, serving, tending, trying
from scripts.cli.failing import quiet

app = typer.Typer(
    name="journal",
    help="The mentoring journal: what happened, who said so, and what it adds up to.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110},
)


@app.callback()
def before(
    context: typer.Context,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="PATH_OR_URL",
            help="A SQLite file or a postgresql:// URL; also after the command.",
            show_default=False,
        ),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Say which release this is, and exit.")] = False,
) -> None:
    """The mentoring journal: what happened, who said so, and what it adds up to."""
    context.obj = database
    if version:
        from api.openapi import release

        typer.echo(f"journal {release()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


_COMMANDS: dict[str, Callable[..., None]] = {
    "demo": trying.demo,
    "init": keeping.init,
    "import": keeping.import_,
    "generate": keeping.generate,
    "serve": serving.serve,
    "relationships": asking.relationships,
    "dashboard": asking.dashboard,
    "replay": asking.replay,
    "history": asking.history,
    "rebuild": tending.rebuild,
    "check": tending.check,
    "status": tending.status,
    "export": keeping.export,
    "follow": tending.follow,
    "retry": tending.retry,
    "token": serving.token,
}

for name, command in _COMMANDS.items():
    app.command(name)(quiet()(command))
