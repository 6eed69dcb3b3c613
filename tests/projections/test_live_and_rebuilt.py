"""Live records and figures equal their rebuilt twins at the same position, byte for byte: everything rests on it."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.journal import Journal
from domain.rules import Rules
from projections.check import check
from projections.rebuild import Plan, rebuild
from projections.views import Views
from scripts.postgres import temporary_database
from tests.support.chronicles import CHRONICLES, Chronicle
from tests.support.journals import chronicle, everything

STEPS = st.lists(st.integers(1, 40), max_size=20)
FOLDED = Plan(None, "it is asked for")
OTHER_RULES = Rules().model_copy(update={"sessions": Rules().sessions.model_copy(update={"counted_from": 45})})


def live_equals_rebuilt(database: str, told: Chronicle, steps: Sequence[int]) -> None:
    """Followed in steps of any size, then rebuilt in one go."""
    drafts = told.story.drafts
    with Journal.create(database) as journal:
        rebuild(journal)
        journal.append([drafts])
        views = Views(journal)
        position = 0
        for step in steps:
            position = min(position + step, len(drafts))
            assert views.catch_up(position) == position
        assert views.catch_up() == len(drafts)
        live = everything(views)
        made = rebuild(journal, planned=FOLDED)
        assert (made.events, made.position) == (len(drafts), len(drafts))
        assert everything(views) == live
        assert check(journal).equal


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(told=CHRONICLES, steps=STEPS)
def test_what_the_follower_keeps_is_what_a_rebuild_makes(told: Chronicle, steps: list[int]) -> None:
    with TemporaryDirectory() as folder:
        live_equals_rebuilt(str(Path(folder) / "journal.db"), told, steps)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=CHRONICLES, steps=STEPS)
def test_what_the_follower_keeps_is_what_a_rebuild_makes_on_postgres(
    postgres_server: str, told: Chronicle, steps: list[int]
) -> None:
    with temporary_database(postgres_server) as url:
        live_equals_rebuilt(url, told, steps)


@pytest.mark.long
@settings(max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(told=CHRONICLES, steps=STEPS)
def test_what_the_follower_keeps_is_what_a_rebuild_makes_a_thousand_times(told: Chronicle, steps: list[int]) -> None:
    with TemporaryDirectory() as folder:
        live_equals_rebuilt(str(Path(folder) / "journal.db"), told, steps)


def test_a_long_history_followed_one_by_one_equals_its_rebuild(database: str) -> None:
    live_equals_rebuilt(database, chronicle(300), [1] * 60)


def test_worker_processes_make_what_one_process_makes(database: str) -> None:
    with chronicle().story.written(database) as journal:
        views = Views(journal)
        rebuild(journal, workers=1)
        alone = everything(views)
        made = rebuild(journal, workers=3, planned=FOLDED)
        assert everything(views) == alone
        assert [view["rows"] for view in made.views] == [
            len(rows) for name, rows in alone.items() if name != "position"
        ]


def test_figures_made_from_records_are_those_made_from_the_journal(database: str) -> None:
    with chronicle().story.written(database) as journal:
        rebuild(journal)
        before = everything(Views(journal))
        views = Views(journal, OTHER_RULES)
        for workers in (1, 2):
            rebuild(journal, workers=workers, planned=FOLDED)
            made = rebuild(journal, rules=OTHER_RULES, workers=workers)
            assert made.why == "the figures or the rules have changed"
            refigured = everything(views)
            rebuild(journal, rules=OTHER_RULES, planned=FOLDED)
            assert everything(views) == refigured
            assert refigured["relationships"] == before["relationships"]
            assert refigured["figures"] != before["figures"]


def test_checksums_are_equal_on_both_engines_for_equal_views(tmp_path: Path, postgres_url: str) -> None:
    told = []
    for database in (str(tmp_path / "journal.db"), postgres_url):
        with chronicle().story.written(database) as journal:
            told.append(rebuild(journal).views)
    assert told[0] == told[1]
    assert all(view["rows"] for view in told[0])
