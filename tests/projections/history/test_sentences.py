"""Every kind of event has a sentence, in words a mentor would use."""

from domain.facts import Event
from domain.goal.events import (
    GoalAbandoned,
    GoalAgreed,
    GoalMet,
    GoalMetRetracted,
    GoalNotMet,
    GoalParked,
    GoalProposed,
    GoalResumed,
    ProgressReported,
)
from domain.journal.kinds import KINDS
from domain.participant.events import CapacitySet, MentorSlotReleased, MentorSlotTaken, ParticipantRegistered
from domain.program.events import (
    CoordinatorAssigned,
    CoordinatorReleased,
    Evaluation,
    ProgramDrafted,
    ProgramPublished,
    RoleDefined,
    SelectionCriterionSet,
    TermSet,
)
from domain.relationship.events import (
    Change,
    Closed,
    CoMentorJoined,
    CoMentorLeft,
    FeedbackGiven,
    FeedbackRetracted,
    FeedbackRevised,
    MilestoneReached,
    Paired,
    Paused,
    Reopened,
    Resumed,
    SessionChanges,
    SessionCorrected,
    SessionHeld,
    SessionReinstated,
    SessionVoided,
)
from projections.history.names import Names, short
from projections.history.sentences import SENTENCES
from projections.history.telling import Teller
from tests.support.deciding import on
from tests.support.scenes import named
from tests.support.stories import Story

ANN, BEN, CLEO, DAN, SPRING, BOND, GOAL = map(named, ("ann", "ben", "cleo", "dan", "spring", "bond", "goal"))
MARCH = on("2026-03-03")

TOLD: list[tuple[str, Event, str]] = [
    (
        "ann",
        ParticipantRegistered(
            reference="Ann", skills=("Go", "SQL"), interests=("tests",), profile="about me", occurred_on=MARCH
        ),
        "Ann takes part, skilled in Go and SQL, interested in tests; a profile is kept apart.",
    ),
    ("ben", ParticipantRegistered(reference="Ben", occurred_on=MARCH), "Ben takes part."),
    ("cleo", ParticipantRegistered(occurred_on=MARCH), f"{short(CLEO)} takes part."),
    ("ann", CapacitySet(max=1, occurred_on=MARCH), "Ann accepts at most 1 open relationship as a mentor."),
    (
        "spring",
        ProgramDrafted(name="Spring", time_zone="Europe/Berlin", occurred_on=MARCH),
        "The structured program Spring is planned, in the time zone Europe/Berlin.",
    ),
    (
        "spring",
        RoleDefined(role="mentor", expectations=("be there", "listen"), occurred_on=MARCH),
        "Spring expects of a mentor: be there; listen.",
    ),
    (
        "spring",
        SelectionCriterionSet(code="shared_skills", weight=3, required=True, occurred_on=MARCH),
        "Spring looks at shared skills when people are paired, with weight 3, and requires it.",
    ),
    (
        "spring",
        TermSet(
            term="2026",
            enroll_from=on("2026-01-01"),
            enroll_until=on("2026-02-01"),
            begins_on=MARCH,
            ends_on=on("2026-06-30"),
            evaluations=(Evaluation(code="midterm", on=on("2026-05-01")),),
            occurred_on=MARCH,
        ),
        (
            "The term 2026 of Spring runs from 3 March 2026 to 30 June 2026, enrollment from 1 January 2026 "
            "until 1 February 2026, midterm evaluation on 1 May 2026."
        ),
    ),
    (
        "spring",
        CoordinatorAssigned(person=BEN, occurred_on=MARCH),
        "Ben coordinates Spring from 3 March 2026 on.",
    ),
    (
        "spring",
        CoordinatorReleased(person=BEN, occurred_on=MARCH),
        "Ben no longer coordinates Spring from 3 March 2026 on.",
    ),
    ("spring", ProgramPublished(occurred_on=MARCH), "Spring is open to people."),
    (
        "bond",
        Paired(
            mentor=ANN,
            mentee=BEN,
            program=SPRING,
            term="2026",
            project="Bees",
            starts_on=MARCH,
            planned_end=on("2026-06-30"),
        ),
        ("Ann begins to mentor Ben (structured) on 3 March 2026 in Spring, 2026, on Bees, planned until 30 June 2026."),
    ),
    (
        "ann",
        MentorSlotTaken(relationship=BOND, serving_as="lead", mentee=BEN, program=SPRING, occurred_on=MARCH),
        "A place of Ann is taken, as lead mentor of Ben in Spring.",
    ),
    (
        "bond",
        CoMentorJoined(mentor=CLEO, joined_on=MARCH),
        f"{short(CLEO)} joins as co-mentor of Ben on 3 March 2026.",
    ),
    (
        "bond",
        CoMentorLeft(mentor=CLEO, left_on=MARCH),
        f"{short(CLEO)} leaves as co-mentor of Ben on 3 March 2026.",
    ),
    (
        "bond",
        SessionHeld(
            session=named("s"),
            held_on=MARCH,
            minutes=45,
            mode="video",
            topics=("code_review", "testing"),
            attended_by=(ANN, BEN),
            asserted_by=ANN,
            summary="we talked",
        ),
        (
            "Ann and Ben met on 3 March 2026 for 45 minutes by video, about code review and testing; "
            "a summary is kept apart."
        ),
    ),
    (
        "bond",
        SessionCorrected(
            session=named("s"),
            changes=SessionChanges(
                held_on=Change(was=MARCH, is_now=on("2026-03-04")), minutes=Change(was=45, is_now=30)
            ),
            rewritten=("summary",),
            reason="typo",
            by=ANN,
            summary="we spoke",
            occurred_on=on("2026-03-10"),
        ),
        (
            "The session of 3 March 2026 is put right (typo): the day 4 March 2026, not 3 March 2026; "
            "minutes 30, not 45; the summary was rewritten; a note is kept apart."
        ),
    ),
    (
        "bond",
        SessionVoided(session=named("s"), reason="never_happened", by=BEN, occurred_on=MARCH),
        "The session of 4 March 2026 no longer counts: it never happened.",
    ),
    (
        "bond",
        SessionReinstated(session=named("s"), reason="mix_up", by=BEN, occurred_on=MARCH),
        "The session of 4 March 2026 counts after all (mix up).",
    ),
    (
        "bond",
        FeedbackGiven(
            feedback=named("f"),
            author=BEN,
            to=ANN,
            ratings={"experience": 4},
            overall=5,
            fit="good",
            comment="!",
            occurred_on=MARCH,
        ),
        "Ben gives feedback on Ann: experience 4, overall 5, the fit is good; a comment is kept apart.",
    ),
    (
        "bond",
        FeedbackRevised(feedback=named("f"), ratings={"experience": 3}, occurred_on=MARCH),
        "Ben now sees Ann like this: experience 3.",
    ),
    (
        "bond",
        FeedbackRetracted(feedback=named("f"), reason="second_thoughts", occurred_on=MARCH),
        "Ben takes back the feedback on Ann (second thoughts).",
    ),
    (
        "bond",
        FeedbackGiven(
            feedback=named("g"),
            about="closure",
            author=ANN,
            to=ANN,
            ratings={"patience": 2},
            occurred_on=MARCH,
        ),
        "Ann gives feedback on themselves at the end: patience 2.",
    ),
    (
        "bond",
        MilestoneReached(code="first_talk", on=MARCH, by=BEN),
        "Ann and Ben reached the milestone first talk on 3 March 2026.",
    ),
    (
        "bond",
        Paused(reason="holiday", until=on("2026-04-01"), by=BEN, occurred_on=MARCH),
        "Ann and Ben pause from 3 March 2026 on (holiday), until about 1 April 2026.",
    ),
    ("bond", Resumed(by=BEN, occurred_on=on("2026-04-01")), "Ann and Ben go on from 1 April 2026."),
    (
        "goal",
        GoalProposed(
            relationship=BOND,
            category="career",
            skills=("SQL",),
            target_on=on("2026-06-01"),
            by=BEN,
            title="Write",
            occurred_on=MARCH,
        ),
        "Ben proposes goal 1 (career), for SQL, by 1 June 2026; its wording is kept apart.",
    ),
    ("goal", GoalAgreed(by=ANN, occurred_on=MARCH), "Goal 1 (career) is agreed by Ann."),
    (
        "goal",
        ProgressReported(percent=40, by=BEN, reason="lost_work", occurred_on=MARCH),
        "Ben sees goal 1 (career) at 40 percent (lost work).",
    ),
    ("goal", GoalParked(occurred_on=MARCH), "Goal 1 (career) is left open as the relationship ends."),
    ("goal", GoalResumed(occurred_on=MARCH), "Goal 1 (career) is taken up again with the relationship."),
    (
        "goal",
        GoalMet(met_on=MARCH, asserted_by=BEN, evidence="look"),
        "Goal 1 (career) is met on 3 March 2026, as Ben says; the evidence is kept apart.",
    ),
    (
        "goal",
        GoalMetRetracted(by=ANN, reason="not_yet", occurred_on=MARCH),
        "Goal 1 (career) was not met after all, as Ann says (not yet).",
    ),
    (
        "goal",
        GoalNotMet(by=ANN, reason="no_time", occurred_on=MARCH),
        "Goal 1 (career) was not met, as Ann says (no time).",
    ),
    (
        "goal",
        GoalAbandoned(by=BEN, reason="moved", occurred_on=MARCH),
        "Goal 1 (career) is given up by Ben (moved).",
    ),
    (
        "bond",
        Closed(ended_on=MARCH, reason="mentee_time", initiated_by="mentee", anticipated=False, by="operator"),
        "Ann and Ben end on 3 March 2026: mentee time, on the wish of the mentee, unforeseen.",
    ),
    (
        "bond",
        Reopened(reason="mistake", approved_by="operator", occurred_on=on("2026-03-05")),
        "The end is undone (mistake): Ann and Ben are open again from 5 March 2026, approved by operator.",
    ),
    ("ann", MentorSlotReleased(relationship=BOND, occurred_on=MARCH), "A place of Ann is free again."),
]


def test_every_kind_has_a_sentence() -> None:
    assert set(SENTENCES) == set(KINDS)
    assert {event.kind for _, event, _ in TOLD} == set(KINDS)


def test_what_happened_is_told_in_words_a_mentor_would_use(database: str) -> None:
    story = Story()
    for stream, event, _ in TOLD:
        story.tell(stream, event)
    with story.written(database) as journal:
        teller = Teller(Names(journal))
        tellings = [(entry.kind, teller.tell(entry)) for entry in journal.entries()]
    assert [(kind, telling.sentence) for kind, telling in tellings] == [
        (event.kind, sentence) for _, event, sentence in TOLD
    ]
    assert [kind for kind, telling in tellings if not telling.fits] == []


def test_no_personal_text_is_ever_told() -> None:
    assert not any(text in sentence for _, event, sentence in TOLD for text in event.personal().values())
