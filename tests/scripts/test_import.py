"""A roster is taken over: fact by fact, once, and never against what it says itself."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.journal import Journal, utc_now
from domain.roster.row import COLUMNS
from scripts import importing
from scripts.importing import import_roster

Typed = Callable[..., tuple[int, Any]]

ROW = {
    "program": "Spring",
    "term": "2025",
    "begins_on": "2025-03-03",
    "midterm_evaluation_on": "2025-04-14",
    "final_evaluation_on": "2025-05-30",
    "ends_on": "2025-05-30",
    "project": "Bees",
    "title": "A hive",
    "goal": "Build one",
    "skills": "Go, SQL; Go",
    "mentors": "ann bob",
    "mentee": "cleo",
}
TERMS = {
    "2021 Spring": 36,
    "2021 Summer": 19,
    "2022 Spring": 39,
    "2022 Summer": 30,
    "2022 Sept-Nov": 29,
    "2023 Mar-May": 65,
    "2023 Jun-Aug": 38,
    "2023 Sep-Nov": 43,
    "2024 Mar-May": 56,
    "2024 Jun-Aug": 48,
    "2024 Sep-Nov": 49,
    "2025 Mar-May": 61,
    "2025 Jun-Aug": 43,
}


def roster_of(folder: Path, *rows: dict[str, str]) -> Path:
    """A roster file; each row says only what differs from ROW."""
    path = folder / "roster.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(ROW | row for row in rows)
    return path


def report(**numbers: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(("rows", "imported", "unchanged", "closed", "over_capacity"), 0)
    return {**nothing, "differs": [], "bad": [], **numbers}


def without_position(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "position"}


def test_the_roster_of_a_real_program(roster: Path, typed: Typed, database: str) -> None:
    typed("init", "--database", database)
    code, rehearsed = typed("import", str(roster), "--dry-run", "--database", database)
    assert (code, rehearsed["imported"], rehearsed["position"]) == (0, 556, 0)
    code, imported = typed("import", str(roster), "--database", database)
    assert (code, without_position(imported)) == (0, without_position(rehearsed))
    assert without_position(imported) == report(rows=556, imported=556, over_capacity=imported["over_capacity"])
    code, again = typed("import", str(roster), "--database", database)
    assert (code, again) == (0, report(rows=556, unchanged=556, position=imported["position"]))

    _, answer = typed("dashboard", "CNCF LFX Mentorship", "--database", database)
    data = answer["data"]
    assert data["people"] == {"mentors": 424, "leading": 240, "mentees": 556, "co_mentor_places": 564}
    assert data["relationships"] == {"served": 556, "active": 0, "paused": 0}
    assert {term["term"]: term["served"] for term in data["terms"]} == TERMS
    assert [term["term"] for term in data["terms"]] == list(TERMS)
    assert data["sessions"] == {"count": 0, "hours": 0.0}
    assert data["first_session"]["median_days"] == "no data"
    assert (data["goals"]["unknown"], data["goals"]["met_rate"]) == (556, "no data")
    assert data["closures"]["by_reason"] == {"planned_end": 556}
    assert (data["feedback"]["mean"], data["mentor_load"]["full_rate"]) == ("no data", "no data")
    _, history = typed("history", "--kind", "SessionHeld", "--database", database)
    assert history["items"] == []
    _, rebuilt = typed("rebuild", "--database", database)
    checksums = {view["name"]: (view["rows"], view["checksum"]) for view in rebuilt["views"]}
    EXPECTED.setdefault("checksums", checksums)
    assert checksums == EXPECTED["checksums"], "both engines make the same rows"


EXPECTED: dict[str, Any] = {}
"""What the first engine gave, for the second."""


@pytest.mark.parametrize(
    ("cells", "faults"),
    [
        ({"mentee": ""}, {("mentee", "MISSING_VALUE")}),
        ({"ends_on": "30.05.2025"}, {("ends_on", "NOT_A_DATE")}),
        ({"midterm_evaluation_on": "2025-03-01"}, {("midterm_evaluation_on", "WRONG_ORDER")}),
        ({"final_evaluation_on": "2025-04-01"}, {("final_evaluation_on", "WRONG_ORDER")}),
        ({"mentors": "ann cleo"}, {("mentee", "SELF_PAIRING")}),
        ({"mentors": "ann ann"}, {("mentors", "MENTOR_TWICE")}),
        ({"mentee": "dan", "ends_on": "2025-05-31"}, {("ends_on", "TWO_CALENDARS")}),
        ({"goal": "Another"}, {("mentee", "KEY_TWICE")}),
    ],
)
def test_a_row_that_contradicts_itself_is_refused_and_the_others_are_taken_over(
    cells: dict[str, str], faults: set[tuple[str, str]], typed: Typed, tmp_path: Path
) -> None:
    file, database = str(roster_of(tmp_path, {}, cells)), str(tmp_path / "journal.db")
    typed("init", "--database", database)
    for arguments in (["--dry-run"], ["--strict"], []):
        code, answer = typed("import", file, "--database", database, *arguments)
        assert (code, answer["rows"], {bad["line"] for bad in answer["bad"]}) == (1, 2, {3})
        assert {(bad["column"], bad["code"]) for bad in answer["bad"]} == faults
        assert answer["imported"] == (0 if "--strict" in arguments else 1)
        assert (answer["position"] > 0) == (not arguments)


def test_a_file_without_a_column_has_no_rows(typed: Typed, tmp_path: Path) -> None:
    file, database = tmp_path / "roster.csv", str(tmp_path / "journal.db")
    file.write_text("program,term\nSpring,2025\n")
    typed("init", "--database", database)
    code, answer = typed("import", str(file), "--database", database)
    assert (code, answer["rows"], answer["imported"]) == (1, 0, 0)
    assert {(bad["line"], bad["code"]) for bad in answer["bad"]} == {(1, "MISSING_COLUMN")}


def test_a_row_that_changed_differs_and_is_left_as_it_was(typed: Typed, tmp_path: Path, database: str) -> None:
    typed("init", "--database", database)
    _, first = typed("import", str(roster_of(tmp_path, {})), "--database", database)
    changed = roster_of(tmp_path, {"mentors": "bob ann", "skills": "Rust", "goal": "Build two"})
    code, answer = typed("import", str(changed), "--database", database)
    differs = [{"line": 2, "columns": ["goal", "skills", "mentors"]}]
    assert (code, answer) == (0, report(rows=1, differs=differs, position=first["position"]))


def test_an_end_that_has_come_since_is_added_and_nothing_else(tmp_path: Path) -> None:
    in_april = datetime(2025, 4, 1, tzinfo=UTC)
    file, database = roster_of(tmp_path, {}), str(tmp_path / "journal.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "utc_now", lambda: in_april)
        with Journal.create(database, clock=lambda: in_april) as journal:
            assert import_roster(journal, file, actor="operator").imported == 1
            before = journal.position()
    with Journal.open(database) as journal:
        again = import_roster(journal, file, actor="operator")
        kinds = [entry.kind for entry in journal.entries(after=before)]
        assert (again.closed, kinds) == (1, ["Closed", "MentorSlotReleased", "MentorSlotReleased"])
        assert import_roster(journal, file, actor="operator").unchanged == 1


def test_places_above_capacity_are_taken_and_counted(typed: Typed, tmp_path: Path) -> None:
    later = (utc_now().date() + timedelta(days=90)).isoformat()
    running = {"ends_on": later, "final_evaluation_on": later}
    file = roster_of(tmp_path, *({**running, "mentee": mentee} for mentee in ("cleo", "dan", "eve")))
    database = str(tmp_path / "journal.db")
    typed("init", "--database", database)
    _, answer = typed("import", str(file), "--database", database)
    assert (answer["imported"], answer["over_capacity"]) == (3, 1)
    _, dashboard = typed("dashboard", "--mentor", "ann", "--database", database)
    assert dashboard["data"]["load"] == {"places": 3, "capacity": 2, "over": True}


def test_who_imports_signs(typed: Typed, tmp_path: Path) -> None:
    file, database = roster_of(tmp_path, {}), str(tmp_path / "journal.db")
    typed("init", "--database", database)
    typed("import", str(file), "--actor", "Mira", "--database", database)
    _, history = typed("history", "--kind", "Paired", "--database", database)
    [item] = history["items"]
    assert (item["actor"], item["via"], item["source"]) == ("Mira", "import", "imported")
    assert item["who"] == "Mira, as operator, through an import"


def test_many_rows_are_in_flight_and_still_in_file_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "IN_FLIGHT", 3)
    mentees = [f"mentee-{number}" for number in range(20)]
    file = roster_of(tmp_path, *({"mentee": mentee} for mentee in mentees))
    seen: list[tuple[int, int]] = []
    with Journal.create(str(tmp_path / "journal.db"), clock=utc_now) as journal:
        import_roster(journal, file, actor="operator", progress=lambda done, of: seen.append((done, of)))
        registered = [entry.data()["reference"] for entry in journal.entries(kinds=["ParticipantRegistered"])]
    assert [reference for reference in registered if reference.startswith("mentee")] == mentees
    assert seen == [(done, 20) for done in range(1, 21)]
