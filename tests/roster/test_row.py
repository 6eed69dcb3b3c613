"""A row is taken as it stands, or refused for contradicting itself."""

from datetime import date

import pytest

from domain.participant import participant_id
from domain.roster import BadRow, parse
from tests.support.rosters import CELLS, row


def faults(**cells: str) -> list[tuple[str, str]]:
    with pytest.raises(BadRow) as bad:
        row(**cells)
    return [(fault.column, fault.code) for fault in bad.value.faults]


def test_a_row_says_who_works_on_what_from_when_to_when() -> None:
    assert row().model_dump() == {
        "program": "Open Source",
        "term": "2025 Spring",
        "begins_on": date(2025, 3, 3),
        "midterm_evaluation_on": date(2025, 4, 15),
        "final_evaluation_on": date(2025, 5, 27),
        "ends_on": date(2025, 5, 30),
        "project": "Parser",
        "title": "Faster parsing",
        "goal": "Parse twice as fast.",
        "skills": ("Rust", "C", "profiling"),
        "mentors": ("mentor-1", "mentor-2"),
        "mentee": "mentee-1",
    }


def test_blanks_around_values_do_not_matter() -> None:
    blank = {column: f" {value}\t" for column, value in CELLS.items()}
    assert parse(blank) == row()


def test_skills_stand_between_commas_and_semicolons_each_once_or_not_at_all() -> None:
    assert row(skills=" Rust ;; C,Rust, ").skills == ("Rust", "C")
    assert row(skills="").skills == ()


@pytest.mark.parametrize("column", [column for column in CELLS if column != "skills"])
def test_every_value_but_skills_is_said(column: str) -> None:
    assert faults(**{column: "  "}) == [(column, "MISSING_VALUE")]
    with pytest.raises(BadRow):
        parse({name: value for name, value in CELLS.items() if name != column})


@pytest.mark.parametrize(
    "text", ["03/03/2025", "2025-3-3", "20250303", "2025-W10-1", "2025-02-30", "soon", "٢٠٢٥-٠٣-٠٣"]
)
def test_days_are_written_year_month_day(text: str) -> None:
    assert faults(begins_on=text) == [("begins_on", "NOT_A_DATE")]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"begins_on": "2025-04-16"}, "midterm_evaluation_on"),
        ({"midterm_evaluation_on": "2025-05-28"}, "final_evaluation_on"),
        ({"ends_on": "2025-03-02"}, "ends_on"),
    ],
)
def test_days_follow_one_another(cells: dict[str, str], column: str) -> None:
    assert faults(**cells) == [(column, "WRONG_ORDER")]


def test_all_may_happen_on_one_day() -> None:
    day = "2025-03-03"
    assert row(midterm_evaluation_on=day, final_evaluation_on=day, ends_on=day).ends_on == date(2025, 3, 3)


def test_nobody_mentors_themselves_and_no_mentor_is_named_twice() -> None:
    assert faults(mentee="mentor-2") == [("mentee", "SELF_PAIRING")]
    assert faults(mentors="mentor-1 mentor-2 mentor-1") == [("mentors", "MENTOR_TWICE")]


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert faults(term="", ends_on="never", mentee="mentor-1") == [
        ("term", "MISSING_VALUE"),
        ("ends_on", "NOT_A_DATE"),
        ("mentee", "SELF_PAIRING"),
    ]


def test_a_name_that_the_journal_cannot_keep_is_refused() -> None:
    assert faults(project="x" * 301) == [("project", "UNREADABLE")]
    assert faults(skills="Rust, " + "x" * 301) == [("skills", "UNREADABLE")]
    assert faults(goal="x" * 10_001) == [("goal", "UNREADABLE")]
    assert faults(term="2025\nSpring") == [("term", "UNREADABLE")]


def test_ids_follow_from_the_key_and_never_change() -> None:
    assert (row().program_id, row().relationship_id, row().goal_id) == (
        "edbb6315-77b6-59e5-ad7b-84e2e33fec4b",
        "c8c2ef59-4d2e-5ede-a069-0bebb51155a2",
        "7ae469a6-c5c1-59bb-afeb-2f8ac57e5340",
    )
    assert row().mentor_ids == (participant_id("mentor-1"), participant_id("mentor-2"))
    assert row().mentee_id == participant_id("mentee-1")


@pytest.mark.parametrize("column", ["program", "term", "project", "title", "mentee"])
def test_another_key_is_another_relationship(column: str) -> None:
    other = row(**{column: "other"})
    assert other.relationship_id != row().relationship_id
    assert other.goal_id != row().goal_id


@pytest.mark.parametrize("column", ["goal", "skills", "mentors"])
def test_what_is_not_in_the_key_leaves_the_ids_alone(column: str) -> None:
    assert row(**{column: "other"}).relationship_id == row().relationship_id
