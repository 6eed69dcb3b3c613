"""The figures once more, from the raw events as their definitions say: slow, plain, and without our code."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import orjson

from domain.journal import Draft

NO_DATA = "no data"


class Bond:
    """What is known of a relationship at T."""

    def __init__(self, id: str, on: str, facts: dict[str, Any]) -> None:
        self.id, self.starts_on = id, on
        self.mentor, self.mentee = facts["mentor"], facts["mentee"]
        self.program, self.term, self.planned_end = facts["program"], facts["term"], facts["planned_end"]
        self.changes: list[tuple[str, str, dict[str, Any]]] = []
        """Paused, Resumed, Closed, Reopened: kind, day, facts."""
        self.company: list[tuple[str, str, str]] = []
        """CoMentorJoined, CoMentorLeft: kind, day, who."""
        self.sessions: dict[str, dict[str, Any]] = {}
        self.feedback: dict[str, dict[str, Any]] = {}
        self.goals: dict[str, dict[str, Any]] = {}

    @property
    def status(self) -> str:
        status = "active"
        for kind, _, _ in self.changes:
            status = {"Paused": "paused", "Closed": "closed"}.get(kind, "active")
        return status

    def counted(self) -> list[dict[str, Any]]:
        return [s for s in self.sessions.values() if not s["void"] and s["minutes"] >= 15]

    def co_mentors(self) -> list[str]:
        return [who for kind, _, who in self.company if kind == "CoMentorJoined"]

    def serves(self, person: str) -> bool:
        """Whether they lead, or co-mentor and have not left."""
        theirs = [kind for kind, _, who in self.company if who == person]
        return person == self.mentor or theirs[-1:] == ["CoMentorJoined"]

    def silent_since(self) -> str:
        quiet: list[str] = [self.starts_on, *(s["on"] for s in self.counted())]
        return max([*quiet, *(on for kind, on, _ in self.changes if kind in ("Resumed", "Reopened"))])

    def undone(self) -> list[tuple[str, str]]:
        """Ends that stand: (day, reason)."""
        ends: list[tuple[str, str]] = []
        for kind, on, facts in self.changes:
            if kind == "Closed":
                ends.append((on, facts["reason"]))
            if kind == "Reopened":
                ends.pop()
        return ends


class Ledger:
    """Everything that was known, cut at T: the midnight after `as_of`."""

    def __init__(self, drafts: Sequence[Draft], as_of: date) -> None:
        self.as_of = as_of
        self.at = (as_of + timedelta(days=1)).isoformat()
        self.bonds: dict[str, Bond] = {}
        self.slots: dict[str, dict[str, tuple[str, str | None]]] = defaultdict(dict)
        self.capacity: dict[str, int] = {}
        for draft in drafts:
            if draft.occurred_on < self.at:
                self._dated(draft, orjson.loads(draft.facts))
        self._settle(drafts)

    def _dated(self, draft: Draft, facts: dict[str, Any]) -> None:
        """What is so from its own day on."""
        on, bond, kind = draft.occurred_on, self.bonds.get(draft.root), draft.kind
        if kind == "Paired":
            self.bonds[draft.root] = Bond(draft.root, on, facts)
        elif kind == "CapacitySet":
            self.capacity[draft.stream] = facts["max"]
        elif kind == "MentorSlotTaken":
            self.slots[draft.stream][facts["relationship"]] = facts["as"], facts["program"]
        elif kind == "MentorSlotReleased":
            self.slots[draft.stream].pop(facts["relationship"], None)
        elif bond is None:
            return
        elif kind in ("Paused", "Resumed", "Closed", "Reopened"):
            bond.changes.append((kind, on, facts))
        elif kind in ("CoMentorJoined", "CoMentorLeft"):
            bond.company.append((kind, on, facts["mentor"]))
        elif kind == "FeedbackGiven":
            who = {"from": facts["from"], "to": facts["to"], "order": len(bond.feedback)}
            bond.feedback[facts["feedback"]] = {**who, "ratings": facts["ratings"], "on": on}
        elif kind == "FeedbackRevised" and facts["feedback"] in bond.feedback:
            bond.feedback[facts["feedback"]].update(ratings=facts["ratings"], on=on)
        elif kind == "GoalProposed":
            bond.goals[draft.stream] = {"target": facts["target_on"], "imported": draft.source == "imported"}
        elif kind in ("GoalAgreed", "ProgressReported", "GoalParked", "GoalResumed"):
            bond.goals[draft.stream][kind] = on
            if kind == "GoalResumed":
                del bond.goals[draft.stream]["GoalParked"]

    def _settle(self, drafts: Sequence[Draft]) -> None:
        """What was always so, whenever it was said: corrections, voids, retractions."""
        sessions: dict[str, dict[str, Any]] = {}
        outcomes: dict[str, tuple[str, str] | None] = {}
        retracted = set()
        for draft in drafts:
            facts = orjson.loads(draft.facts)
            if draft.kind == "SessionHeld":
                held = {"on": draft.occurred_on, "minutes": facts["minutes"], "void": False, "root": draft.root}
                sessions[facts["session"]] = held
            elif draft.kind == "SessionCorrected":
                for name, change in facts["changes"].items():
                    sessions[facts["session"]]["on" if name == "held_on" else name] = change["is"]
            elif draft.kind in ("SessionVoided", "SessionReinstated"):
                sessions[facts["session"]]["void"] = draft.kind == "SessionVoided"
            elif draft.kind == "FeedbackRetracted":
                retracted.add(facts["feedback"])
            elif draft.kind in ("GoalMet", "GoalNotMet", "GoalAbandoned"):
                what = {"GoalMet": "met", "GoalNotMet": "not_met", "GoalAbandoned": "abandoned"}[draft.kind]
                outcomes[draft.stream] = what, draft.occurred_on
            elif draft.kind == "GoalMetRetracted":
                outcomes[draft.stream] = None
        for id, session in sessions.items():
            if session["on"] < self.at and session["root"] in self.bonds:
                self.bonds[session["root"]].sessions[id] = session
        for bond in self.bonds.values():
            bond.feedback = {id: f for id, f in bond.feedback.items() if id not in retracted}
            for id, goal in bond.goals.items():
                outcome = outcomes.get(id)
                goal["outcome"], goal["ended"] = outcome if outcome and outcome[1] < self.at else (None, None)

    def program(self, program: str | None = None, term: str | None = None) -> dict[str, Any]:
        """The dashboard of all, a program or a term."""
        bonds = [
            bond
            for bond in self.bonds.values()
            if program is None or (bond.program == program and term in (None, bond.term))
        ]
        answer = self.figures(bonds)
        if term is None:
            answer["mentor_load"] = self.load(program)
        answer["people"] = {
            "mentors": len({who for bond in bonds for who in (bond.mentor, *bond.co_mentors())}),
            "leading": len({bond.mentor for bond in bonds}),
            "mentees": len({bond.mentee for bond in bonds}),
            "co_mentor_places": sum(len(bond.co_mentors()) for bond in bonds),
        }
        return answer

    def mentor(self, person: str) -> dict[str, Any]:
        """The figures of one mentor."""
        theirs = [bond for bond in self.bonds.values() if bond.serves(person)]
        answer = self.figures(theirs)
        answer["feedback"] = self.feedback(self.bonds.values(), lambda feedback: feedback["to"] == person)
        return answer

    def figures(self, bonds: list[Bond]) -> dict[str, Any]:
        held = [(s["on"], min(s["minutes"], 120)) for bond in bonds for s in bond.counted()]
        firsts = {bond.id: min((s["on"] for s in bond.counted()), default=None) for bond in bonds}
        lags = [_days(bond.starts_on, first) for bond in bonds if (first := firsts[bond.id])]
        active = [bond for bond in bonds if bond.status == "active"]
        waiting = [bond for bond in active if not firsts[bond.id]]
        silences = [_days(bond.silent_since(), self.at) - 1 for bond in active]
        ends = [(bond, on, reason) for bond in bonds for on, reason in bond.undone()]
        premature = sum(_premature(bond, on, reason) for bond, on, reason in ends)
        return {
            "relationships": {
                "served": len(bonds),
                "active": len(active),
                "paused": sum(bond.status == "paused" for bond in bonds),
            },
            "sessions": {"count": len(held), "hours": round(sum(minutes for _, minutes in held) / 60, 2)},
            "first_session": {
                "median_days": statistics.median(lags) if lags else NO_DATA,
                "with_session": len(lags),
                "without_session": len(waiting),
                "late": sum(_days(bond.starts_on, self.at) > 21 for bond in waiting),
            },
            "silence": {
                "past_amber": sum(days >= 45 for days in silences),
                "past_red": sum(days >= 60 for days in silences),
                "amber_days": 45,
                "red_days": 60,
            },
            "goals": self.goals(bonds),
            "closures": {
                "closures": len(ends),
                "by_reason": dict(sorted(Counter(reason for _, _, reason in ends).items())),
                "premature": premature,
                "closure_rate": _rate(len(ends), len(bonds)),
                "premature_rate": _rate(premature, len(ends)),
            },
            "feedback": self.feedback(bonds, lambda feedback: True),
            "months": self.months(bonds, held, ends),
        }

    def goals(self, bonds: list[Bond]) -> dict[str, Any]:
        found: Counter[str] = Counter()
        for goal in (goal for bond in bonds for goal in bond.goals.values()):
            due = goal["target"] or goal["ended"]
            if goal["outcome"]:
                what = goal["outcome"]
            elif "GoalAgreed" not in goal:
                continue
            elif (goal["imported"] and "ProgressReported" not in goal) or (
                "GoalParked" in goal and (not due or goal["GoalParked"] <= due)
            ):
                what = "unknown"
            else:
                found["overdue" if due and due < self.at else "open"] += 1
                continue
            if due and due < self.at:
                found[what] += 1
        missed = found["not_met"] + found["abandoned"] + found["overdue"]
        names = ("met", "not_met", "abandoned", "overdue", "unknown", "open")
        return {**{name: found[name] for name in names}, "met_rate": _rate(found["met"], found["met"] + missed)}

    def feedback(self, bonds: Iterable[Bond], wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        since = _year_before(date.fromisoformat(self.at)).isoformat()
        latest: dict[tuple[str, str], dict[str, Any]] = {}
        for bond in bonds:
            for given in sorted(bond.feedback.values(), key=lambda f: (f["on"], f["order"])):
                if given["from"] == bond.mentee and wanted(given):
                    latest[bond.id, given["to"]] = given
        recent = [given for given in latest.values() if given["on"] >= since]
        qualities = ("experience", "patience", "commitment", "communication")
        authors = {given["from"] for given in recent}
        hidden = 0 < len(authors) < 3

        def mean(values: list[float]) -> Any:
            return "hidden" if hidden else round(sum(values) / len(values), 2) if values else NO_DATA

        return {
            "authors": "hidden" if hidden else len(authors),
            "hidden_below_authors": 3,
            "qualities": {
                quality: mean([g["ratings"][quality] for g in recent if quality in g["ratings"]])
                for quality in qualities
            },
            "mean": mean([sum(g["ratings"].values()) / len(g["ratings"]) for g in recent]),
        }

    def load(self, program: str | None) -> dict[str, Any]:
        """Of those who lead somebody, and have a place in the program."""
        rows = []
        for mentor, slots in self.slots.items():
            leading = sum(serving == "lead" for serving, _ in slots.values())
            here = program is None or any(where == program for _, where in slots.values())
            if leading and here:
                rows.append((leading, self.capacity.get(mentor, 2)))
        full = sum(places >= most for places, most in rows)
        return {
            "mentors": len(rows),
            "places": sum(places for places, _ in rows),
            "capacity": sum(most for _, most in rows),
            "full": full,
            "over": sum(places > most for places, most in rows),
            "full_rate": _rate(full, len(rows)),
        }

    def months(
        self, bonds: list[Bond], held: list[tuple[str, int]], ends: list[tuple[Bond, str, str]]
    ) -> list[dict[str, Any]]:
        began = Counter(bond.starts_on[:7] for bond in bonds)
        closed = Counter(on[:7] for _, on, _ in ends)
        sessions = Counter(on[:7] for on, _ in held)
        seen = sorted({*began, *closed, *sessions})
        rows, month = [], seen[0] if seen else ""
        while seen and month <= seen[-1]:
            minutes = sum(minutes for on, minutes in held if on.startswith(month))
            rows.append(
                {
                    "month": month,
                    "began": began[month],
                    "closed": closed[month],
                    "sessions": sessions[month],
                    "hours": round(minutes / 60, 2),
                }
            )
            month = (date.fromisoformat(f"{month}-28") + timedelta(days=4)).isoformat()[:7]
        return rows


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _rate(part: int, whole: int) -> Any:
    return round(part / whole, 4) if whole else NO_DATA


def _premature(bond: Bond, on: str, reason: str) -> bool:
    planned = _days(bond.starts_on, bond.planned_end) if bond.planned_end else 180
    return reason not in ("goals_met", "planned_end") and _days(bond.starts_on, on) < 0.8 * planned


def _nobody_knows(goal: dict[str, Any]) -> bool:
    """Imported with no word of it since, or parked before it was due."""
    parked, target = goal.get("GoalParked"), goal["target"]
    silent = goal["imported"] and "ProgressReported" not in goal
    return silent or (parked is not None and (target is None or parked <= target))


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
