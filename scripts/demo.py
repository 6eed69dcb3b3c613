"""A journal to look around in: made up once, then kept."""

import json
import shlex
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from api.identity import ROLES, Identity, Role, Tokens
from domain.journal import Journal
from domain.refusals import Refusal, Refused
from projections.views import View
from scripts.generate import generate

RELATIONSHIPS = 300
YEARS = 2
SEED = 1


class Place(NamedTuple):
    """Where to look first. Ids, but for the program's name and the mentor's reference (or id)."""

    program: str
    relationship: str
    mentor: str
    mentor_id: str
    coordinator: str
    free_day: date
    """The last day before today on which the two might have met and did not."""


def furnish(journal: Journal, until: date) -> bool:
    """Fill an empty journal with believable data; whether it was empty. Refused where somebody's own data is."""
    for first in journal.entries(limit=1):
        if first.via != "generate":
            raise Refused(
                Refusal.WRONG_STATE,
                "this journal is your own; name another file: `demo --database demo.db`",
            )
        return False
    generate(journal, relationships=RELATIONSHIPS, years=YEARS, until=until, seed=SEED)
    return True


def worth_seeing(view: View, today: date) -> Place:
    """The program with most relationships, the open one there that has the most to tell, and who leads it."""
    [(name, relationship, mentor, record, program)] = view.execute(
        """SELECT p.name, r.id, coalesce(m.reference, m.id), r.record, p.record
             FROM relationships r JOIN programs p ON p.id = r.program JOIN participants m ON m.id = r.mentor
            WHERE r.program = (SELECT program FROM relationships WHERE term IS NOT NULL
                                GROUP BY program ORDER BY count(*) DESC, program LIMIT 1)
            ORDER BY r.state = 'active' DESC, length(r.record) DESC, r.id LIMIT 1"""
    )
    told, framed = json.loads(record), json.loads(program)
    coordinator = next(person for person, _, until in framed["coordinators"] if until is None)
    return Place(name, relationship, mentor, told["mentor"], coordinator, _free_day(told, today))


def to_try(place: Place, database: str | None) -> list[str]:
    """Three commands to go on with, as this one was typed."""
    journal = "journal" if Path(sys.argv[0]).name == "journal" else "scripts/journal"
    where = f" --database {shlex.quote(database)}" if database else ""
    return [
        f"{journal} replay {place.relationship}{where}",
        f'{journal} dashboard --mentor "{place.mentor}"{where}',
        f"{journal} history --kind SessionCorrected --limit 10{where}",
    ]


def tokens(place: Place, signing: Tokens) -> dict[Role, str]:
    """A token for each role: the participant is the mentor worth seeing, the coordinator is one of their program."""
    people: dict[Role, str] = {"participant": place.mentor_id, "coordinator": place.coordinator}
    return {role: signing.sign(Identity(role, people.get(role)))[0] for role in ROLES}


def to_paste(place: Place, address: str, held: Mapping[Role, str]) -> list[str]:
    """Three lines for a shell: the mentor holds a session, sees it on their dashboard, and an auditor replays it."""
    on = place.free_day.isoformat()
    session = uuid5(NAMESPACE_URL, f"{place.relationship}/{on}")
    relationship = f"{address}/v1/relationships/{place.relationship}"
    wish = f"-H 'Content-Type: application/json' -H 'Idempotency-Key: {session}'"
    body = json.dumps({"session": str(session), "held_on": on, "minutes": 60})
    return [
        f"{_curl(held['participant'])} {wish} -d '{body}' {relationship}/sessions",
        f"{_curl(held['participant'])} {address}/v1/mentors/{place.mentor_id}/dashboard",
        f"{_curl(held['auditor'])} '{relationship}/at?as_of={on}'",
    ]


def _curl(token: str) -> str:
    return f"curl -H 'Authorization: Bearer {token}'"


def _free_day(relationship: dict[str, Any], today: date) -> date:
    met = {session["on"] for session in relationship["sessions"].values()}
    day = today - timedelta(days=1)
    while day.isoformat() in met or any(_within(day, span) for span in relationship["paused"]):
        day -= timedelta(days=1)
    return day


def _within(day: date, span: tuple[str, str | None]) -> bool:
    start, end = span
    return start <= day.isoformat() <= (end or day.isoformat())
