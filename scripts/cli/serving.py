"""Commands that open the journal to others: serve, and token, which says who may come in."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.cli.opening import opened, place, shown
from scripts.cli.options import Database, Json
from scripts.cli.saying import document, line, note

if TYPE_CHECKING:
    from domain.journal import Journal

Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Which port.")]


class Role(StrEnum):
    """What someone is to the journal."""

    participant = "participant"
    coordinator = "coordinator"
    auditor = "auditor"
    administrator = "administrator"
    safeguarding = "safeguarding"


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="Where to listen; 0.0.0.0 for everywhere.")] = "127.0.0.1",
    port: Port = 8000,
    follow: Annotated[
        bool,
        typer.Option("--follow/--no-follow", help="Keep the views up to date, or leave that to `journal follow`."),
    ] = True,
    database: Database = None,
    json: Annotated[bool, typer.Option("--json", help="Failures as one JSON document.")] = False,
) -> None:
    """Serve the journal over HTTP until Ctrl-C; the views are kept up to date meanwhile."""
    from api.identity import read_key

    where = place(context, database)
    key = read_key(where)
    with opened(context, database) as journal:
        ready = f"Serving {shown(where)} on {address(host, port)}"
        open_to_others(journal, key, host, port, lambda: note(ready), follows=follow)


def open_to_others(
    journal: "Journal",
    key: str,
    host: str,
    port: int,
    ready: Callable[[], None],
    *,
    follows: bool = True,
) -> None:
    """Serve until told to stop; `ready` is called once requests are answered.

    Beside us a process writes, and with `follows` another keeps the views up to date.
    """
    from api.application import app
    from api.beside.follower import FollowerBeside
    from api.beside.writer import WriterBeside
    from api.logs import to_standard_error
    from api.serving import check_free, run
    from api.settling import settle
    from projections.follower import Looker
    from projections.views import Views

    check_free(host, port)
    views = Views(journal)
    views.make_ready(note)
    to_standard_error()
    following = FollowerBeside(journal) if follows else Looker(journal)
    served = app(journal, views, key, following.follow, WriterBeside(journal))
    settle()
    run(served, host, port, ready, served.closing)
    note("Stopped; everything that was answered is in the journal.")


def address(host: str, port: int) -> str:
    """Under which address a browser finds it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def token(
    context: typer.Context,
    role: Annotated[Role, typer.Option("--role", help="What they are to the journal.")],
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="ID", help="Who they are; participants and coordinators must say."),
    ] = None,
    program: Annotated[
        list[str] | None,
        typer.Option("--program", metavar="ID", help="Only these of the programs they coordinate; may be repeated."),
    ] = None,
    hours: Annotated[float, typer.Option("--hours", min=0.01, max=8784, help="How long it holds.")] = 12,
    database: Database = None,
    json: Json = False,
) -> None:
    """Make a token with which someone may use the journal over HTTP."""
    from pydantic import ValidationError

    from api.identity import Identity, Tokens, read_key

    key = read_key(place(context, database))
    identity = Identity(role.value, person, frozenset(program) if program else None)
    with opened(context, database) as journal:
        try:
            signed, expires_at = Tokens(key, journal.id).sign(identity, hours)
        except ValidationError:
            raise typer.BadParameter("ids of people and programs are UUIDs in lower case") from None
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
    if json:
        document({"token": signed, "expires_at": expires_at.isoformat().replace("+00:00", "Z")})
    else:
        note(f"For the role {role.value}, until {expires_at:%Y-%m-%d %H:%M} UTC:")
        line(signed)
