"""Opening what a command works on: the journal, and its views brought up to date."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from scripts.cli.saying import note

if TYPE_CHECKING:
    from domain.journal import Journal
    from projections.views import View

_PASSWORD = re.compile(r"(://[^:/@]*:|[?&]password=)([^/?&]*)(@|&|$)")

FAR_BEHIND = 50_000
"""Events from which on making the views anew is quicker than catching up."""


def place(context: typer.Context, database: str | None) -> str:
    """Where the journal is: as said after the command, before it, in the environment, or in this folder."""
    return database or context.obj or os.environ.get("JOURNAL_DATABASE") or "journal.db"


def shown(database: str) -> str:
    """Where the journal is, as anybody may read it: without a password."""
    return _PASSWORD.sub(r"\1***\3", database) if "://" in database else database


@contextmanager
def opened(context: typer.Context, database: str | None) -> "Iterator[Journal]":
    """The journal, open for the block."""
    from domain.journal import Journal

    with Journal.open(place(context, database)) as journal:
        yield journal


@contextmanager
def viewed(journal: "Journal") -> "Iterator[View]":
    """The views for one question, brought up to date first; made anew where that is quicker."""
    from projections.generations import Unusable
    from projections.rebuild import rebuild
    from projections.views import Views
    from scripts.cli.progress import counting

    views = Views(journal)
    last = journal.position()
    try:
        with views.read() as view:
            behind = last - view.position
    except Unusable:
        behind = 0 if journal.pointer() else last
    if behind > FAR_BEHIND:
        note(f"The views are {behind:,} events behind; making them anew ...")
        with counting("events") as progress:
            rebuild(journal, progress=progress)
    else:
        views.make_ready(note)
    with views.read() as view:
        yield view
