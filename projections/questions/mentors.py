"""The dashboard of one mentor: their mentees, their load, and the figures of the relationships they serve."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.journal import Journal
from domain.rules import Rules
from projections import moments
from projections.figures import contribute, dashboard, load, quality
from projections.figures.sums import Period, Sums
from projections.history.reading import records
from projections.questions import lookup, marks, voices
from projections.questions.asked import Asked, answered, frozen
from projections.questions.moving import current, cut
from projections.records import Record
from projections.records.relationship import within
from projections.views import View

_ABOUT_ALL = ("people", "mentor_load")


class Mentor(NamedTuple):
    """Whose figures: a person, in some programs (None: in all), and when."""

    person: str
    programs: frozenset[str] | None
    as_of: date
    period: Period
    rules: Rules
    own: bool
    """Whether it is they who look."""


def of_mentor(
    journal: Journal,
    view: View,
    mentor: str,
    *,
    asked: Asked | None = None,
    rules: Rules | None = None,
    programs: Collection[str] | None = None,
    own: bool = False,
) -> dict[str, Any]:
    """`{position, as_of, known_at, rules, frozen, data}` for a mentor, by id or reference.

    The figures are over the relationships that they lead, or co-mentor and have not left at T; feedback is only
    what was said of them, and stays when they left. `programs` (ids) leaves only the relationships of these.
    `days_since` runs from the last counted session to `as_of`. A mentor is shown their `own` otherwise: feedback in
    steps that several made together, the last of which was on `feedback.as_of`; and of a relationship that they have
    left, only what happened in their time.
    """
    asked, under = asked or Asked(), rules or Rules()
    record = lookup.person(view, mentor)
    as_of = asked.as_of or moments.today(under.time_zone)
    known, now = moments.Known.in_views(journal, asked.known_at, view.position)
    narrowed = None if programs is None else frozenset(programs)
    whose = Mentor(record["id"], narrowed, as_of, asked.period(as_of), under, own)
    earlier, stands = None if now else known.position, frozen(view)
    mark = marks.of_mentor(view, record, stands) if now or own else view.number
    key = ("mentor", *whose[:4], own, rules, earlier, mark)
    data = view.kept.get(key, lambda: _figures(journal, view, whose, earlier))
    return answered(known, as_of, stands, data)


def _figures(journal: Journal, view: View, mentor: Mentor, known: int | None) -> dict[str, Any]:
    """A mentor's figures as they are known now, or were at a position."""
    person, programs, as_of, period, rules, own = mentor
    roots = _roots(view, person)
    found = current(view, roots) if known is None else records(journal, known, roots)
    left = _left(view, person) if own else {}
    whose: Record | None = None
    sums, mentees, theirs = Sums(), [], []
    ever: dict[str, str] = {}
    for noun, record in found:
        if noun == "relationship":
            ever[record["id"]] = record["mentee"]
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
                seen = within(earlier, *left.get(record["id"], (None, None)))
                mentees.append(_mentee(seen, period, as_of, rules))
                _add(sums, contribute(noun, {**seen, "feedback": {}}, rules, to=person))
    answer = dashboard.answer(sums, period, rules)
    if own:
        position = view.position if known is None else known
        answer["feedback"] = _in_steps(journal, mentor, ever, position)
    else:
        answer["feedback"] = _feedback(theirs, mentor, period)
    return {
        "mentor": {"id": person, "reference": whose["reference"] if whose else None},
        "load": _load(whose, rules),
        **{figure: answer[figure] for figure in answer if figure not in _ABOUT_ALL},
        "mentees": sorted(mentees, key=lambda one: (one["state"] == "closed", one["starts_on"], one["id"])),
    }


def _feedback(theirs: list[Record], mentor: Mentor, period: Period) -> dict[str, Any]:
    """What was said of them in these relationships."""
    said = Sums()
    for record in theirs:
        _add(said, quality.contribute(record, to=mentor.person))
    return quality.answer(said, period, mentor.rules)


def _in_steps(journal: Journal, mentor: Mentor, mentees: Mapping[str, str], position: int) -> dict[str, Any]:
    """The same as they are shown it: as it was at the last step; nothing, once that is older than feedback counts."""
    period, rules = mentor.period, mentor.rules
    step = voices.last_step(journal, mentor.person, mentees, position, period.at, rules)
    if step is None or not step.day:
        return {**(quality.hidden(rules) if step else _feedback([], mentor, period)), "as_of": None}
    at = moments.midnight_after(date.fromisoformat(step.day))
    gone = at <= period.months_ago(rules.feedback.window_months)
    return {**_feedback([] if gone else step.records, mentor, Period("", at, at)), "as_of": step.day}


def _left(view: View, person: str) -> dict[str, tuple[str, str]]:
    """The relationships that they co-mentored and have left for good, with the first and the last day of it."""
    rows = view.execute(
        "SELECT root, since, until FROM people WHERE person = ? AND serving_as = 'co_mentor' ORDER BY since", (person,)
    )
    last = {root: (since, until) for root, since, until in rows}
    there = {root for root, _, until in rows if until is None}
    return {root: time for root, time in last.items() if root not in there}


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
