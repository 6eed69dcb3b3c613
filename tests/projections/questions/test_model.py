"""A dashboard at any day, as known at any moment, says what the raw events say: tried on random histories."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.journal import Journal, moment
from projections.questions import Asked, of_mentor, of_scope
from projections.views import Views
from tests.support.chronicles import CHRONICLES, MENTORS, START, Chronicle
from tests.support.ledger import Ledger
from tests.support.scenes import named

DAYS = st.integers(0, 700).map(lambda days: START + timedelta(days=days))
SCOPES = ((None, None), ("spring", None), ("fall", None), ("spring", "t1"), ("spring", "t2"))


def figures(answer: dict[str, Any]) -> dict[str, Any]:
    """The figures alone."""
    others = ("program", "term", "terms", "period", "mentor", "load", "mentees")
    return {name: figure for name, figure in answer["data"].items() if name not in others}


def agrees(journal: Journal, chronicle: Chronicle, as_of: date, known: int | None) -> None:
    """Every dashboard equals the ledger's."""
    drafts = chronicle.story.drafts if known is None else chronicle.story.drafts[:known]
    known_at = None if known is None else moment(drafts[-1].recorded_at)
    ledger = Ledger(drafts, as_of)
    asked = Asked(as_of, known_at)
    views = Views(journal)
    with views.read() as view:
        for program, term in SCOPES:
            answer = of_scope(journal, view, program=program, term=term, asked=asked)
            expected = ledger.program(named(program) if program else None, term)
            assert (answer["position"], figures(answer)) == (len(drafts), expected)
        for mentor in MENTORS:
            assert figures(of_mentor(journal, view, mentor, asked=asked)) == ledger.mentor(named(mentor))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chronicle=CHRONICLES, as_of=DAYS, portion=st.floats(0.1, 1))
def test_a_dashboard_says_what_the_events_say(chronicle: Chronicle, as_of: date, portion: float) -> None:
    with TemporaryDirectory() as folder:
        compared(str(Path(folder) / "journal.db"), chronicle, as_of, portion)


@pytest.mark.long
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chronicle=CHRONICLES, as_of=DAYS, portion=st.floats(0.1, 1))
def test_a_dashboard_says_what_the_events_say_a_thousand_times(
    chronicle: Chronicle, as_of: date, portion: float
) -> None:
    with TemporaryDirectory() as folder:
        compared(str(Path(folder) / "journal.db"), chronicle, as_of, portion)


@pytest.mark.parametrize("portion", [0.1, 0.7, 0.98])
def test_a_dashboard_says_what_the_events_say_on_either_engine(database: str, portion: float) -> None:
    wishes = [((n * 7919) % 10_000, (n * 104_729) % 10_000, n % 47, (n * 611_953) % 10_000) for n in range(150)]
    compared(database, Chronicle(wishes), START + timedelta(days=300), portion)


def compared(database: str, chronicle: Chronicle, as_of: date, portion: float) -> None:
    """As known now and earlier; at the end of everything and at a day before it."""
    with chronicle.story.written(database) as journal:
        Views(journal).make_ready()
        for day in (as_of, START + timedelta(days=5_000)):
            agrees(journal, chronicle, day, None)
            agrees(journal, chronicle, day, max(1, int(len(chronicle.story.drafts) * portion)))
