"""The state of a relationship in plain facts: what someone would say of it, without looking anything up."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from domain.rules import Rules
from projections.figures.sessions import counted
from projections.records.relationship import cut, within

Record = dict[str, Any]
Name = Callable[[str | None], str]

_SUMS = ("counted", "void", "corrected", "minutes")
_NOTHING = (0,) * len(_SUMS)
_OF_SESSIONS = frozenset({"SessionHeld", "SessionCorrected", "SessionVoided", "SessionReinstated"})
"""Kinds that change nothing but the sessions."""


class Part(NamedTuple):
    """Which part of a relationship is told: all of it, or what one of its parties may know."""

    since: str = ""
    """Only what happened on this day or later."""
    reader: str | None = None
    """Of feedback, only what this person gave."""


ALL = Part()


class Standing:
    """How a relationship stands at T, event by event. Its sessions may be many, so each is added up once."""

    def __init__(self, before: str, name: Name, rules: Rules, part: Part = ALL) -> None:
        """T is the midnight at which the day `before` begins: facts dated then or later are left out."""
        self._before = before
        self._name = name
        self._part = part
        self._sessions = _Sessions(before, rules, part.since)
        self._rest: dict[str, Any] | None = None

    def after(self, record: Record | None, kind: str, session: str | None) -> dict[str, Any] | None:
        """The state that this record shows, after an event of this kind about this session or none.

        None where nothing had begun.
        """
        if record is None:
            return None
        self._sessions.look_at(record["sessions"], session)
        if kind not in _OF_SESSIONS:
            self._rest = self._beside_sessions(record)
        return self._rest and {**self._rest, "sessions": self._sessions.told()}

    def _beside_sessions(self, record: Record) -> dict[str, Any] | None:
        """What only other events than those of sessions change; the sessions have their place in it."""
        seen = cut({**record, "sessions": {}}, self._before)
        if seen is None:
            return None
        began, reader = self._part
        shown = within(seen, began or None, None)
        feedback = [one for one in seen["feedback"].values() if reader in (None, one["from"])]
        live = [one for one in feedback if not one["retracted"]]
        return {
            "status": seen["state"],
            "mentor": self._name(seen["mentor"]),
            "co_mentors": [self._name(person) for person, _, left_on in seen["co_mentors"] if left_on is None],
            "mentee": self._name(seen["mentee"]),
            "program": self._name(seen["program"]) if seen["program"] else None,
            "term": seen["term"],
            "open": [*map(list, shown["open"])],
            "paused": [*map(list, shown["paused"])],
            "sessions": None,
            "goals": dict(sorted(Counter(goal["state"] for goal in shown["goals"].values()).items())),
            "feedback": {"live": len(live), "retracted": len(feedback) - len(live)},
            "milestones": [code for code, _ in shown["milestones"]],
            "closed_for": seen["closures"][-1][1] if seen["state"] == "closed" else None,
        }


class _Sessions:
    """Sessions added up: what each adds is remembered, and taken away when it has changed."""

    def __init__(self, before: str, rules: Rules, since: str) -> None:
        self._since = since
        self._before = before
        self._rules = rules
        self._sums = [0] * len(_SUMS)
        self._added: dict[str, tuple[int, ...]] = {}
        self._days: dict[str, str] = {}
        """Of each session that counts, the day."""
        self._last: str | None = None

    def look_at(self, sessions: dict[str, Record], id: str | None) -> None:
        """This session is as it is among these now."""
        if id is None or id not in sessions:
            return
        before, now = self._added.get(id, _NOTHING), self._adds(id, sessions[id])
        self._sums = [value - gone + come for value, gone, come in zip(self._sums, before, now, strict=True)]
        self._added[id] = now

    def told(self) -> dict[str, Any]:
        return {**dict(zip(_SUMS, self._sums, strict=True)), "last_on": self._last}

    def _adds(self, id: str, session: Record) -> tuple[int, ...]:
        if self._days.pop(id, None) == self._last:
            self._last = max(self._days.values(), default=None)
        if not self._since <= session["on"] < self._before:
            return _NOTHING
        counts, minutes = 0, 0
        if counted({"sessions": {id: session}}, self._rules):
            counts, minutes = 1, min(session["minutes"], self._rules.sessions.counted_up_to)
            self._days[id] = day = session["on"]
            self._last = max(day, self._last or day)
        return counts, int(session["void"] is not None), int(session["corrected"] > 0), minutes
