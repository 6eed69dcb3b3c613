"""The command that shows what the journal is: demo."""

import typer

from scripts.cli.opening import place, viewed
from scripts.cli.options import Database, Json
from scripts.cli.saying import document, line, note


def demo(context: typer.Context, database: Database = None, json: Json = False) -> None:
    """Look around in a journal of made-up data, which is kept: a program's dashboard, and three commands to try."""
    from domain.journal import Journal
    from projections import questions
    from projections.moments import today
    from scripts import demo as demonstration

    where = place(context, database)
    with Journal.create(where) as journal:
        if demonstration.furnish(journal, today("UTC")):
            note("Made up three programs and some hundred relationships over two years.")
        with viewed(journal) as view:
            seen = demonstration.worth_seeing(view)
            answer = questions.of_scope(journal, view, program=seen.program)
    commands = demonstration.to_try(seen, database or context.obj)
    if json:
        document({**answer, "commands": commands})
        return
    from scripts.cli.showing import show_dashboard

    show_dashboard(answer)
    line("Try next:")
    for command in commands:
        line(f"  {command}")
