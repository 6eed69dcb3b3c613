"""Taking over a roster: every row is rehearsed, then written as a transaction of its own, in file order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from domain.decider import Stamp, State
from domain.journal import Answer, Caller, Connection, Journal, Request, Wish, utc_now
from domain.journal.appending import Kinds
from domain.journal.states import Memory
from domain.refusals import Refused
from domain.roster import Bad, ImportRow, Numbered, compare, over_capacity, read_roster
from domain.rules import Rules

IN_FLIGHT = 1000
_LOOKED_UP_AT_ONCE = 500

Progress = Callable[[int, int], None]
"""Called with how many rows are done, and of how many."""


@dataclass
class Report:
    """What became of the rows of a file."""

    rows: int = 0
    imported: int = 0
    unchanged: int = 0
    closed: int = 0
    differs: list[dict[str, Any]] = field(default_factory=list)
    bad: list[dict[str, Any]] = field(default_factory=list)
    over_capacity: int = 0
    position: int = 0

    def count(self, what: str) -> None:
        """One more row that was imported, closed or unchanged."""
        setattr(self, what, getattr(self, what) + 1)

    def refuse(self, line: int, column: str, code: str, reason: str) -> None:
        """One more thing that is wrong in a row."""
        self.bad.append({"line": line, "column": column, "code": code, "reason": reason})


def import_roster(
    journal: Journal,
    path: Path,
    *,
    actor: str,
    dry_run: bool = False,
    strict: bool = False,
    progress: Progress = lambda done, of: None,
) -> Report:
    """Take over a roster file; `bad` names every fault of the rows that were refused, the others are written.

    `dry_run` writes nothing and reports the same numbers; with `strict`, one bad row keeps all from being written.
    `OSError` when the file cannot be read.
    """
    rows: list[Numbered] = []
    report = Report()
    for found in read_roster(path):
        if isinstance(found, Bad):
            report.refuse(*found)
        else:
            rows.append(found)
    report.rows = len(rows) + len({fault["line"] for fault in report.bad} - {1})
    caller = Caller(actor, "operator", "import", source="imported")
    with journal.connect() as connection:
        to_write = _rehearse(journal, connection, rows, caller, report)
    if strict and report.bad:
        to_write, report.over_capacity = {}, 0
    if dry_run:
        for what in to_write.values():
            report.count(what)
        report.position = journal.position()
        return report
    wishes = ((numbered, Wish(ImportRow(row=numbered.row), caller)) for numbered in rows if numbered.line in to_write)
    for done, (numbered, asked) in enumerate(_in_flight(journal, wishes), start=1):
        try:
            report.count(_outcome(asked.result()))
        except Refused as refused:
            report.refuse(numbered.line, refused.pointer.strip("/"), refused.code, refused.sentence)
        progress(done, len(to_write))
    report.position = journal.position()
    return report


def _rehearse(
    journal: Journal, connection: Connection, rows: list[Numbered], caller: Caller, report: Report
) -> dict[int, str]:
    """Decide each row beside what the journal and the rows before it say: the lines to write, and as what."""
    kinds = Kinds()
    kinds.load(connection)
    memory = Memory(lambda: connection, kinds, limit=0)
    states, rules = memory.states, Rules()
    stamp = Stamp(utc_now(), caller.actor, caller.role, caller.via, source="imported", rules=rules)
    wording = _wording(journal, rows)
    to_write: dict[int, str] = {}
    for line, row in rows:
        finding = compare(states, row, stamp, wording.get(row.goal_id))
        if finding.what == "differs":
            report.differs.append({"line": line, "columns": list(finding.columns)})
        elif finding.what == "unchanged":
            report.count("unchanged")
        else:
            try:
                facts = ImportRow(row=row).decide(states, stamp)
            except Refused as refused:
                report.refuse(line, refused.pointer.strip("/"), refused.code, refused.sentence)
                continue
            to_write[line] = finding.what
            if finding.what == "imported":
                report.over_capacity += over_capacity(states, row, rules)
            for stream, event, _ in facts:
                state: State = states.find(*stream)
                version = states.version(stream) + 1
                state = state.evolve(event)
                memory.put(stream, state, version, state.root(stream.id))
    return to_write


def _wording(journal: Journal, rows: Iterable[Numbered]) -> dict[str, str]:
    """The measure of each goal that the journal has of these rows, as far as it was not erased: by goal."""
    found: dict[str, str] = {}
    roots = (numbered.row.relationship_id for numbered in rows)
    while some := list(islice(roots, _LOOKED_UP_AT_ONCE)):
        goals = {entry.position: entry.stream for entry in journal.entries(root=some, kinds=["GoalProposed"])}
        for position, text in journal.personal(list(goals)).items():
            found[goals[position]] = text.get("measure", "")
    return found


def _in_flight(journal: Journal, wishes: Iterable[tuple[Numbered, Wish]]) -> Iterator[tuple[Numbered, Request]]:
    """The rows in file order with what was asked for them, many of them asked before the first is answered."""
    waiting: deque[tuple[Numbered, Request]] = deque()
    for numbered, wish in wishes:
        waiting.append((numbered, journal.writer.submit(wish)))
        if len(waiting) >= IN_FLIGHT:
            yield waiting.popleft()
    yield from waiting


def _outcome(answer: Answer) -> str:
    if answer.created:
        return "imported"
    return "closed" if answer.events else "unchanged"
