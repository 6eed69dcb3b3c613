"""A row becomes facts. Capacity and windows do not bind it: what somebody else has already decided is taken over."""

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from domain.closing import slots_released
from domain.decider import Command, Fact, Stamp, States, Stream
from domain.goal.events import GoalAgreed, GoalProposed
from domain.goal.state import Goal
from domain.participant.capacity import slot_taken
from domain.participant.events import ParticipantRegistered
from domain.participant.registering import participant_id
from domain.participant.state import Participant
from domain.program.events import Evaluation, ProgramDrafted, TermSet
from domain.program.state import Program
from domain.relationship.events import Closed, CoMentorJoined, Paired
from domain.relationship.state import Relationship
from domain.roster.row import COLUMNS, DATES, Row
from domain.rules import Rules


class Finding(NamedTuple):
    """What a row comes to: it is new, adds the end that has come since, is there already, or differs."""

    what: Literal["imported", "closed", "unchanged", "differs"]
    columns: tuple[str, ...] = ()
    """Those in which it differs from the journal."""


def compare(states: States, row: Row, stamp: Stamp, written_goal: str | None = None) -> Finding:
    """What this row comes to beside what the journal knows.

    States hold no personal text: who has read the goal's measure in the journal says it as `written_goal`.
    """
    relationship = states.find(Relationship, row.relationship_id)
    differing = set(_differing_calendar(states, row))
    if relationship.status:
        differing.update(_differing_pairing(relationship, row), _differing_goal(states, row))
        if written_goal is not None and written_goal != row.goal:
            differing.add("goal")
    ended = _has_ended(states, row, stamp)
    to_close = ended and relationship.is_open and len(relationship.opened) == 1
    if to_close and _went_on(relationship, row.ends_on):
        differing.add("ends_on")
    if differing:
        return Finding("differs", tuple(column for column in COLUMNS if column in differing))
    if not relationship.status:
        return Finding("imported")
    return Finding("closed" if to_close else "unchanged")


def over_capacity(states: States, row: Row, rules: Rules) -> bool:
    """Whether the lead, on the day the row begins, has more open relationships with it than they accept."""
    lead = states.find(Participant, row.mentor_ids[0])
    others = lead.load_on(row.begins_on, rules, but=row.relationship_id)
    return others + 1 > lead.capacity(rules)


class ImportRow(Command):
    """Take over one row, whole or not at all. A row that differs from what was taken over before writes nothing."""

    row: Row

    @property
    def target(self) -> Stream:
        return Stream(Relationship, self.row.relationship_id)

    def concerns(self, states: States) -> Iterator[Stream]:
        row = self.row
        yield self.target
        yield Stream(Program, row.program_id)
        for person in (*row.mentor_ids, row.mentee_id):
            yield Stream(Participant, person)
        for co_mentor in states.find(Relationship, row.relationship_id).present_co_mentors():
            yield Stream(Participant, co_mentor)
        yield Stream(Goal, row.goal_id)

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        row = self.row
        match compare(states, row, stamp).what:
            case "imported":
                facts = [*_frame(states, row, stamp), *_people(states, row), *_pairing(row), *_goal(row, stamp)]
                return facts + _end(row, row.mentor_ids, stamp) if _has_ended(states, row, stamp) else facts
            case "closed":
                return _end(row, states.find(Relationship, row.relationship_id).mentors(), stamp)
            case _:
                return []


def _has_ended(states: States, row: Row, stamp: Stamp) -> bool:
    return row.ends_on < stamp.today(states.find(Program, row.program_id).time_zone)


def _differing_calendar(states: States, row: Row) -> Iterator[str]:
    """The columns in which the journal knows another calendar of this term."""
    term = states.find(Program, row.program_id).terms.get(row.term)
    if term is None:
        return
    evaluations = {evaluation.code: evaluation.on for evaluation in term.evaluations}
    known = (term.begins_on, evaluations.get("midterm"), evaluations.get("final"), term.ends_on)
    for column, theirs, ours in zip(DATES, known, row.calendar, strict=True):
        if theirs != ours:
            yield column


def _differing_pairing(relationship: Relationship, row: Row) -> Iterator[str]:
    """The columns in which this relationship began differently. What has become of it since does not matter."""
    paired = relationship.paired
    if paired.starts_on != row.begins_on:
        yield "begins_on"
    if paired.planned_end != row.ends_on:
        yield "ends_on"
    lead, *co_mentors = row.mentor_ids
    joined = {member.person for member in relationship.co_mentors if member.joined_on == paired.starts_on}
    if paired.mentor != lead or joined != set(co_mentors):
        yield "mentors"


def _differing_goal(states: States, row: Row) -> Iterator[str]:
    proposal = states.find(Goal, row.goal_id).proposal
    if proposal is not None and proposal.skills != row.skills:
        yield "skills"


def _went_on(relationship: Relationship, day: date) -> bool:
    """Whether the journal knows that it had not ended on this day."""
    sessions = (session.held_on for session in relationship.live_sessions())
    return max((relationship.last_witnessed(), *sessions)) > day


def _frame(states: States, row: Row, stamp: Stamp) -> Iterator[Fact]:
    """The program and the term, where the journal does not know them."""
    program = states.find(Program, row.program_id)
    stream = Stream(Program, row.program_id)
    if not program.status:
        yield Fact(
            stream,
            ProgramDrafted(name=row.program, time_zone=stamp.rules.time_zone, occurred_on=row.begins_on),
        )
    if row.term not in program.terms:
        evaluations = (
            Evaluation(code="midterm", on=row.midterm_evaluation_on),
            Evaluation(code="final", on=row.final_evaluation_on),
        )
        yield Fact(
            stream,
            TermSet(
                term=row.term,
                begins_on=row.begins_on,
                ends_on=row.ends_on,
                evaluations=evaluations,
                occurred_on=row.begins_on,
            ),
        )


def _people(states: States, row: Row) -> Iterator[Fact]:
    """Those whom the journal does not know."""
    for reference in (*row.mentors, row.mentee):
        id = participant_id(reference)
        if not states.find(Participant, id).status:
            yield Fact(
                Stream(Participant, id),
                ParticipantRegistered(reference=reference, occurred_on=row.begins_on),
            )


def _pairing(row: Row) -> Iterator[Fact]:
    """The first mentor leads, the others join on the same day; each gives a place."""
    lead, *co_mentors = row.mentor_ids
    id, mentee, program, day = row.relationship_id, row.mentee_id, row.program_id, row.begins_on
    stream = Stream(Relationship, id)
    yield Fact(
        stream,
        Paired(
            mentor=lead,
            mentee=mentee,
            program=program,
            term=row.term,
            project=row.project,
            starts_on=day,
            planned_end=row.ends_on,
        ),
    )
    yield slot_taken(lead, id, "lead", mentee, program, day)
    for co_mentor in co_mentors:
        yield Fact(stream, CoMentorJoined(mentor=co_mentor, joined_on=day))
        yield slot_taken(co_mentor, id, "co", mentee, program, day)


def _goal(row: Row, stamp: Stamp) -> Iterator[Fact]:
    """The goal, proposed and agreed on the day the row begins. Nobody says that it was met."""
    stream = Stream(Goal, row.goal_id)
    proposed = GoalProposed(
        relationship=row.relationship_id,
        skills=row.skills,
        target_on=row.ends_on,
        by=stamp.acting,
        title=row.title,
        measure=row.goal,
        occurred_on=row.begins_on,
    )
    yield Fact(stream, proposed, (row.mentee_id, *row.mentor_ids))
    yield Fact(stream, GoalAgreed(by=stamp.acting, occurred_on=row.begins_on))


def _end(row: Row, mentors: tuple[str, ...], stamp: Stamp) -> list[Fact]:
    """The planned end, and the places free again. The goal is left as it is: its outcome stays unknown."""
    closed = Closed(
        ended_on=row.ends_on,
        reason="planned_end",
        initiated_by="program",
        anticipated=True,
        by=stamp.acting,
    )
    return [
        Fact(Stream(Relationship, row.relationship_id), closed),
        *slots_released(row.relationship_id, mentors, row.ends_on),
    ]
