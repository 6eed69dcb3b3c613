"""A row becomes facts, once; what has changed since is told, and never merged."""

from datetime import UTC, datetime
from pathlib import Path

from domain.closing import CloseRelationship, ReopenRelationship
from domain.decider import Stamp, Stream
from domain.goal import Goal, ReportProgress
from domain.goal.events import GoalAgreed, GoalProposed
from domain.participant import Participant, RegisterParticipant, SetCapacity
from domain.participant.events import MentorSlotReleased, MentorSlotTaken, ParticipantRegistered
from domain.participant.registering import participant_id
from domain.program import Program, SetTerm
from domain.program.events import Evaluation, ProgramDrafted, TermSet
from domain.refusals import Refusal
from domain.relationship import HoldSession, JoinCoMentor, LeaveCoMentor, Pair, Relationship
from domain.relationship.events import Closed, CoMentorJoined, Paired
from domain.roster import Finding, ImportRow, Numbered, Row, compare, over_capacity, read_roster
from domain.rules import Rules
from tests.support.deciding import NOW, Scene, given, on
from tests.support.rosters import row
from tests.support.scenes import SESSION, named

ROW = row()
SPRING = datetime(2025, 4, 1, 12, tzinfo=UTC)
"""While the row's relationship runs; at NOW it has ended."""
BEGIN, END = ROW.begins_on, ROW.ends_on
LEAD, CO = ROW.mentor_ids
HERE = Stream(Relationship, ROW.relationship_id)


def stamp(now: datetime = NOW) -> Stamp:
    return Stamp(now, "operator", "operator", "import", source="imported")


def imported(now: datetime = NOW, *rows: Row) -> Scene:
    scene = given()
    for each in rows or (ROW,):
        assert scene.when(ImportRow(row=each), now=now).facts
    return scene


def finding(scene: Scene, each: Row, now: datetime = NOW, written_goal: str | None = None) -> Finding:
    """What the row comes to; and deciding writes accordingly."""
    found = compare(scene.states, each, stamp(now), written_goal)
    writes = bool(ImportRow(row=each).decide(scene.states, stamp(now)))
    assert writes == (found.what in ("imported", "closed")) or written_goal is not None
    return found


# what a row becomes


def test_a_row_that_runs_becomes_a_relationship_with_its_frame_its_people_and_its_goal() -> None:
    people = [("mentor-1", LEAD), ("mentor-2", CO), ("mentee-1", ROW.mentee_id)]
    program, goal = Stream(Program, ROW.program_id), Stream(Goal, ROW.goal_id)
    outcome = given().when(ImportRow(row=ROW), now=SPRING)
    outcome.then_facts(
        [
            (program, ProgramDrafted(name="Open Source", occurred_on=BEGIN)),
            (
                program,
                TermSet(
                    term="2025 Spring",
                    begins_on=BEGIN,
                    ends_on=END,
                    evaluations=(
                        Evaluation(code="midterm", on=on("2025-04-15")),
                        Evaluation(code="final", on=on("2025-05-27")),
                    ),
                    occurred_on=BEGIN,
                ),
            ),
            *(
                (Stream(Participant, id), ParticipantRegistered(reference=reference, occurred_on=BEGIN))
                for reference, id in people
            ),
            (
                HERE,
                Paired(
                    mentor=LEAD,
                    mentee=ROW.mentee_id,
                    program=ROW.program_id,
                    term="2025 Spring",
                    project="Parser",
                    starts_on=BEGIN,
                    planned_end=END,
                ),
            ),
            (
                Stream(Participant, LEAD),
                MentorSlotTaken(
                    relationship=HERE.id,
                    serving_as="lead",
                    mentee=ROW.mentee_id,
                    program=ROW.program_id,
                    occurred_on=BEGIN,
                ),
            ),
            (HERE, CoMentorJoined(mentor=CO, joined_on=BEGIN)),
            (
                Stream(Participant, CO),
                MentorSlotTaken(
                    relationship=HERE.id,
                    serving_as="co",
                    mentee=ROW.mentee_id,
                    program=ROW.program_id,
                    occurred_on=BEGIN,
                ),
            ),
            (
                goal,
                GoalProposed(
                    relationship=HERE.id,
                    skills=("Rust", "C", "profiling"),
                    target_on=END,
                    by="operator",
                    title="Faster parsing",
                    measure="Parse twice as fast.",
                    occurred_on=BEGIN,
                ),
            ),
            (goal, GoalAgreed(by="operator", occurred_on=BEGIN)),
        ]
    )
    [personal] = [fact.concerning for fact in outcome.facts if fact.concerning]
    assert personal == (ROW.mentee_id, LEAD, CO)


CLOSED = [
    (
        HERE,
        Closed(ended_on=END, reason="planned_end", initiated_by="program", anticipated=True, by="operator"),
    ),
    (Stream(Participant, LEAD), MentorSlotReleased(relationship=HERE.id, occurred_on=END)),
    (Stream(Participant, CO), MentorSlotReleased(relationship=HERE.id, occurred_on=END)),
]


def test_a_row_that_has_ended_is_closed_too_and_its_goals_outcome_stays_unknown() -> None:
    scene = given()
    facts = scene.when(ImportRow(row=ROW)).facts
    assert [(fact.stream, fact.event) for fact in facts[-3:]] == CLOSED
    assert scene.states.get(Relationship, HERE.id).status == "closed"
    assert scene.states.get(Goal, ROW.goal_id).status == "agreed"


def test_the_last_day_of_a_row_is_not_past_yet() -> None:
    last = datetime(2025, 5, 30, 23, 59, tzinfo=UTC)
    assert imported(last).states.get(Relationship, HERE.id).status == "active"


def test_what_the_journal_knows_already_is_not_written_again() -> None:
    other = row(mentee="mentee-2")
    facts = imported().when(ImportRow(row=other)).facts
    assert [fact.event.kind for fact in facts if fact.event.kind in ("ProgramDrafted", "TermSet")] == []
    assert [fact.stream.id for fact in facts if fact.event.kind == "ParticipantRegistered"] == [
        participant_id("mentee-2")
    ]


def test_a_person_who_registered_themselves_is_the_person_of_the_row() -> None:
    known = RegisterParticipant(id=LEAD, reference="mentor-1")
    facts = given(known).when(ImportRow(row=ROW)).facts
    assert len([fact for fact in facts if fact.event.kind == "ParticipantRegistered"]) == 2


# again


def test_importing_again_adds_nothing() -> None:
    for now in (SPRING, NOW):
        assert finding(imported(now), ROW, now) == Finding("unchanged")


def test_a_later_import_adds_the_end_and_nothing_else() -> None:
    scene = imported(SPRING)
    assert finding(scene, ROW) == Finding("closed")
    scene.when(ImportRow(row=ROW)).then_facts(CLOSED).when(ImportRow(row=ROW)).then([])


def test_a_row_that_changed_is_told_by_its_columns_and_never_merged() -> None:
    scene = imported(SPRING)
    assert finding(scene, row(skills="Go")) == Finding("differs", ("skills",))
    assert finding(scene, row(mentors="mentor-2 mentor-1")) == Finding("differs", ("mentors",))
    assert finding(scene, row(mentors="mentor-1")) == Finding("differs", ("mentors",))
    columns = ("begins_on", "midterm_evaluation_on", "ends_on", "mentors")
    later = row(begins_on="2025-03-04", midterm_evaluation_on="2025-04-16", ends_on="2025-06-01", mentors="mentor-1")
    assert finding(scene, later) == Finding("differs", columns)


def test_another_goal_is_told_by_who_has_read_the_one_that_was_written() -> None:
    scene = imported()
    other = row(goal="Parse thrice as fast.")
    assert finding(scene, other, written_goal=ROW.goal) == Finding("differs", ("goal",))
    assert finding(scene, ROW, written_goal=ROW.goal) == Finding("unchanged")


def test_a_new_row_whose_term_has_another_calendar_in_the_journal_differs() -> None:
    scene = imported()
    other = row(mentee="mentee-2", final_evaluation_on="2025-05-28")
    assert finding(scene, other) == Finding("differs", ("final_evaluation_on",))


def test_a_term_that_was_amended_here_differs() -> None:
    amended = SetTerm(program=ROW.program_id, term=ROW.term, begins_on=BEGIN, ends_on=END)
    scene = imported()
    scene.when(amended)
    assert finding(scene, ROW) == Finding("differs", ("midterm_evaluation_on", "final_evaluation_on"))


# what has become of it since


def close(day: str) -> CloseRelationship:
    return CloseRelationship(
        relationship=HERE.id, ended_on=on(day), reason="moved", initiated_by="mentee", anticipated=False
    )


def test_what_has_become_of_a_relationship_since_makes_no_difference() -> None:
    scene = imported(SPRING)
    for wish in (
        HoldSession(relationship=HERE.id, session=SESSION, held_on=on("2025-03-20"), minutes=45),
        ReportProgress(goal=ROW.goal_id, percent=50),
        LeaveCoMentor(relationship=HERE.id, mentor=CO, left_on=on("2025-03-25")),
        RegisterParticipant(id=named("new")),
        JoinCoMentor(relationship=HERE.id, mentor=named("new"), joined_on=on("2025-03-26")),
    ):
        assert scene.when(wish, now=SPRING).facts
    assert finding(scene, ROW, SPRING) == Finding("unchanged")
    [closed, *released] = scene.when(ImportRow(row=ROW)).facts
    assert closed.event == CLOSED[0][1]
    assert [fact.stream.id for fact in released] == [LEAD, named("new")]


def test_what_was_closed_here_stays_as_it_was_closed() -> None:
    scene = imported(SPRING)
    scene.when(close("2025-03-20"), now=SPRING)
    assert finding(scene, ROW) == Finding("unchanged")


def test_what_was_reopened_here_is_not_closed_again() -> None:
    scene = imported(datetime(2025, 6, 10, tzinfo=UTC))
    assert scene.when(ReopenRelationship(relationship=HERE.id, reason="goes_on", occurred_on=on("2025-06-10"))).facts
    assert finding(scene, ROW) == Finding("unchanged")


def test_what_went_on_here_after_the_rows_end_differs() -> None:
    scene = imported(SPRING)
    late = HoldSession(relationship=HERE.id, session=SESSION, held_on=on("2025-06-15"), minutes=45)
    assert scene.when(late).facts
    assert finding(scene, ROW) == Finding("differs", ("ends_on",))


# capacity


def test_places_are_taken_above_capacity_and_that_is_told() -> None:
    rows = [row(mentee=f"mentee-{number}", mentors="mentor-1") for number in range(3)]
    scene, told = given(), []
    for each in rows:
        scene.when(ImportRow(row=each))
        told.append(over_capacity(scene.states, each, Rules()))
    assert told == [False, False, True]


def test_capacity_is_judged_on_the_day_the_row_begins() -> None:
    first, second = (row(mentee=f"mentee-{number}", mentors="mentor-1") for number in (1, 2))
    days = {"midterm_evaluation_on": "2025-06-15", "final_evaluation_on": "2025-07-01", "ends_on": "2025-07-01"}
    next_term = row(term="2025 Summer", begins_on="2025-05-30", **days, mentors="mentor-1")
    overlapping = row(term="2025 May", begins_on="2025-05-29", **days, mentors="mentor-1")
    scene = imported(NOW, first, second)
    assert not over_capacity(scene.states, next_term, Rules())
    assert over_capacity(scene.states, overlapping, Rules())


def test_a_mentor_whom_an_import_overbooked_is_not_paired_until_a_place_is_free() -> None:
    scene = imported(SPRING, *(row(mentee=f"mentee-{number}", mentors="mentor-1") for number in range(3)))
    scene.when(RegisterParticipant(id=named("new")))
    pair = Pair(id=named("pair"), mentor=LEAD, mentee=named("new"), kind="informal")
    scene.when(pair).refused(Refusal.CAPACITY_FULL, "mentor")
    scene.when(SetCapacity(participant=LEAD, max=4))
    assert scene.when(pair).facts


def test_the_real_roster_is_imported_once(roster: Path) -> None:
    scene = given()
    for found in read_roster(roster):
        assert isinstance(found, Numbered)
        scene.states.write(ImportRow(row=found.row).decide(scene.states, stamp()))
    relationships = [state for stream, (state, _) in scene.states.at.items() if stream.of is Relationship]
    participants = [state for stream, (state, _) in scene.states.at.items() if stream.of is Participant]
    assert (len(relationships), len(participants)) == (556, 424 + 556)
    assert {finding(scene, each.row) for each in read_roster(roster) if isinstance(each, Numbered)} == {
        Finding("unchanged")
    }
