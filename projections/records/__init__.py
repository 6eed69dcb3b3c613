"""Records: one for each root, folded from its events. Dated facts only; no rule, no clock.

`fold` takes the record so far (or None) and one event, and gives the record after it. A record is plain JSON: dicts,
lists, ISO days as text. The caller hands its record over: a fold may change it in place and returns it.
"""

from collections.abc import Callable
from typing import Any

from projections.records import participant, program, relationship

Record = dict[str, Any]

FOLDS: dict[str, Callable[..., Record]] = {**relationship.FOLDS, **participant.FOLDS, **program.FOLDS}
"""For each kind of event the function that folds it."""

NOUNS = {
    **dict.fromkeys(relationship.FOLDS, "relationship"),
    **dict.fromkeys(participant.FOLDS, "participant"),
    **dict.fromkeys(program.FOLDS, "program"),
}
"""For each kind of event what its root is."""


def fold(
    record: Record | None,
    kind: str,
    facts: dict[str, Any],
    stream: str,
    occurred_on: str,
    source: str,
    position: int,
) -> Record:
    """The record after this event. Raises LookupError or TypeError when the event does not fit: a poison event."""
    record = FOLDS[kind](record, facts, stream, occurred_on, source)
    record["position"] = position
    return record
