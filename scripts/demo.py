"""A journal to look around in: made up once, then kept."""

import sys
from datetime import date
from pathlib import Path
from typing import NamedTuple

from domain.journal import Journal
from domain.refusals import Refusal, Refused
from projections.views import View
from scripts.generate import generate

RELATIONSHIPS = 300
YEARS = 2
SEED = 1


class Place(NamedTuple):
    """Where to look first."""

    program: str
    relationship: str
    mentor: str


def furnish(journal: Journal, until: date) -> bool:
    """Fill an empty journal with believable data; whether it was empty. Refused where somebody's own data is."""
    for first in journal.entries(limit=1):
        if first.via != "generate":
            raise Refused(
                Refusal.WRONG_STATE,
                f"{journal.database} is a journal of your own; name another file: `demo --database demo.db`",
            )
        return False
    generate(journal, relationships=RELATIONSHIPS, years=YEARS, until=until, seed=SEED)
    return True


def worth_seeing(view: View) -> Place:
    """The program with most relationships, the relationship there that has the most to tell, and who leads it."""
    [(program, relationship, mentor)] = view.execute(
        """SELECT p.name, r.id, coalesce(m.reference, m.id)
             FROM relationships r JOIN programs p ON p.id = r.program JOIN participants m ON m.id = r.mentor
            WHERE r.program = (SELECT program FROM relationships WHERE term IS NOT NULL
                                GROUP BY program ORDER BY count(*) DESC, program LIMIT 1)
            ORDER BY length(r.record) DESC, r.id LIMIT 1"""
    )
    return Place(program, relationship, mentor)


def to_try(place: Place, database: str | None) -> list[str]:
    """Three commands to go on with, as this one was typed."""
    journal = "journal" if Path(sys.argv[0]).name == "journal" else "scripts/journal"
    where = f" --database {database}" if database else ""
    return [
        f"{journal} replay {place.relationship}{where}",
        f'{journal} dashboard --mentor "{place.mentor}"{where}',
        f"{journal} history --kind SessionCorrected --limit 10{where}",
    ]
