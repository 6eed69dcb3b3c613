"""Whatever was written once can be read for good."""

from pathlib import Path
from typing import Any, ClassVar, Literal, get_args, get_type_hints

import orjson
import pytest
from pydantic import Field

from domain.facts import Happened
from domain.journal import Journal, Unreachable, kinds
from tests.journal.asking import ask, capacity, register

GOLDEN = {path.stem: orjson.loads(path.read_bytes()) for path in (Path(__file__).parent / "golden").glob("*.json")}


class CapacitySetLater(Happened):
    """What CapacitySet may become one day: its second shape."""

    schema_version: ClassVar[int] = 2

    at_most: int = Field(ge=0)
    unit: Literal["relationships", "hours"]


def test_there_is_a_sample_of_every_shape_of_every_kind() -> None:
    shapes = {f"{kind}.{schema}" for kind, of in kinds.KINDS.items() for schema in range(1, of.schema_version + 1)}
    assert GOLDEN.keys() == shapes


def test_every_kind_belongs_to_the_state_that_takes_it() -> None:
    for kind, of in kinds.KINDS.items():
        assert of in get_args(get_type_hints(kinds.member_of(kind).evolve)["event"])


@pytest.mark.parametrize("sample", sorted(GOLDEN))
def test_yesterdays_facts_are_still_read_and_the_newest_are_written_the_same(sample: str) -> None:
    kind, schema = sample.split(".")
    facts, occurred_on = GOLDEN[sample]["facts"], GOLDEN[sample]["occurred_on"]
    event = kinds.recall(kind, int(schema), orjson.dumps(facts), occurred_on)
    newest = GOLDEN[f"{kind}.{event.schema_version}"]["facts"]
    assert (event.kind, event.day.isoformat()) == (kind, occurred_on)
    assert event.facts() == orjson.dumps(newest, option=orjson.OPT_SORT_KEYS)


def second_shape(values: dict[str, Any]) -> dict[str, Any]:
    """The upcast that a change of shape comes with."""
    return {"at_most": values["max"], "unit": "relationships"}


def test_an_older_shape_is_upcast_and_stays_as_it_was_written(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(journal, "ann")
    ask(journal, capacity("ann", 3))
    monkeypatch.setitem(kinds.KINDS, "CapacitySet", CapacitySetLater)
    monkeypatch.setitem(kinds.UPCASTS, ("CapacitySet", 1), second_shape)
    [entry] = journal.entries(kinds=["CapacitySet"])
    assert (entry.schema, entry.facts) == (1, b'{"max":3}')
    assert entry.data() == {"at_most": 3, "unit": "relationships"}
    event = kinds.recall("CapacitySet", 1, entry.facts, entry.occurred_on)
    assert event == CapacitySetLater(at_most=3, unit="relationships", occurred_on=event.day)
    assert list(journal.verify()) == []


def test_a_journal_whose_shapes_nobody_upcasts_is_not_opened(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    register(journal, "ann")
    ask(journal, capacity("ann", 3))
    monkeypatch.setitem(kinds.KINDS, "CapacitySet", CapacitySetLater)
    with pytest.raises(Unreachable, match="nothing here upcasts CapacitySet from shape 1"):
        Journal.open(journal.database)


def test_a_journal_with_kinds_of_a_later_release_is_not_opened(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(journal, "ann")
    monkeypatch.delitem(kinds.KINDS, "ParticipantRegistered")
    with pytest.raises(Unreachable, match="events of the kind ParticipantRegistered"):
        Journal.open(journal.database)


def test_a_journal_with_newer_shapes_is_not_opened(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds.KINDS["CapacitySet"], "schema_version", 2)
    register(journal, "ann")
    ask(journal, capacity("ann", 3))
    monkeypatch.undo()
    with pytest.raises(Unreachable, match="CapacitySet in the newer shape 2"):
        Journal.open(journal.database)


def test_a_kind_is_written_down_in_the_transaction_that_first_uses_it(journal: Journal) -> None:
    register(journal, "ann", "ben")
    ask(journal, capacity("ann", 3))
    with journal.connect() as connection:
        rows = connection.execute("SELECT id, kind, schema, first_position FROM kinds ORDER BY id")
    assert rows == [(1, "ParticipantRegistered", 1, 1), (2, "CapacitySet", 1, 3)]
    assert journal.kinds() == {1: ("ParticipantRegistered", 1), 2: ("CapacitySet", 1)}
