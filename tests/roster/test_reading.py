"""A roster file is read whole, and all that is wrong with it is told by line."""

from pathlib import Path

import pytest

from domain.roster import Bad, Numbered, read_roster
from tests.support.rosters import CELLS, HEADER, file, line, row


def codes(path: Path) -> list[tuple[int, str, str]]:
    """What is wrong, where; rows are fine."""
    return [(found.line, found.column, found.code) for found in read_roster(path) if isinstance(found, Bad)]


def rows(path: Path) -> list[int]:
    """On which lines the rows start that are fine."""
    return [found.line for found in read_roster(path) if isinstance(found, Numbered)]


def test_rows_come_with_the_line_on_which_they_start(tmp_path: Path) -> None:
    path = file(tmp_path, line(), line(mentee="mentee-2"))
    assert list(read_roster(path)) == [Numbered(2, row()), Numbered(3, row(mentee="mentee-2"))]


def test_a_quoted_value_may_span_lines_and_a_blank_line_is_nothing(tmp_path: Path) -> None:
    path = file(tmp_path, line(goal="One.\nTwo.\nThree."), "", line(mentee="mentee-2"), ",,", line(mentee=""))
    assert rows(path) == [2, 6]
    assert codes(path) == [(8, "mentee", "MISSING_VALUE")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_byte_order_mark_and_any_line_ends_are_fine(tmp_path: Path, end: str) -> None:
    path = file(tmp_path, line(), line(mentee="mentee-2"), header=f"\ufeff{HEADER}", end=end)
    assert (rows(path), codes(path)) == ([2, 3], [])


def test_columns_may_come_in_any_order_and_others_beside_them(tmp_path: Path) -> None:
    header = ",".join(["note", *reversed(CELLS)])
    values = ",".join(f'"{value}"' for value in ["by the way", *reversed(CELLS.values())])
    assert list(read_roster(file(tmp_path, values, header=header))) == [Numbered(2, row())]


def test_a_header_that_lacks_columns_is_told_and_nothing_is_read(tmp_path: Path) -> None:
    path = file(tmp_path, line(), header="program,term,title,title")
    told = codes(path)
    assert rows(path) == []
    assert told[0] == (1, "begins_on", "MISSING_COLUMN")
    assert (1, "title", "COLUMN_TWICE") in told
    assert [code for _, _, code in told].count("MISSING_COLUMN") == 9


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(b"")
    assert codes(path) == [(1, "", "EMPTY")]


def test_what_is_not_utf8_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(f"{HEADER}\n{line()}\n".encode() + "Zürich".encode("latin-1"))
    assert codes(path) == [(3, "", "NOT_UTF8")]


def test_a_row_with_too_few_or_too_many_values_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    path = file(tmp_path, line() + ",more", line().rsplit(",", 1)[0], line())
    assert rows(path) == [4]
    assert codes(path) == [(2, "", "TOO_MANY_VALUES"), (3, "mentee", "MISSING_VALUE")]


def test_a_quote_that_never_ends_is_told_by_the_line_on_which_it_begins(tmp_path: Path) -> None:
    path = file(tmp_path, line(), '"Open Source,', line(mentee="mentee-2").replace('"', ""))
    assert rows(path) == [2]
    assert codes(path) == [(3, "", "UNREADABLE")]


def test_a_term_has_one_calendar_and_the_first_one_stands(tmp_path: Path) -> None:
    other = {"mentee": "mentee-2", "midterm_evaluation_on": "2025-04-16", "ends_on": "2025-05-31"}
    path = file(tmp_path, line(), line(**other), line(**other, term="2025 Autumn"))
    assert rows(path) == [2, 4]
    assert codes(path) == [(3, "midterm_evaluation_on", "TWO_CALENDARS"), (3, "ends_on", "TWO_CALENDARS")]


def test_a_key_stands_once_and_the_first_one_stands(tmp_path: Path) -> None:
    path = file(tmp_path, line(), line(goal="Something else."), line())
    assert rows(path) == [2]
    assert codes(path) == [(3, "mentee", "KEY_TWICE"), (4, "mentee", "KEY_TWICE")]


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_roster(tmp_path / "nothing.csv"))


def test_the_real_roster_reads_without_a_fault(roster: Path) -> None:
    found = [found for found in read_roster(roster) if isinstance(found, Numbered)]
    assert codes(roster) == []
    assert len(found) == 556
    by_term: dict[str, int] = {}
    for _, each in found:
        by_term[each.term] = by_term.get(each.term, 0) + 1
    assert list(by_term.values()) == [36, 19, 39, 30, 29, 65, 38, 43, 56, 48, 49, 61, 43]
    assert len({mentor for _, each in found for mentor in each.mentors}) == 424
    assert len({each.mentors[0] for _, each in found}) == 240
    assert sum(len(each.mentors) - 1 for _, each in found) == 564
