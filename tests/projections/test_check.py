"""Check names what is not as it should be, in the views or in the journal; status says where both stand."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson
import pytest

from domain.journal import Journal, connect
from domain.journal.database import Connection
from projections import check as checking
from projections.check import Difference, check, status
from projections.follower import Follower
from projections.generations import Generations, NoViews
from projections.places import place_of
from projections.rebuild import rebuild
from projections.tables import TABLES
from projections.views import Views
from tests.support.journals import written
from tests.support.scenes import named
from tests.support.stories import Story, held, paired, registered

BOND, ANN = named("bond"), named("ann")


def story() -> Story:
    told = Story().tell("ann", registered("ann")).tell("ben", registered("ben"))
    return told.tell("bond", paired("2026-01-02")).tell("bond", held("first", "2026-01-10"))


@pytest.fixture
def journal(database: str) -> Iterator[Journal]:
    with story().written(database) as journal:
        rebuild(journal)
        yield journal


@pytest.fixture
def live(journal: Journal) -> Iterator[Connection]:
    """The current generation, to tamper with."""
    with Generations(journal).connect(1) as connection:
        yield connection


def unguarded(journal: Journal, *statements: str) -> None:
    """What someone does who owns the file or the server."""
    guards = {"sqlite": ("events_not_updated", "events_not_deleted"), "postgresql": ("events_only_grow",)}
    with connect(journal.database, role="login") as connection:
        for guard in guards[journal.engine]:
            on = " ON events" if journal.engine == "postgresql" else ""
            connection.execute(f"DROP TRIGGER {guard}{on}")
        for statement in statements:
            connection.execute(statement)


def differences(answer: checking.Checked) -> dict[str, list[Difference]]:
    return {view.name: view.differences for view in answer.views if not view.equal}


def test_views_as_they_should_be_are_equal(journal: Journal) -> None:
    answer = check(journal)
    assert (answer.equal, answer.position, answer.gaps, answer.unreadable) == (True, 4, [], [])
    assert [view.name for view in answer.views] == [table.name for table in TABLES]
    for view, made in zip(answer.views, rebuild(journal).views, strict=True):
        assert (view.live, view.rebuilt, view.differences) == (made["checksum"], made["checksum"], [])


def test_it_compares_at_the_position_of_the_views(journal: Journal) -> None:
    written(journal, story().tell("bond", held("second", "2026-02-01")).drafts[-1:])
    assert (check(journal).equal, check(journal).position) == (True, 4)


def test_it_leaves_everything_as_it_was(journal: Journal) -> None:
    check(journal)
    assert (journal.pointer(), place_of(journal.database).numbers()) == ("v0001", [1])


def test_a_changed_record_is_named_down_to_the_value(journal: Journal, live: Connection) -> None:
    [(body,)] = live.execute("SELECT record FROM relationships")
    record = orjson.loads(body)
    record["sessions"][named("first")]["minutes"] = 90
    record["state"] = "closed"
    live.execute("UPDATE relationships SET record = ?, state = ?", (orjson.dumps(record).decode(), "closed"))
    answer = check(journal)
    assert not answer.equal
    assert differences(answer) == {
        "relationships": [
            Difference(BOND, "state", "closed", "active"),
            Difference(BOND, "record.state", "closed", "active"),
            Difference(BOND, f"record.sessions.{named('first')}.minutes", 90, 60),
        ]
    }
    [view] = [view for view in answer.views if not view.equal]
    assert view.live != view.rebuilt


def test_a_record_that_says_the_same_in_other_bytes_is_not_equal(journal: Journal, live: Connection) -> None:
    [(body,)] = live.execute("SELECT record FROM participants WHERE id = ?", (ANN,))
    live.execute("UPDATE participants SET record = ? WHERE id = ?", (f" {body}", ANN))
    assert differences(check(journal)) == {"participants": [Difference(ANN, "record", f" {body}", body)]}


def test_a_row_too_few_or_too_many_is_named(journal: Journal, live: Connection) -> None:
    live.execute("DELETE FROM participants WHERE id = ?", (ANN,))
    live.execute(
        "INSERT INTO figures (scope, measure, code, day, value) VALUES (?, ?, ?, ?, ?)", ("", "a", "b", "c", 1)
    )
    live.execute("UPDATE figures SET value = 7 WHERE measure = ?", ("minutes",))
    assert differences(check(journal)) == {
        "participants": [Difference(ANN, "row", "missing", "there")],
        "figures": [
            Difference(" a b c", "row", "there", "missing"),
            Difference(" minutes  2026-01-10", "value", 7, 60),
        ],
    }


def test_it_shows_the_first_twenty_differences(journal: Journal, live: Connection) -> None:
    rows = [("", "a", f"{n:03}", "", 1) for n in range(50)]
    live.executemany("INSERT INTO figures (scope, measure, code, day, value) VALUES (?, ?, ?, ?, ?)", rows)
    shown = differences(check(journal))["figures"]
    assert [difference.key for difference in shown] == [f" a {n:03} " for n in range(20)]


def test_a_changed_event_is_named_by_the_chain_and_by_what_it_makes(journal: Journal) -> None:
    text = "CAST(facts AS TEXT)" if journal.engine == "sqlite" else "convert_from(facts, 'UTF8')"
    changed = f"replace({text}, '\"minutes\":60', '\"minutes\":61')"
    if journal.engine == "postgresql":
        changed = f"convert_to({changed}, 'UTF8')"
    unguarded(journal, f"UPDATE events SET facts = {changed} WHERE position = 4")
    answer = check(journal)
    assert not answer.equal
    assert [found.position for found in answer.unreadable if found.position] == [4]
    assert answer.gaps == []
    [difference] = differences(answer)["relationships"]
    assert difference == Difference(BOND, f"record.sessions.{named('first')}.minutes", 60, 61)


@pytest.mark.parametrize("position", [1, 4])
def test_a_changed_hash_is_named_even_where_the_views_stand(journal: Journal, position: int) -> None:
    other = "x'00'" if journal.engine == "sqlite" else r"'\x00'"
    unguarded(journal, f"UPDATE events SET hash = {other} WHERE position = {position}")
    answer = check(journal)
    assert not answer.equal
    assert position in [found.position for found in answer.unreadable]


def test_an_event_that_is_gone_leaves_a_gap(journal: Journal) -> None:
    unguarded(journal, "DELETE FROM events WHERE position = 2")
    answer = check(journal)
    assert not answer.equal
    assert [found.position for found in answer.gaps] == [2]
    assert differences(answer)["participants"] == [Difference(named("ben"), "row", "there", "missing")]


def test_events_that_are_gone_from_the_end_are_named(journal: Journal) -> None:
    unguarded(journal, "DELETE FROM events WHERE position = 4")
    answer = check(journal)
    assert (answer.equal, answer.position) == (False, 3)
    assert "the journal ends at 3" in answer.unreadable[-1].what


def test_facts_that_cannot_be_read_are_named(journal: Journal) -> None:
    unguarded(journal, "UPDATE events SET facts = 'no JSON' WHERE position = 4")
    answer = check(journal)
    assert not answer.equal
    assert 4 in [found.position for found in answer.unreadable]
    assert "relationships" in differences(answer)


def test_a_journal_with_a_gap_is_not_rebuilt(journal: Journal) -> None:
    unguarded(journal, "DELETE FROM events WHERE position = 2")
    with pytest.raises(Exception, match="has 3 events; `journal check`"):
        rebuild(journal)
    assert journal.pointer() == "v0001"


def test_there_is_nothing_to_check_without_views(database: str) -> None:
    with story().written(database) as journal, pytest.raises(NoViews):
        check(journal)


def test_status_says_where_journal_and_views_stand(journal: Journal) -> None:
    written(journal, story().tell("bond", held("second", "2026-02-01")).drafts[-1:])
    answer = status(journal)
    head: dict[str, Any] = {name: answer[name] for name in ("journal", "epoch", "position", "generation", "problem")}
    assert head == {"journal": journal.id, "epoch": 1, "position": 5, "generation": 1, "problem": None}
    checked = {view.name: view.live for view in check(journal).views}
    assert {view["name"]: view["checksum"] for view in answer["views"]} == checked
    assert {(view["position"], view["lag"]) for view in answer["views"]} == {(4, 1)}
    assert {view["name"]: view["rows"] for view in answer["views"]}["participants"] == 2


def test_status_names_what_is_frozen_where_it_shows(journal: Journal) -> None:
    draft = story().tell("bond", held("second", "2026-02-01")).drafts[-1]
    written(journal, [draft._replace(kind="SessionVoided")])
    Follower(journal).catch_up()
    frozen = {view["name"]: view["frozen"] for view in status(journal)["views"]}
    assert {name: [(one["root"], one["position"]) for one in its] for name, its in frozen.items()} == {
        "relationships": [(BOND, 5)],
        "people": [(BOND, 5)],
        "participants": [],
        "programs": [],
        "figures": [(BOND, 5)],
    }
    assert check(journal).equal


def test_status_says_why_there_are_no_views(database: str) -> None:
    with story().written(database) as journal:
        answer = status(journal)
        assert (answer["position"], answer["generation"], answer["views"]) == (4, None, [])
        assert "no views yet" in answer["problem"]


def test_answers_can_be_written_as_json(journal: Journal) -> None:
    assert orjson.loads(orjson.dumps(asdict(check(journal))))["equal"]
    assert orjson.loads(orjson.dumps(status(journal)))["views"]
    assert Views(journal).catch_up() == 4
