"""Commands that ask: relationships, dashboard, replay, history."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from scripts.cli.opening import opened, viewed
from scripts.cli.options import AsOf, Database, Json, KnownAt, Limit, day, moment
from scripts.cli.saying import document


class Standing(StrEnum):
    """Where a relationship stands."""

    active = "active"
    paused = "paused"
    closed = "closed"


def relationships(
    context: typer.Context,
    program: Annotated[str | None, typer.Option("--program", help="Its name or id.", show_default=False)] = None,
    term: Annotated[str | None, typer.Option("--term", help="A term's name.", show_default=False)] = None,
    person: Annotated[
        str | None, typer.Option("--person", help="A reference or id, in any role.", show_default=False)
    ] = None,
    state: Annotated[Standing | None, typer.Option("--state", help="Where it stands.", show_default=False)] = None,
    after: Annotated[
        str, typer.Option("--after", metavar="ID", help="What follows this one.", show_default=False)
    ] = "",
    limit: Limit = 50,
    database: Database = None,
    json: Json = False,
) -> None:
    """The relationships there are, and where each of them stands."""
    from projections import questions

    with opened(context, database) as journal, viewed(journal) as view:
        answer = questions.relationships(
            view,
            program=program,
            term=term,
            person=person,
            state=state.value if state else None,
            after=after,
            limit=limit,
        )
        if json:
            document(answer)
        else:
            from scripts.cli.showing import show_relationships

            show_relationships(journal, answer)


def dashboard(
    context: typer.Context,
    program: Annotated[
        str | None,
        typer.Argument(metavar="PROGRAM", help="Its name or id; all programs without.", show_default=False),
    ] = None,
    mentor: Annotated[
        str | None,
        typer.Option("--mentor", metavar="ID", help="One mentor, by reference or id.", show_default=False),
    ] = None,
    term: Annotated[str | None, typer.Option("--term", help="One term of the program.", show_default=False)] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    since: Annotated[
        date | None,
        typer.Option("--from", parser=day, metavar="DATE", help="From this day on.", show_default=False),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option("--until", parser=day, metavar="DATE", help="Up to this day.", show_default=False),
    ] = None,
    database: Database = None,
    json: Json = False,
) -> None:
    """The figures of a program, one of its terms, a mentor, or the organization."""
    if program and mentor:
        raise typer.BadParameter("say either a program or --mentor, not both")
    if term and not program:
        raise typer.BadParameter("--term needs a program")
    if since and until and since > until:
        raise typer.BadParameter("--from is later than --until")
    from projections import questions

    asked = questions.Asked(as_of, known_at, since, until)
    with opened(context, database) as journal, viewed(journal) as view:
        if mentor:
            answer = questions.of_mentor(journal, view, mentor, asked=asked)
        else:
            answer = questions.of_scope(journal, view, program=program, term=term, asked=asked)
        if json:
            document(answer)
        else:
            from scripts.cli.showing import show_dashboard, show_mentor

            if mentor:
                show_mentor(journal, answer)
            else:
                show_dashboard(answer)


def replay(
    context: typer.Context,
    relationship: Annotated[str, typer.Argument(metavar="RELATIONSHIP", help="Its id.", show_default=False)],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    database: Database = None,
    json: Json = False,
) -> None:
    """One relationship event by event, with the state after each, at any moment of both clocks."""
    from projections.history import replay as replayed

    with opened(context, database) as journal:
        answer = replayed(journal, relationship.lower(), as_of, known_at)
    if json:
        document(answer)
    else:
        from scripts.cli.showing import show_replay

        show_replay(answer)


def history(
    context: typer.Context,
    relationship: Annotated[
        str | None, typer.Option("--relationship", metavar="ID", help="One relationship.", show_default=False)
    ] = None,
    person: Annotated[
        str | None,
        typer.Option("--person", help="All that concerns someone, by reference or id.", show_default=False),
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="What someone recorded.", show_default=False)] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="One kind, such as SessionCorrected.", show_default=False)
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", parser=moment, metavar="TIME", help="Recorded then or later.", show_default=False),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", parser=moment, metavar="TIME", help="Recorded earlier than that.", show_default=False),
    ] = None,
    after: Annotated[int, typer.Option("--after", min=0, metavar="POSITION", help="What follows this position.")] = 0,
    limit: Limit = 50,
    database: Database = None,
    json: Json = False,
) -> None:
    """Who recorded what, when, for whom, through what, and what it changed."""
    from contextlib import ExitStack

    from domain.journal.kinds import KINDS
    from projections.history import Wanted
    from projections.history import history as told
    from projections.questions import lookup

    if kind is not None and kind not in KINDS:
        raise typer.BadParameter(f"there is no kind {kind}; there are {', '.join(KINDS)}")
    with ExitStack() as stack:
        journal = stack.enter_context(opened(context, database))
        view = stack.enter_context(viewed(journal)) if person else None
        someone = lookup.person(view, person)["id"] if view and person else None
        answer = told(
            journal,
            Wanted(relationship and relationship.lower(), someone, actor, kind, since, until, after, limit),
            view,
        )
    if json:
        document(answer)
    else:
        from scripts.cli.showing import show_history

        show_history(answer)
