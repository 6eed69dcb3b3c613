"""Commands that make a journal, fill it, and give it away: init, import, generate, export."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from scripts.cli.failing import REFUSED
from scripts.cli.opening import opened, place, shown
from scripts.cli.options import Database, Json, day
from scripts.cli.saying import document, line, note, table

File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.csv", exists=True, dir_okay=False, readable=True, help="The roster.", show_default=False
    ),
]


def init(context: typer.Context, database: Database = None, json: Json = False) -> None:
    """Make a journal, where there is none yet, and the key that its tokens are signed with."""
    from api.identity import make_key
    from domain.journal import Journal

    where = place(context, database)
    with Journal.create(where) as journal:
        if made := make_key(where):
            note(f"Made {made}, the key that tokens are signed with; keep it to yourself.")
        answer = {"position": journal.position(), "schema": journal.schema}
        if json:
            document(answer)
        else:
            line(f"The journal in {shown(where)} stands at position {answer['position']}.")
            line(journal.protection)


def import_(
    context: typer.Context,
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse all when one row is bad.")] = False,
    actor: Annotated[
        str | None,
        typer.Option("--actor", metavar="NAME", help="Who signs (default: who is logged in).", show_default=False),
    ] = None,
    database: Database = None,
    json: Json = False,
) -> None:
    """Take over a roster: relationships with their people, programs, terms and goals. Safe to repeat."""
    from scripts.cli.progress import counting
    from scripts.importing import import_roster

    with opened(context, database) as journal, counting("rows", json) as progress:
        report = import_roster(
            journal, file, actor=actor or _login(), dry_run=dry_run, strict=strict, progress=progress
        )
    if json:
        document(asdict(report))
    else:
        would = "would be " if dry_run else ""
        line(
            f"{report.rows} rows: {report.imported} {would}imported, {report.closed} {would}closed, "
            f"{report.unchanged} unchanged, {len(report.differs)} that differ, "
            f"{len({bad['line'] for bad in report.bad})} bad."
        )
        if report.over_capacity:
            line(f"{report.over_capacity} lead mentors' places were taken above capacity.")
        if report.differs:
            rows = [(one["line"], one["columns"]) for one in report.differs]
            table("Rows that differ from the journal, left as they were", ("line", "columns"), rows)
        if report.bad:
            columns = ("line", "column", "code", "reason")
            table("What is wrong", columns, [[bad[column] for column in columns] for bad in report.bad])
        if strict and report.bad:
            line("Nothing was written.")
    if report.bad:
        raise typer.Exit(REFUSED)


def generate(
    context: typer.Context,
    relationships: Annotated[
        int | None, typer.Option("--relationships", min=1, help="How many relationships.", show_default=False)
    ] = None,
    events: Annotated[
        int | None, typer.Option("--events", min=1, help="About how many events.", show_default=False)
    ] = None,
    years: Annotated[int, typer.Option("--years", min=1, max=50, help="Over how many years.")] = 2,
    until: Annotated[
        date | None,
        typer.Option("--until", parser=day, metavar="DATE", help="The last day (default: today).", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Equal arguments and seed give equal bytes.")] = 1,
    database: Database = None,
    json: Json = False,
) -> None:
    """Fill an empty journal with believable data."""
    if (relationships is None) == (events is None):
        raise typer.BadParameter("say either --relationships N or --events N")
    from domain.journal import Journal
    from projections.moments import today
    from scripts.generate import generate as fill

    with Journal.create(place(context, database)) as journal:
        note("Making up a journal ...")
        answer = fill(
            journal,
            relationships=relationships,
            events=events,
            years=years,
            until=until or today("UTC"),
            seed=seed,
        )
    if json:
        document(answer)
    else:
        rate = answer["events"] / max(answer["seconds"], 0.001)
        line(
            f"{answer['relationships']} relationships in {answer['events']} events, "
            f"{answer['seconds']} s ({rate:,.0f} events a second)."
        )


def export(
    context: typer.Context,
    since: Annotated[int, typer.Option("--since", min=0, metavar="N", help="Only what follows this position.")] = 0,
    personal: Annotated[
        bool, typer.Option("--personal", help="With the personal text, where it was not erased.")
    ] = False,
    database: Database = None,
    json: Annotated[bool, typer.Option("--json", help="The same: an export is always JSON lines.")] = False,
) -> None:
    """The journal as JSON lines, one for each event."""
    from scripts.exporting import export_lines

    with opened(context, database) as journal:
        export_lines(journal, since=since, personal=personal)


def _login() -> str:
    """The name under which an operator signs who gave none."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"
