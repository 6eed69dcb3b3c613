"""Every figure by hand: events in, the full answer out, and again after some of it was taken back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Literal

import pytest

from domain.goal.events import GoalAgreed, GoalMet, GoalMetRetracted, GoalParked, GoalProposed, GoalResumed
from domain.journal import Journal, moment
from domain.participant.events import CapacitySet, MentorSlotReleased, MentorSlotTaken
from domain.refusals import Unknown
from domain.relationship.events import (
    Closed,
    CoMentorJoined,
    FeedbackGiven,
    FeedbackRetracted,
    FeedbackRevised,
    Quality,
    Reopened,
    SessionReinstated,
    SessionVoided,
)
from projections.questions import Asked, of_mentor, of_scope, relationships
from projections.views import Views
from tests.support.deciding import on
from tests.support.scenes import named
from tests.support.stories import FIRST, Story, drafted, held, paired, registered, term


def slot(bond: str, mentee: str, day: str, serving: Literal["lead", "co"] = "lead") -> MentorSlotTaken:
    return MentorSlotTaken(
        relationship=named(bond),
        serving_as=serving,
        mentee=named(mentee),
        program=named("spring"),
        occurred_on=on(day),
    )


def feedback(author: str, to: str, day: str = "2026-02-15", **ratings: int) -> FeedbackGiven:
    rated: dict[Quality, int] = ratings  # type: ignore[assignment]
    return FeedbackGiven(
        feedback=named(f"{author} on {to}"),
        author=named(author),
        to=named(to),
        ratings=rated,
        occurred_on=on(day),
    )


def goal(bond: str, target: str | None) -> GoalProposed:
    return GoalProposed(
        relationship=named(bond),
        target_on=on(target) if target else None,
        by="operator",
        occurred_on=on("2026-01-10"),
    )


def spring() -> Story:
    """Ann mentors Ben (with Cleo) and, until February, Dan; Cleo mentors Eve, and they have not met."""
    story = Story()
    for person in ("Ann", "Ben", "Cleo", "Dan", "Eve"):
        story.tell(person.lower(), registered(person))
    story.tell("spring", drafted("Spring")).tell("empty", drafted("Empty"))
    story.tell("spring", term("2026", "2026-01-05", "2026-06-30"))
    story.tell("ann", CapacitySet(max=1, occurred_on=on("2026-01-02")))
    in_spring: dict[str, Any] = {"program": "spring", "term": "2026", "planned_end": "2026-06-30"}
    story.tell("first", paired("2026-01-05", **in_spring)).tell("ann", slot("first", "ben", "2026-01-05"))
    story.tell("first", CoMentorJoined(mentor=named("cleo"), joined_on=on("2026-01-10")))
    story.tell("cleo", slot("first", "ben", "2026-01-10", "co"))
    story.tell("second", paired("2026-01-05", mentee="dan", **in_spring))
    story.tell("ann", slot("second", "dan", "2026-01-05"))
    story.tell("third", paired("2026-02-01", mentor="cleo", mentee="eve", **in_spring))
    story.tell("cleo", slot("third", "eve", "2026-02-01"))
    for name, day, minutes in (
        ("one", "2026-01-15", 60),
        ("long", "2026-02-01", 150),
        ("short", "2026-02-10", 10),
        ("void", "2026-02-12", 30),
    ):
        story.tell("first", held(name, day, minutes))
    void = SessionVoided(session=named("void"), reason="test", by="operator", occurred_on=on("2026-02-13"))
    story.tell("first", void)
    story.tell("second", held("dan's", "2026-01-08", 45, who=("ann", "dan")))
    for name, bond, target in (
        ("goal", "first", "2026-03-01"),
        ("due", "first", "2026-03-10"),
        ("left", "second", None),
    ):
        story.tell(name, goal(bond, target))
        story.tell(name, GoalAgreed(by="operator", occurred_on=on("2026-01-11")))
    story.tell("goal", GoalMet(met_on=on("2026-02-20"), asserted_by="operator"))
    closed = Closed(
        ended_on=on("2026-02-01"), reason="mentee_time", initiated_by="mentee", anticipated=False, by="operator"
    )
    story.tell("second", closed)
    story.tell("ann", MentorSlotReleased(relationship=named("second"), occurred_on=on("2026-02-01")))
    story.tell("left", GoalParked(occurred_on=on("2026-02-01")))
    story.tell("first", feedback("ben", "ann", experience=4, patience=5))
    story.tell("second", feedback("dan", "ann", patience=4))
    story.tell("third", feedback("eve", "cleo", patience=3))
    return story


def taken_back() -> Story:
    """The same, but the end was undone, a goal was not met after all, and so on."""
    story = spring()
    said: dict[str, Any] = {"by": "operator", "occurred_on": on("2026-05-01")}
    story.tell("first", SessionVoided(session=named("long"), reason="duplicate", **said))
    story.tell("first", SessionReinstated(session=named("void"), reason="mistake", **said))
    story.tell("goal", GoalMetRetracted(reason="not_yet", **said))
    retracted = FeedbackRetracted(feedback=named("eve on cleo"), reason="second_thoughts", occurred_on=on("2026-05-01"))
    story.tell("third", retracted)
    story.tell("second", Reopened(reason="mistake", approved_by="operator", occurred_on=on("2026-03-01")))
    story.tell("ann", slot("second", "dan", "2026-03-01"))
    story.tell("left", GoalResumed(occurred_on=on("2026-03-01")))
    return story


BEFORE: dict[str, Any] = {
    "program": {"id": named("spring"), "name": "Spring"},
    "term": None,
    "period": {"since": None, "before": "2026-04-01"},
    "people": {"mentors": 2, "leading": 2, "mentees": 3, "co_mentor_places": 1},
    "relationships": {"served": 3, "active": 2, "paused": 0},
    "silence": {"past_amber": 2, "past_red": 0, "amber_days": 45, "red_days": 60},
    "sessions": {"count": 3, "hours": 3.75},
    "first_session": {"median_days": 6.5, "with_session": 2, "without_session": 1, "late": 1},
    "goals": {
        "met": 1,
        "not_met": 0,
        "abandoned": 0,
        "overdue": 1,
        "unknown": 0,
        "open": 0,
        "met_rate": 0.5,
    },
    "closures": {
        "closures": 1,
        "by_reason": {"mentee_time": 1},
        "premature": 1,
        "closure_rate": 0.3333,
        "premature_rate": 1.0,
    },
    "feedback": {
        "authors": 3,
        "hidden_below_authors": 3,
        "qualities": {"experience": 4.0, "patience": 4.0, "commitment": "no data", "communication": "no data"},
        "mean": 3.83,
    },
    "mentor_load": {"mentors": 2, "places": 2, "capacity": 3, "full": 1, "over": 0, "full_rate": 0.5},
    "months": [
        {"month": "2026-01", "began": 2, "closed": 0, "sessions": 2, "hours": 1.75},
        {"month": "2026-02", "began": 1, "closed": 1, "sessions": 1, "hours": 2.0},
    ],
    "terms": [
        {
            "term": "2026",
            "begins_on": "2026-01-05",
            "ends_on": "2026-06-30",
            "served": 3,
            "active": 2,
            "sessions": 3,
            "hours": 3.75,
        }
    ],
}

AFTER = BEFORE | {
    "relationships": {"served": 3, "active": 3, "paused": 0},
    "sessions": {"count": 3, "hours": 2.25},
    "goals": {
        "met": 0,
        "not_met": 0,
        "abandoned": 0,
        "overdue": 2,
        "unknown": 0,
        "open": 1,
        "met_rate": 0.0,
    },
    "closures": {
        "closures": 0,
        "by_reason": {},
        "premature": 0,
        "closure_rate": 0.0,
        "premature_rate": "no data",
    },
    "feedback": {
        "authors": "hidden",
        "hidden_below_authors": 3,
        "qualities": dict.fromkeys(("experience", "patience", "commitment", "communication"), "hidden"),
        "mean": "hidden",
    },
    "mentor_load": {"mentors": 2, "places": 3, "capacity": 3, "full": 1, "over": 1, "full_rate": 0.5},
    "months": [
        {"month": "2026-01", "began": 2, "closed": 0, "sessions": 2, "hours": 1.75},
        {"month": "2026-02", "began": 1, "closed": 0, "sessions": 1, "hours": 0.5},
    ],
    "terms": [BEFORE["terms"][0] | {"active": 3, "hours": 2.25}],
}


@pytest.fixture
def journal(database: str) -> Iterator[Journal]:
    with taken_back().written(database) as journal:
        Views(journal).make_ready()
        yield journal


def asked_of(journal: Journal, program: str | None = None, term: str | None = None, **asked: Any) -> Any:
    with Views(journal).read() as view:
        return of_scope(journal, view, program=program, term=term, asked=Asked(**asked))


def test_every_figure_of_a_program(journal: Journal) -> None:
    answer = asked_of(journal, "Spring", as_of=on("2026-03-31"))
    assert answer["data"] == AFTER
    assert (answer["position"], answer["as_of"], answer["rules"]) == (journal.position(), "2026-03-31", 0)


def test_the_same_day_as_known_before_some_of_it_was_taken_back(journal: Journal) -> None:
    known_at = spring().now
    answer = asked_of(journal, named("spring"), as_of=on("2026-03-31"), known_at=known_at)
    assert answer["data"] == BEFORE
    assert answer["position"] == len(spring().drafts)


def test_a_term_says_nothing_of_load_and_of_other_terms(journal: Journal) -> None:
    answer = asked_of(journal, "Spring", "2026", as_of=on("2026-03-31"))
    expected = {**AFTER, "term": "2026", "terms": []}
    del expected["mentor_load"]
    assert answer["data"] == expected


def test_the_organization_is_the_sum_of_all(journal: Journal) -> None:
    answer = asked_of(journal, as_of=on("2026-03-31"))
    assert answer["data"] == AFTER | {"program": None, "terms": []}


def test_a_period_counts_what_falls_into_it(journal: Journal) -> None:
    known_at = spring().now
    answer = asked_of(
        journal,
        "Spring",
        as_of=on("2026-03-31"),
        known_at=known_at,
        since=on("2026-02-02"),
        until=on("2026-02-28"),
    )
    data = answer["data"]
    assert data["period"] == {"since": "2026-02-02", "before": "2026-03-01"}
    assert data["relationships"] == {"served": 2, "active": 2, "paused": 0}
    assert (data["sessions"], data["closures"]["closures"], data["months"]) == ({"count": 0, "hours": 0.0}, 0, [])
    assert data["goals"]["met_rate"] == "no data"
    on_the_day = asked_of(journal, "Spring", as_of=on("2026-03-31"), known_at=known_at, since=on("2026-02-01"))
    assert on_the_day["data"]["relationships"]["served"] == 3


def test_where_nothing_happened_there_is_no_data_and_never_a_zero_rate(journal: Journal) -> None:
    data = asked_of(journal, "Empty")["data"]
    assert data["first_session"]["median_days"] == "no data"
    assert data["goals"]["met_rate"] == "no data"
    assert (data["closures"]["closure_rate"], data["closures"]["premature_rate"]) == ("no data", "no data")
    assert data["feedback"]["authors"] == 0
    assert {*data["feedback"]["qualities"].values(), data["feedback"]["mean"]} == {"no data"}
    assert data["mentor_load"]["full_rate"] == "no data"
    assert (data["months"], data["terms"]) == ([], [])


def test_before_anything_was_known_everything_is_empty(journal: Journal) -> None:
    answer = asked_of(journal, "Spring", known_at=FIRST)
    assert (answer["position"], answer["data"]["relationships"]["served"]) == (0, 0)


def test_a_mentor_sees_their_mentees_load_and_figures(journal: Journal) -> None:
    with Views(journal).read() as view:
        answer = of_mentor(journal, view, "Ann", asked=Asked(on("2026-03-31"), spring().now))
    data = answer["data"]
    assert data["mentor"] == {"id": named("ann"), "reference": "Ann"}
    assert data["load"] == {"places": 1, "capacity": 1, "over": False}
    assert data["relationships"] == {"served": 2, "active": 1, "paused": 0}
    assert data["sessions"] == {"count": 3, "hours": 3.75}
    assert data["feedback"]["authors"] == "hidden"
    assert [(one["mentee"], one["state"], one["sessions"], one["days_since"]) for one in data["mentees"]] == [
        (named("ben"), "active", 2, 58),
        (named("dan"), "closed", 1, 82),
    ]
    assert data["mentees"][0]["goals"] == [
        {"id": named("goal"), "state": "met", "target_on": "2026-03-01"},
        {"id": named("due"), "state": "agreed", "target_on": "2026-03-10"},
    ]


def test_what_was_said_of_a_mentor_reaches_them_in_steps_that_several_made_together(database: str) -> None:
    story = Story().tell("ann", registered("Ann"))
    for number, patience in enumerate((5, 5, 4, 1, 3, 2, 5), start=1):
        mentee, bond, day = f"mentee {number}", f"bond {number}", f"2026-02-{number:02d}"
        story.tell(mentee, registered(mentee)).tell(bond, paired("2026-01-02", mentee=mentee))
        story.tell(bond, feedback(mentee, "ann", day, patience=patience))

    def shown(*, own: bool) -> list[tuple[Any, ...]]:
        days = (Asked(on("2026-01-31") + timedelta(days=later)) for later in range(8))
        answers = (of_mentor(journal, view, "Ann", asked=asked, own=own) for asked in days)
        said = [answer["data"]["feedback"] for answer in answers]
        return [(one["authors"], one["qualities"]["patience"], one.get("as_of")) for one in said]

    with story.written(database) as journal:
        Views(journal).make_ready()
        with Views(journal).read() as view:
            months_later = of_mentor(journal, view, "Ann", asked=Asked(on("2027-03-01")), own=True)
            plainly, stepwise = shown(own=False), shown(own=True)
    assert [authors for authors, *_ in plainly] == [0, "hidden", "hidden", 3, 4, 5, 6, 7]
    assert stepwise == [
        (0, "no data", None),
        ("hidden", "hidden", None),
        ("hidden", "hidden", None),
        *[(3, 4.67, "2026-02-03")] * 3,
        *[(6, 3.33, "2026-02-06")] * 2,
    ]
    assert months_later["data"]["feedback"]["authors"] == 0


def test_whatever_a_mentor_asks_shows_no_step_but_those_that_several_made(database: str) -> None:
    """Several on one day, some who change their mind, date it back or take it back: each is part of a step."""
    story = Story().tell("ann", registered("Ann"))
    names = [f"mentee {number}" for number in range(9)]
    for number, name in enumerate(names):
        day = "2026-01-02" if number < 8 else "2026-02-04"
        story.tell(name, registered(name)).tell(f"bond {number}", paired(day, mentee=name))

    def speaks(number: int, patience: int, day: str) -> None:
        story.tell(f"bond {number}", feedback(names[number], "ann", day, patience=patience))

    def changes(number: int, day: str, **patience: int) -> None:
        given = {"feedback": named(f"{names[number]} on ann"), "occurred_on": on(day)}
        event = FeedbackRevised(ratings=patience, **given) if patience else FeedbackRetracted(reason="other", **given)  # type: ignore[arg-type]
        story.tell(f"bond {number}", event)

    for number, patience in enumerate((5, 5, 5)):
        speaks(number, patience, "2026-02-03")
    changes(0, "2026-02-03", patience=1)
    speaks(3, 1, "2026-02-01")
    changes(3, "2026-02-03", patience=2)
    speaks(8, 4, "2026-02-04")  # the third to speak since, of a relationship that began later than others spoke
    changes(1, "2026-02-04")
    speaks(4, 2, "2026-02-03")
    speaks(5, 3, "2026-02-02")
    speaks(6, 1, "2026-02-05")

    def shown(known: int, day: int) -> tuple[Any, ...]:
        asked = Asked(on("2026-01-30") + timedelta(days=day), moment(story.drafts[known].recorded_at))
        said = of_mentor(journal, view, "Ann", asked=asked, own=True)["data"]["feedback"]
        return said["authors"], said["qualities"]["patience"], said["as_of"]

    with story.written(database) as journal:
        Views(journal).make_ready()
        with Views(journal).read() as view:
            seen = {shown(known, day) for known in range(len(story.drafts)) for day in range(8)}
    assert seen == {
        (0, "no data", None),
        ("hidden", "hidden", None),
        (3, 5.0, "2026-02-03"),
        (5, 3.4, "2026-02-04"),  # 1, 5, 5, 2, 4
        (6, 2.83, "2026-02-04"),  # 1, 5, 2, 4, 2, 3
    }


def test_a_co_mentor_serves_too_but_is_rated_for_themselves(journal: Journal) -> None:
    with Views(journal).read() as view:
        answer = of_mentor(journal, view, named("cleo"), asked=Asked(on("2026-03-31")))
    data = answer["data"]
    assert data["load"] == {"places": 1, "capacity": 2, "over": False}
    assert (data["relationships"]["served"], data["sessions"]["count"]) == (2, 2)
    assert data["feedback"]["authors"] == 0
    assert [one["days_since"] for one in data["mentees"]] == [47, None]


def test_what_is_not_there_is_said_to_be_unknown(journal: Journal) -> None:
    for program, its_term, sentence in (
        ("Autumn", None, "there is no program Autumn; there are Empty, Spring"),
        ("Spring", "2027", "Spring has no term 2027; there are 2026"),
    ):
        with pytest.raises(Unknown, match=sentence):
            asked_of(journal, program, its_term)
    with Views(journal).read() as view, pytest.raises(Unknown, match="there is no participant Zoe"):
        of_mentor(journal, view, "Zoe")


def test_relationships_are_listed_by_program_term_person_and_state(journal: Journal) -> None:
    def listed(**wanted: Any) -> set[str]:
        with Views(journal).read() as view:
            return {item["id"] for item in relationships(view, **wanted)["items"]}

    first, second, third = map(named, ("first", "second", "third"))
    assert listed() == listed(program="Spring") == listed(term="2026") == {first, second, third}
    assert listed(program="Empty") == set()
    assert listed(person="Cleo") == {first, third}
    assert listed(person=named("dan"), state="active") == {second}
    assert listed(state="closed") == set()


def test_relationships_are_listed_page_by_page(journal: Journal) -> None:
    seen: list[dict[str, Any]] = []
    after: str | None = ""
    with Views(journal).read() as view:
        while after is not None:
            page = relationships(view, after=after, limit=2)
            seen += page["items"]
            after = page["next"]
    assert [item["id"] for item in seen] == sorted(map(named, ("first", "second", "third")))
    assert seen[0].keys() == {"id", "program", "term", "mentor", "mentee", "state"}


def test_a_question_known_later_than_everything_is_answered_from_the_views(journal: Journal) -> None:
    later = taken_back().now + timedelta(days=1)
    assert asked_of(journal, "Spring", as_of=on("2026-03-31"), known_at=later)["data"] == AFTER
