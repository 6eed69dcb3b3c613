"""What was said of a mentor, as it reaches them: in steps that several people made together.

Whoever sees one figure before and another after somebody spoke learns what that one said. So a mentor is shown what was
said until a step: the moment at which as many had spoken as must have before anything is shown; then as many again, and
so on. To revise feedback, or to take it back, is to speak as well. A step is a position of the journal and no day: the
day and the moment that somebody asks for choose one of the steps, and lie between none of them.
"""

from collections.abc import Mapping
from typing import NamedTuple

from domain.journal import Entry, Journal
from domain.rules import Rules
from projections.history.reading import UNFIT
from projections.records import Record
from projections.records.relationship import FOLDS

_KINDS = ("FeedbackGiven", "FeedbackRevised", "FeedbackRetracted")


class Step(NamedTuple):
    """What had been said by then: the latest day of it, and records of relationships that hold nothing else.

    Before the first one somebody may have spoken, too: then there is no day, and nothing to show.
    """

    day: str
    records: list[Record]


def last_step(
    journal: Journal, to: str, mentees: Mapping[str, str], position: int, before: str, rules: Rules
) -> Step | None:
    """The last step among what the mentees of these relationships (by id) said of someone; None when nobody did.

    Of what was recorded by a position, and of the steps that lie, by the days of their facts, before the day `before`.
    """
    enough = max(rules.feedback.hidden_below_authors, 1)
    spoken = list(journal.entries(until=position, root=list(mentees), kinds=_KINDS)) if mentees else []
    records = _nothing(mentees)
    acted: set[str] = set()
    day, step, spoke = "", (0, ""), False
    for number, entry in enumerate(spoken, start=1):
        if _folded(records[entry.root], entry, to):
            acted.add(mentees[entry.root])
            spoke = spoke or entry.occurred_on < before
            day = max(day, entry.occurred_on)
            if len(acted) >= enough:
                acted.clear()
                if day < before:
                    step = number, day
    if not step[0]:
        return Step("", []) if spoke else None
    records = _nothing(mentees)
    for entry in spoken[: step[0]]:
        _folded(records[entry.root], entry, to)
    return Step(step[1], list(records.values()))


def _nothing(mentees: Mapping[str, str]) -> dict[str, Record]:
    return {root: {"mentee": mentee, "feedback": {}, "version": 0, "last_day": ""} for root, mentee in mentees.items()}


def _folded(record: Record, entry: Entry, to: str) -> bool:
    """Whether the mentee speaks here, of this person; then the record has it."""
    try:
        data = entry.data()
        if entry.kind == "FeedbackGiven":
            theirs = (data["from"], data["to"]) == (record["mentee"], to)
        else:
            theirs = data["feedback"] in record["feedback"]
        if theirs:
            FOLDS[entry.kind](record, data, entry.stream, entry.occurred_on, entry.source)
    except UNFIT:
        return False
    return theirs
