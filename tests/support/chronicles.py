"""Histories drawn at random that could have happened: a few people, two programs, whatever becomes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal, get_args

from hypothesis import strategies as st

from domain.facts import Event
from domain.goal import events as goal
from domain.participant.events import CapacitySet, MentorSlotReleased, MentorSlotTaken
from domain.relationship import events as happened
from tests.support.scenes import named
from tests.support.stories import Story, drafted, registered, term

Wish = tuple[int, int, int, int]
"""What kind of thing happens, to whom, after how many days, and with which details."""

START = date(2025, 1, 1)
MENTORS, MENTEES = ("ann", "ada", "abe"), ("ben", "bea", "bob", "bix")
PLACES = (("spring", "t1"), ("spring", "t2"), ("fall", "t1"), ("spring", None), (None, None))
REASONS = get_args(happened.ClosureReason)
WISHES = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 60), st.integers(0, 10_000)),
    max_size=60,
)


@dataclass
class Bond:
    """A relationship as far as it matters for what can happen next."""

    name: str
    mentor: str
    mentee: str
    program: str | None
    today: date
    state: Literal["active", "paused", "closed"] = "active"
    sessions: dict[str, bool] = field(default_factory=dict)
    """By name: whether it is void."""
    feedback: dict[str, bool] = field(default_factory=dict)
    """By name: whether it was taken back."""
    goals: dict[str, str] = field(default_factory=dict)
    agreed: set[str] = field(default_factory=set)
    co_mentors: set[str] = field(default_factory=set)
    days: dict[str, date] = field(default_factory=dict)
    """By session: the day."""
    starts_on: date = START


class Chronicle:
    """Turns wishes into events, passing over what could not be."""

    def __init__(self, wishes: Sequence[Wish]) -> None:
        self.story = Story()
        self.bonds: list[Bond] = []
        self._count = 0
        for person in (*MENTORS, *MENTEES):
            self._tell(person, registered(person, START.isoformat()))
        for program in ("spring", "fall"):
            self._tell(program, drafted(program, START.isoformat()))
        self._tell("spring", term("t2", "2025-06-01"))
        self._tell("spring", term("t1", "2025-01-01", "2025-05-31"))
        for wish in wishes:
            self._happens(*wish)

    def _happens(self, what: int, whom: int, later: int, how: int) -> None:
        if not self.bonds or what % 8 == 0:
            self._pair(whom, later, how)
            return
        bond = self.bonds[whom % len(self.bonds)]
        acts = (self._session, self._session_again, self._feedback, self._goal, self._life, self._company)
        acts[what % len(acts)](bond, later, how)

    def _tell(self, stream: str, event: Event, source: str = "live") -> None:
        self.story.tell(stream, event, source=source)

    def _name(self, what: str) -> str:
        self._count += 1
        return f"{what} {self._count}"

    def _pair(self, whom: int, later: int, how: int) -> None:
        mentor, mentee = MENTORS[whom % 3], MENTEES[how % 4]
        program, its_term = PLACES[(whom // 3) % len(PLACES)]
        day = START + timedelta(later * 5)
        name = self._name("bond")
        planned = day + timedelta(how % 200) if how % 3 else None
        event = happened.Paired(
            mentor=named(mentor),
            mentee=named(mentee),
            program=named(program) if program else None,
            term=its_term,
            starts_on=day,
            planned_end=planned,
        )
        self._tell(name, event, "imported" if how % 5 == 0 else "live")
        self._slot(mentor, name, mentee, program, day, "lead")
        self.bonds.append(Bond(name, mentor, mentee, program, day, starts_on=day))

    def _slot(
        self, mentor: str, bond: str, mentee: str, program: str | None, day: date, serving: Literal["lead", "co"]
    ) -> None:
        taken = MentorSlotTaken(
            relationship=named(bond),
            serving_as=serving,
            mentee=named(mentee),
            program=named(program) if program else None,
            occurred_on=day,
        )
        self._tell(mentor, taken)

    def _session(self, bond: Bond, later: int, how: int) -> None:
        if bond.state == "closed":
            return
        name = self._name("session")
        bond.today += timedelta(later)
        bond.sessions[name], bond.days[name] = False, bond.today
        event = happened.SessionHeld(
            session=named(name),
            held_on=bond.today,
            minutes=5 + how % 150,
            attended_by=(named(bond.mentor),),
            asserted_by=named(bond.mentor),
        )
        self._tell(bond.name, event, ("live", "backfilled", "imported")[how % 3])

    def _session_again(self, bond: Bond, later: int, how: int) -> None:
        if not bond.sessions:
            return
        name = sorted(bond.sessions)[how % len(bond.sessions)]
        said: dict[str, Any] = {"session": named(name), "by": "operator", "occurred_on": bond.today}
        if bond.sessions[name]:
            self._tell(bond.name, happened.SessionReinstated(reason="mistake", **said))
            bond.sessions[name] = False
        elif how % 2:
            self._tell(bond.name, happened.SessionVoided(reason="duplicate", **said))
            bond.sessions[name] = True
        else:
            was = bond.days[name]
            now = max(bond.starts_on, was + timedelta(later - 20))
            bond.days[name] = now
            changes = happened.SessionChanges(
                held_on=happened.Change(was=was, is_now=now),
                minutes=happened.Change(was=5, is_now=5 + how % 140),
            )
            self._tell(bond.name, happened.SessionCorrected(changes=changes, reason="typo", **said))

    def _feedback(self, bond: Bond, later: int, how: int) -> None:
        bond.today += timedelta(later // 3)
        given: dict[str, Any] = {
            "ratings": {"patience": 1 + how % 5, **({"experience": 1 + how % 4} if how % 2 else {})},
            "occurred_on": bond.today,
        }
        live = [name for name, retracted in bond.feedback.items() if not retracted]
        if live and how % 3 == 0:
            self._tell(bond.name, happened.FeedbackRevised(feedback=named(live[-1]), **given))
        elif live and how % 3 == 1:
            bond.feedback[live[-1]] = True
            taken_back = happened.FeedbackRetracted(feedback=named(live[-1]), reason="other", occurred_on=bond.today)
            self._tell(bond.name, taken_back)
        else:
            name = self._name("feedback")
            bond.feedback[name] = False
            parties = [bond.mentee, bond.mentor, *sorted(bond.co_mentors)]
            author = parties[(how // 7) % 2 * (how % 2)]
            event = happened.FeedbackGiven(
                feedback=named(name), author=named(author), to=named(parties[1 + how % (len(parties) - 1)]), **given
            )
            self._tell(bond.name, event)

    def _goal(self, bond: Bond, later: int, how: int) -> None:
        bond.today += timedelta(later // 4)
        by: dict[str, Any] = {"by": "operator", "occurred_on": bond.today}
        open_goals = [name for name, state in bond.goals.items() if state in ("proposed", "agreed")]
        if not open_goals or how % 5 == 0:
            met = [name for name, state in bond.goals.items() if state == "met"]
            if met and how % 2:
                bond.goals[met[0]] = "agreed"
                self._tell(met[0], goal.GoalMetRetracted(reason="not_yet", **by))
            elif bond.state == "active":
                name = self._name("goal")
                bond.goals[name] = "proposed"
                target = bond.today + timedelta(how % 120) if how % 4 else None
                proposed = goal.GoalProposed(relationship=named(bond.name), target_on=target, **by)
                self._tell(name, proposed, "imported" if how % 7 == 0 else "live")
            return
        name = open_goals[how % len(open_goals)]
        if bond.goals[name] == "proposed":
            bond.goals[name] = "agreed"
            bond.agreed.add(name)
            self._tell(name, goal.GoalAgreed(**by))
        elif how % 5 == 1:
            self._tell(name, goal.ProgressReported(percent=how % 101, **by))
        else:
            bond.goals[name], event = {
                2: ("met", goal.GoalMet(met_on=bond.today, asserted_by="operator")),
                3: ("not_met", goal.GoalNotMet(reason="other", **by)),
                4: ("abandoned", goal.GoalAbandoned(reason="other", **by)),
            }[how % 5]
            self._tell(name, event)

    def _life(self, bond: Bond, later: int, how: int) -> None:
        bond.today += timedelta(later)
        on: dict[str, Any] = {"occurred_on": bond.today}
        mentors = (bond.mentor, *sorted(bond.co_mentors))
        if bond.state == "closed":
            bond.state = "active"
            self._tell(bond.name, happened.Reopened(reason="mistake", approved_by="operator", **on))
            for mentor in mentors:
                serving: Literal["lead", "co"] = "lead" if mentor == bond.mentor else "co"
                self._slot(mentor, bond.name, bond.mentee, bond.program, bond.today, serving)
            for name in [name for name, state in bond.goals.items() if state == "parked"]:
                self._tell(name, goal.GoalResumed(**on))
                bond.goals[name] = "agreed" if name in bond.agreed else "proposed"
        elif how % 3 == 0:
            bond.state = "closed"
            closed = happened.Closed(
                ended_on=bond.today,
                reason=REASONS[how % len(REASONS)],
                initiated_by="both",
                anticipated=True,
                by="operator",
            )
            self._tell(bond.name, closed)
            for mentor in mentors:
                self._tell(mentor, MentorSlotReleased(relationship=named(bond.name), **on))
            for name in [name for name, state in bond.goals.items() if state in ("proposed", "agreed")]:
                self._tell(name, goal.GoalParked(**on))
                bond.goals[name] = "parked"
        elif bond.state == "paused":
            bond.state = "active"
            self._tell(bond.name, happened.Resumed(by="operator", **on))
        else:
            bond.state = "paused"
            self._tell(bond.name, happened.Paused(reason="holiday", by="operator", **on))

    def _company(self, bond: Bond, later: int, how: int) -> None:
        if how % 3 == 0:
            most = CapacitySet(max=how % 4, occurred_on=START + timedelta(later * 3))
            self._tell(MENTORS[how % 3], most)
            return
        if bond.state == "closed":
            return  # nobody is left to leave it, and nobody joins
        joining = MENTORS[(MENTORS.index(bond.mentor) + 1 + how % 2) % 3]
        bond.today += timedelta(later // 2)
        if joining in bond.co_mentors:
            bond.co_mentors.remove(joining)
            self._tell(bond.name, happened.CoMentorLeft(mentor=named(joining), left_on=bond.today))
            self._tell(joining, MentorSlotReleased(relationship=named(bond.name), occurred_on=bond.today))
        else:
            bond.co_mentors.add(joining)
            self._tell(bond.name, happened.CoMentorJoined(mentor=named(joining), joined_on=bond.today))
            self._slot(joining, bond.name, bond.mentee, bond.program, bond.today, "co")


CHRONICLES = st.builds(Chronicle, WISHES)
