"""What of a thing is shown to whom: days out of their time, feedback of others and personal text are left out."""

from collections.abc import Iterable
from typing import Any

from api.policy import Sight
from domain.journal import Journal
from projections.records import Record
from projections.records.relationship import within

FEEDBACK = ("FeedbackGiven", "FeedbackRevised", "FeedbackRetracted")

SHARED = frozenset({"summary", "title", "measure", "evidence", "contact_plan"})
"""Personal text that the parties of a relationship share; any other is for who wrote it, and for coordinators."""

_NOT_ITS_OWN = ("goals", "last_day", "position")


def own_facts(record: Record, seen: Sight | None = None) -> dict[str, Any]:
    """The facts of the record's own stream, as far as they are seen."""
    shown = record if seen is None else within(record, seen.since, seen.until)
    facts = {name: value for name, value in shown.items() if name not in _NOT_ITS_OWN}
    if seen is None:
        return facts
    feedback = {id: one for id, one in facts["feedback"].items() if seen.reader in (None, one["from"])}
    return {**facts, "feedback": feedback}


def told(journal: Journal, items: Iterable[dict[str, Any]], seen: Sight) -> list[dict[str, Any]]:
    """The items of a history that are seen; with `text`, by field, where it may be read."""
    shown = [item for item in items if seen.shows(item["occurred_on"]) and _shows_feedback(item, seen)]
    if not seen.text:
        return shown
    texts = journal.personal([item["position"] for item in shown])
    return [{**item, "text": _readable(texts.get(item["position"], {}), item, seen)} for item in shown]


def goal_text(journal: Journal, relationship: str, goal: str) -> dict[str, str]:
    """The title and the measure of a goal, as far as they are there."""
    proposed = [e for e in journal.entries(root=relationship, kinds=["GoalProposed"]) if e.stream == goal]
    return journal.personal([entry.position for entry in proposed]).get(proposed[0].position, {}) if proposed else {}


def profile(journal: Journal, participant: str) -> str | None:
    """What a participant wrote about themselves, if it is there."""
    for first in journal.entries(root=participant, limit=1):
        text: dict[str, str] = journal.personal([first.position]).get(first.position, {})
        return text.get("profile")
    return None


def _shows_feedback(item: dict[str, Any], seen: Sight) -> bool:
    """Feedback reaches the one it is about as a figure, once enough have spoken; here only its author sees it."""
    return seen.reader is None or item["kind"] not in FEEDBACK or _acting(item) == seen.reader


def _readable(text: dict[str, str], item: dict[str, Any], seen: Sight) -> dict[str, str]:
    if seen.reader in (None, _acting(item)):
        return text
    return {field: value for field, value in text.items() if field in SHARED}


def _acting(item: dict[str, Any]) -> str:
    return str(item["on_behalf_of"] or item["actor"])
