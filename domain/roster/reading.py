"""A roster file: comma-separated, UTF-8, a header and a row for each relationship."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from domain.roster.row import COLUMNS, DATES, BadRow, Fault, Row, parse


class Numbered(NamedTuple):
    """A row, and the line of the file on which it starts; the header is line 1."""

    line: int
    row: Row


class Bad(NamedTuple):
    """What is wrong in a line of the file."""

    line: int
    column: str
    code: str
    reason: str


class _Seen:
    """What the rows so far have said: the file may not contradict itself."""

    def __init__(self) -> None:
        self.calendars: dict[tuple[str, str], tuple[int, tuple[date, ...]]] = {}
        self.keys: dict[tuple[str, ...], int] = {}

    def contradictions(self, line: int, row: Row) -> list[Fault]:
        """What this row says differently from an earlier one; the earlier one stands."""
        first, calendar = self.calendars.setdefault((row.program, row.term), (line, row.calendar))
        faults = [
            Fault(
                column,
                "TWO_CALENDARS",
                f"the term {row.term} has {column} {theirs} in line {first}, and {ours} here; a term has one calendar",
            )
            for column, theirs, ours in zip(DATES, calendar, row.calendar, strict=True)
            if theirs != ours
        ]
        if not faults and (first := self.keys.setdefault(row.key, line)) != line:
            reason = f"program, term, project, title and mentee are those of line {first}; a row stands once"
            faults.append(Fault("mentee", "KEY_TWICE", reason))
        return faults


def read_roster(path: Path) -> Iterator[Numbered | Bad]:
    """The rows of a roster file and all that is wrong with it, in the order of its lines.

    A byte order mark and any line ends are fine; columns may come in any order, and others beside them. A file that is
    not UTF-8, or whose header lacks columns, has no rows, only what is wrong. `OSError` when it cannot be read.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        yield Bad(line, "", "NOT_UTF8", f"line {line} is not UTF-8; save the file as UTF-8 and import it again")
        return
    lines = _lines(text)
    header = next(lines, None)
    if header is None or isinstance(header, Bad):
        yield header or Bad(1, "", "EMPTY", f"the file is empty; its first line names the columns {', '.join(COLUMNS)}")
        return
    line, names = header[0], [name.strip() for name in header[1]]
    if faults := list(_wrong_header(line, names)):
        yield from faults
        return
    seen = _Seen()
    for found in lines:
        if isinstance(found, Bad):
            yield found
            continue
        line, cells = found
        try:
            if len(cells) > len(names):
                raise BadRow([Fault("", "TOO_MANY_VALUES", "more values than columns; quote a value that has a comma")])
            row = parse(dict(zip(names, cells, strict=False)))
            if contradictions := seen.contradictions(line, row):
                raise BadRow(contradictions)
        except BadRow as bad:
            yield from (Bad(line, *fault) for fault in bad.faults)
        else:
            yield Numbered(line, row)


def _wrong_header(line: int, names: list[str]) -> Iterator[Bad]:
    for name in COLUMNS:
        if name not in names:
            yield Bad(line, name, "MISSING_COLUMN", f"the header has no column {name}; add it")
        if names.count(name) > 1:
            yield Bad(line, name, "COLUMN_TWICE", f"the header has the column {name} twice; take one away")


def _lines(text: str) -> Iterator[tuple[int, list[str]] | Bad]:
    """The values of each row that is not blank, and the line on which it starts: quoted values may span lines."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Bad(line, "", "UNREADABLE", f"this line is no comma-separated row: {error}")
            continue
        if any(value.strip() for value in values):
            yield line, values
