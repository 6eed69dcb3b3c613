"""What many commands ask for in the same words: the database, JSON, days and moments."""

from datetime import date, datetime
from typing import Annotated

import typer


def day(text: str) -> date:
    """An ISO day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is not a day; write it as 2026-03-01") from None


def moment(text: str) -> datetime:
    """An RFC 3339 time with its offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is not a time; write it as 2026-03-01T12:00:00Z") from None
    if at.tzinfo is None:
        raise typer.BadParameter(f"{text} does not say its offset; write it as 2026-03-01T12:00:00Z")
    return at


Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="PATH_OR_URL",
        help="A SQLite file or a postgresql:// URL; else JOURNAL_DATABASE, else journal.db in this folder.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON document on standard output.")]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=day,
        metavar="DATE",
        help="As it was at the end of this day (default: today).",
        show_default=False,
    ),
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        "--known-at",
        parser=moment,
        metavar="TIME",
        help="As it was recorded by this time, with offset (default: now).",
        show_default=False,
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")]
