"""The command that shows what the journal is: demo."""

from collections.abc import Callable, Iterable
from typing import Any

import typer

from scripts.cli.opening import place, viewed
from scripts.cli.options import Database, Json
from scripts.cli.saying import document, line, note
from scripts.cli.serving import Port, address, open_to_others

HOST = "127.0.0.1"


def demo(context: typer.Context, port: Port = 8000, database: Database = None, json: Json = False) -> None:
    """Look around in a journal of made-up data, which is kept: a dashboard, what to try, and the journal served."""
    from api.identity import Tokens, make_key, read_key
    from api.serving import check_free
    from domain.journal import Journal
    from projections import questions
    from projections.moments import today
    from scripts import demo as demonstration

    check_free(HOST, port)
    where = place(context, database)
    with Journal.create(where) as journal:
        if demonstration.furnish(journal, today("UTC")):
            note("Made up three programs and some hundred relationships over two years.")
        with viewed(journal) as view:
            seen = demonstration.worth_seeing(view, today("UTC"))
            answer = questions.of_scope(journal, view, program=seen.program)
        make_key(where)
        key = read_key(where)
        tokens = demonstration.tokens(seen, Tokens(key, journal.id))
        served_at = address(HOST, port)
        offered = {
            "commands": demonstration.to_try(seen, database or context.obj),
            "address": served_at,
            "tokens": tokens,
            "curl": demonstration.to_paste(seen, served_at, tokens),
        }
        show = _document if json else _tables
        open_to_others(journal, key, HOST, port, show(answer, offered))


def _document(answer: dict[str, Any], offered: dict[str, Any]) -> Callable[[], None]:
    """All of it as JSON, once it is served."""
    return lambda: document({**answer, **offered})


def _tables(answer: dict[str, Any], offered: dict[str, Any]) -> Callable[[], None]:
    """The dashboard and the commands at once; how to come in, once there is a door."""
    from scripts.cli.showing import show_dashboard

    show_dashboard(answer)
    line("Try next:")
    _lines(offered["commands"])

    def say_address() -> None:
        line()
        line(f"Serving on {offered['address']} until Ctrl-C. A token for each role, good for 12 hours:")
        _lines(f"{role:<13} {token}" for role, token in offered["tokens"].items())
        line()
        line("Three lines for another terminal: a session is held, seen by its mentor, replayed by an auditor:")
        _lines(offered["curl"])

    return say_address


def _lines(texts: Iterable[str]) -> None:
    for text in texts:
        line(f"  {text}")
