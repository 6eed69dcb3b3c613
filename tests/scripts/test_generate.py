"""A generated journal is believable, keeps every rule, and is the same again for the same arguments."""

import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest

from domain.journal import Caller, Draft, Journal, Wish, moment
from domain.journal.kinds import KINDS
from domain.participant import RegisterParticipant, participant_id
from domain.refusals import Refused
from projections.check import check
from projections.follower import Follower
from projections.rebuild import rebuild
from scripts.generate import generate, workers, written
from scripts.generate.plan import Plan

UNTIL = date(2026, 6, 30)
HOUSE = Path(__file__).parents[2]


def drafts(plan: Plan) -> list[Draft]:
    with written(plan) as chunks:
        return [Draft._make(row) for chunk in chunks for row in chunk]


def digest(plan: Plan) -> str:
    return sha256(repr(drafts(plan)).encode()).hexdigest()


def everything(journal: Journal) -> tuple[bytes, list[Any]]:
    """The last hash stands for all events; and the text kept apart, with its keys."""
    with journal.connect() as connection:
        personal = connection.execute("SELECT position, subject, envelope FROM personal ORDER BY position, subject")
    return journal.hash_at(journal.position()), personal


@pytest.fixture(scope="module")
def life() -> list[Draft]:
    return drafts(Plan(1400, 2, UNTIL, 7))


def facts(life: list[Draft], kind: str) -> list[dict[str, Any]]:
    return [orjson.loads(draft.facts) for draft in life if draft.kind == kind]


def test_equal_arguments_give_equal_bytes_on_both_engines(tmp_path: Path, postgres_url: str) -> None:
    found = []
    for database in (str(tmp_path / "one.db"), str(tmp_path / "two.db"), postgres_url):
        with Journal.create(database) as journal:
            generate(journal, relationships=25, years=1, until=UNTIL, seed=3)
            found.append(everything(journal))
    assert found[0] == found[1] == found[2]


def test_another_seed_gives_another_journal() -> None:
    assert digest(Plan(20, 1, UNTIL, 1)) != digest(Plan(20, 1, UNTIL, 2))


def test_the_number_of_processes_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shared_out = Plan(60, 1, UNTIL, 4, enough=10)
    found = []
    for processes in (1, 2, 3):
        monkeypatch.setattr(workers, "processors", lambda processes=processes: processes)
        found.append(digest(shared_out))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_order_of_sets_changes_nothing(hash_seed: str) -> None:
    asked = (
        "from datetime import date; from scripts.generate.plan import Plan; "
        "from tests.scripts.test_generate import digest; "
        "print(digest(Plan(20, 1, date(2026, 6, 30), 1)))"
    )
    environment = {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(HOUSE)}
    answer = subprocess.run(
        [sys.executable, "-c", asked], env=environment, cwd=HOUSE, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == digest(Plan(20, 1, UNTIL, 1))


def test_every_kind_of_event_happens(life: list[Draft]) -> None:
    assert {draft.kind for draft in life} == set(KINDS)


def test_sorts_of_relationships_have_their_shares(life: list[Draft]) -> None:
    sorts = Counter(paired["kind"] for paired in facts(life, "Paired"))
    assert sorts == {"structured": 840, "informal": 420, "flash": 140}


def test_a_tenth_of_the_mentors_leads_about_a_third_of_the_relationships(life: list[Draft]) -> None:
    led = Counter(paired["mentor"] for paired in facts(life, "Paired"))
    assert 0.3 < sum(many for _, many in led.most_common(len(led) // 10)) / led.total() < 0.4


def test_about_a_third_of_a_years_pairings_falls_into_ten_days(life: list[Draft]) -> None:
    last_year = (UNTIL - timedelta(days=364)).isoformat()
    days = Counter(draft.occurred_on for draft in life if draft.kind == "Paired" and draft.occurred_on >= last_year)
    assert 0.25 < sum(many for _, many in days.most_common(10)) / days.total() < 0.38


def test_sessions_are_late_corrected_and_void_as_in_life(life: list[Draft]) -> None:
    kinds = Counter(draft.kind for draft in life)
    held = [draft for draft in life if draft.kind == "SessionHeld"]
    late = [d for d in held if (moment(d.recorded_at).date() - date.fromisoformat(d.occurred_on)).days > 3]
    assert 0.17 < len(late) / len(held) < 0.23
    assert 0.015 < kinds["SessionCorrected"] / len(held) < 0.025
    assert 0.006 < kinds["SessionVoided"] / len(held) < 0.014
    assert 0 < kinds["Reopened"] / kinds["Paired"] < 0.008


def test_people_who_are_known_by_a_reference_can_be_found_by_it(life: list[Draft]) -> None:
    people = {draft.stream: orjson.loads(draft.facts) for draft in life if draft.kind == "ParticipantRegistered"}
    assert all(id == participant_id(person["reference"]) for id, person in people.items())
    assert {"mentor-00001", "mentee-00001"} < {person["reference"] for person in people.values()}


def test_acts_follow_one_another_in_time_and_end_on_the_last_day(life: list[Draft]) -> None:
    acts = [(draft.recorded_at, draft.command, draft.actor) for draft in life]
    assert all(one == next_one or one[0] < next_one[0] for one, next_one in pairwise(acts))
    assert moment(acts[-1][0]).date() == UNTIL
    assert min(d.occurred_on for d in life if d.kind == "Paired") >= Plan(1, 2, UNTIL, 7).first.isoformat()


def test_some_relationships_are_still_open_on_the_last_day(life: list[Draft]) -> None:
    kinds = Counter(draft.kind for draft in life)
    assert 0.15 < (kinds["Paired"] - kinds["Closed"] + kinds["Reopened"]) / kinds["Paired"] < 0.45


@pytest.mark.parametrize(
    ("relationships", "years", "until"), [(1, 1, UNTIL), (7, 12, date(2024, 2, 29)), (40, 3, UNTIL)]
)
def test_any_size_and_any_day_will_do(relationships: int, years: int, until: date) -> None:
    life = drafts(Plan(relationships, years, until, 5))
    assert sum(draft.kind == "Paired" for draft in life) == relationships


def test_about_so_many_events(tmp_path: Path) -> None:
    with Journal.create(str(tmp_path / "journal.db")) as journal:
        made = generate(journal, events=6000, years=2, until=UNTIL, seed=2)
        assert abs(made["events"] - 6000) < 600
        assert made["events"] == made["position"] == journal.position()


def test_only_an_empty_journal_is_filled(tmp_path: Path) -> None:
    with Journal.create(str(tmp_path / "journal.db")) as journal:
        generate(journal, relationships=1, years=1, until=UNTIL, seed=2)
        before = everything(journal)
        with pytest.raises(Refused, match="generate into a new, empty one"):
            generate(journal, relationships=1, years=1, until=UNTIL, seed=2)
        assert everything(journal) == before


def test_what_is_generated_can_be_verified_followed_checked_and_gone_on_with(database: str) -> None:
    with Journal.create(database) as journal:
        rebuild(journal)
        made = generate(journal, relationships=40, years=2, until=UNTIL, seed=11)
        assert list(journal.verify()) == []
        assert Follower(journal).catch_up() == made["position"]
        assert check(journal).equal
        asked = Wish(RegisterParticipant(id=participant_id("new"), reference="new"), Caller("me", "operator", "test"))
        assert journal.record(asked).position == made["position"] + 1
