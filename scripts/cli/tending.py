"""Commands that tend the views: rebuild, check, status, follow, retry."""

from dataclasses import asdict
from typing import Annotated

import typer

from scripts.cli.failing import REFUSED
from scripts.cli.opening import opened
from scripts.cli.options import Database, Json
from scripts.cli.progress import counting
from scripts.cli.saying import document, facts, line, note, table

_VIEW = ("name", "rows", "checksum")


def rebuild(
    context: typer.Context,
    accept: Annotated[
        bool, typer.Option("--accept", help="Freeze what holds an event that cannot be folded, instead of stopping.")
    ] = False,
    database: Database = None,
    json: Json = False,
) -> None:
    """Make the views anew from the journal; readers notice nothing until the swap."""
    from projections.rebuild import rebuild as made_anew

    with opened(context, database) as journal, counting("events", json) as progress:
        made = asdict(made_anew(journal, accept=accept, progress=progress))
    made["seconds"] = round(made["seconds"], 3)
    if json:
        document(made)
        return
    rate = made["events"] / max(made["seconds"], 0.001)
    line(f"{made['events']:,} events in {made['seconds']} s ({rate:,.0f} a second): generation {made['generation']}.")
    table(f"Views at position {made['position']}", _VIEW, [[view[name] for name in _VIEW] for view in made["views"]])


def check(context: typer.Context, database: Database = None, json: Json = False) -> None:
    """Compare the live views with rebuilt ones, and the journal with its hashes."""
    from projections.check import check as compared

    with opened(context, database) as journal, counting("events", json) as progress:
        answer = asdict(compared(journal, progress=progress))
    if json:
        document(answer)
    else:
        equal = "Everything is equal" if answer["equal"] else "NOT everything is equal"
        line(f"{equal}, at position {answer['position']}.")
        for field in ("gaps", "unreadable"):
            for found in answer[field]:
                line(f"  at {found['position']}: {found['what']}")
        table("Views", ("name", "equal"), [(view["name"], view["equal"]) for view in answer["views"]])
        for view in answer["views"]:
            columns = ("key", "column", "live", "rebuilt")
            if view["differences"]:
                rows = [[one[column] for column in columns] for one in view["differences"]]
                table(f"Differences in {view['name']}", columns, rows)
    if not answer["equal"]:
        raise typer.Exit(REFUSED)


def status(context: typer.Context, database: Database = None, json: Json = False) -> None:
    """Where the journal and its views stand."""
    from projections.check import status as standing

    with opened(context, database) as journal:
        answer = standing(journal)
        protection = journal.protection
    if json:
        document(answer)
        return
    facts("Journal", [(name, answer[name]) for name in ("journal", "epoch", "position", "generation")])
    columns = ("name", "position", "lag", "rows", "checksum")
    rows = [[*(view[column] for column in columns), len(view["frozen"])] for view in answer["views"]]
    table("Views", (*columns, "frozen"), rows)
    if answer["generation"] is None:
        line("There are no views yet: the first question makes them, and so does `journal rebuild`.")
    elif answer["problem"]:
        line(f"The views cannot be used as they are: {answer['problem']}.")
    line(protection)


def follow(context: typer.Context, database: Database = None, json: Json = False) -> None:
    """Keep the views up to date until Ctrl-C, beside any number of servers."""
    from projections.views import Views
    from scripts import following

    with opened(context, database) as journal:
        position = Views(journal).make_ready(note)
        with following.Told() as told:
            note(f"The views stand at position {position}; following the journal, Ctrl-C ends it.")
            following.follow(journal, note, told)


def retry(
    context: typer.Context,
    root: Annotated[
        str | None, typer.Argument(metavar="ROOT", help="Only this one; all without.", show_default=False)
    ] = None,
    database: Database = None,
    json: Json = False,
) -> None:
    """Fold again what is frozen because of an event that could not be folded."""
    from projections.follower import Follower

    with opened(context, database) as journal:
        answer = Follower(journal).retry(root)
    frozen = [poison._asdict() for poison in answer.frozen]
    if json:
        document({"retried": answer.retried, "frozen": frozen})
        return
    if root and root not in (*answer.retried, *(one["root"] for one in frozen)):
        line(f"{root} is not frozen.")
    line(f"{len(answer.retried)} no longer frozen, {len(frozen)} still are.")
    if frozen:
        columns = ("root", "noun", "position", "reason")
        table("Frozen", columns, [[one[column] for column in columns] for one in frozen])
