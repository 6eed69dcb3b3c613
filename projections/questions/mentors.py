"""The dashboard of one mentor: their mentees, their load, and the figures of the relationships they serve."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

from domain.journal import Journal
from domain.rules import Rules
from projections import moments
from projections.figures import contribute, dashboard, load, quality
from projections.figures.sums import Period, Sums
from projections.history.reading import records
from projections.questions import lookup, marks
from projections.questions.asked import Asked, answered, frozen
from projections.questions.moving import current, cut
from projections.records import Record
from projections.views import View

_ABOUT_ALL = ("people", "mentor_load")


class Mentor(NamedTuple):
    """Whose figures: a person, in some programs (None: in all), and when."""

    person: str
    programs: frozenset[str] | None
    as_of: date
    period: Period
    rules: Rules
    in_steps: bool
    """Whether what was said of them moves in steps only (`quality.last_step`)."""


def of_mentor(
    journal: Journal,
    view: View,
    mentor: str,
    *,
    asked: Asked | None = None,
    rules: Rules | None = None,
    programs: Collection[str] | None = None,
    in_steps: bool = False,
) -> dict[str, Any]:
    """`{position, as_of, known_at, rules, frozen, data}` for a mentor, by id or reference.

    The figures are over the relationships that they lead, or co-mentor and have not left at T; feedback is only
    what was said of them, and stays when they left. `programs` (ids) leaves only the relationships of these.
    `days_since` runs from the last counted session to `as_of`. With `in_steps`, as the mentor is shown it, feedback
    counts until the day `feedback.as_of`, which moves on only when enough others have spoken.
    """
    asked, under = asked or Asked(), rules or Rules()
    record = lookup.person(view, mentor)
    as_of = asked.as_of or moments.today(under.time_zone)
    known, now = moments.Known.in_views(journal, asked.known_at, view.position)
    narrowed = None if programs is None else frozenset(programs)
    whose = Mentor(record["id"], narrowed, as_of, asked.period(as_of), under, in_steps)
    earlier, stands = None if now else known.position, frozen(view)
    mark = marks.of_mentor(view, record, stands) if now else view.number
    key = ("mentor", *whose[:4], in_steps, rules, earlier, mark)
    data = view.kept.get(key, lambda: _figures(journal, view, whose, earlier))
    return answered(known, as_of, stands, data)


def _figures(journal: Journal, view: View, mentor: Mentor, known: int | None) -> dict[str, Any]:
    """A mentor's figures as they are known now, or were at a position."""
    person, programs, as_of, period, rules, _ = mentor
    roots = _roots(view, person)
    found = current(view, roots) if known is None else records(journal, known, roots)
    whose: Record | None = None
    sums, mentees, theirs = Sums(), [], []
    for noun, record in found:
        earlier = cut(noun, record, period.at)
        if earlier is None:
            continue
        if noun == "participant":
            whose = earlier
        elif programs is not None and earlier["program"] not in programs:
            continue
        else:
            theirs.append(earlier)
            if _serves(earlier, person):
                mentees.append(_mentee(earlier, period, as_of, rules))
                _add(sums, contribute(noun, {**earlier, "feedback": {}}, rules, to=person))
    answer = dashboard.answer(sums, period, rules)
    answer["feedback"] = _feedback(theirs, mentor)
    return {
        "mentor": {"id": person, "reference": whose["reference"] if whose else None},
        "load": _load(whose, rules),
        **{figure: answer[figure] for figure in answer if figure not in _ABOUT_ALL},
        "mentees": sorted(mentees, key=lambda one: (one["state"] == "closed", one["starts_on"], one["id"])),
    }


def _feedback(theirs: list[Record], mentor: Mentor) -> dict[str, Any]:
    """What was said of them, in these relationships as they were at T."""
    person, rules, period, step = mentor.person, mentor.rules, mentor.period, None
    if mentor.in_steps and (step := quality.last_step(theirs, person, rules)):
        before = moments.midnight_after(date.fromisoformat(step))
        theirs = [earlier for record in theirs if (earlier := cut("relationship", record, before))]
        gone = before <= period.months_ago(rules.feedback.window_months)
        theirs, period = ([] if gone else theirs), Period(period.since, min(period.before, before), before)
    said = Sums()
    for record in theirs:
        _add(said, quality.contribute(record, to=person))
    answer = quality.answer(said, period, rules)
    return {**answer, "as_of": step} if mentor.in_steps else answer


def _roots(view: View, person: str) -> list[str]:
    """The relationships that they ever led or co-mentored, and their own record."""
    rows = view.execute("SELECT DISTINCT root FROM people WHERE person = ? AND serving_as <> 'mentee'", (person,))
    return [person, *(root for (root,) in rows)]


def _serves(record: Record, person: str) -> bool:
    return record["mentor"] == person or any(
        co_mentor == person and left_on is None for co_mentor, _, left_on in record["co_mentors"]
    )


def _add(sums: Sums, contributions: Iterator[tuple[str, str, str, int]]) -> None:
    for contribution in contributions:
        sums.add(*contribution)


def _mentee(record: Record, period: Period, as_of: date, rules: Rules) -> dict[str, Any]:
    told = dashboard.of_relationship(record, period, rules)
    last = told["last_session_on"]
    return {**told, "days_since": (as_of - date.fromisoformat(last)).days if last else None}


def _load(record: Record | None, rules: Rules) -> dict[str, Any]:
    """Active places of the capacity."""
    places = len(load.places(record, rules)) if record else 0
    most = load.capacity(record, rules) if record else rules.pairing.default_capacity
    return {"places": places, "capacity": most, "over": places > most}
