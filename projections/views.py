"""The views for those who ask: one generation, in one snapshot, for a whole question."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from domain.journal.database import Connection, Engine, Row, Unreachable
from domain.journal.journal import Journal
from domain.rules import Rules
from projections.folding import Poison
from projections.follower import Follower, frozen
from projections.generations import Generations, NoViews, OutdatedViews, damaged
from projections.kept import Kept
from projections.meta import Meta
from projections.rebuild import rebuild

_MOST_KEPT = 1_000
_MOST_TOLD = 2_000
_FEW_ROWS = 20
_FEW_CHARACTERS = 16_000
"""So many answers are remembered, each of at most so many rows and of so much text."""

Told = dict[tuple[str, tuple[Any, ...]], list[Row]]
"""Questions to the views and their rows."""


@dataclass(frozen=True, slots=True)
class View:
    """The views as they are at one position of the journal."""

    number: int
    position: int
    figures: str
    """By which figures, under which rules, they were made: these change while the generation stays."""
    connection: Connection
    kept: Kept
    """Answers that were given before, to this question or another one."""
    freezes: bool
    """Whether any root is frozen."""
    _told: Told = field(default_factory=dict, repr=False)
    """What was told of the views as they are at this position, to this question or another one."""

    @property
    def engine(self) -> Engine:
        return self.connection.engine

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """The rows of one question: `?` for parameters, tables by their plain names. Leave them as they are.

        At one position the same question has the same answer; a short one is remembered, so nobody need mind who else
        has asked it.
        """
        asked = sql, tuple(params)
        if asked in self._told:
            return self._told[asked]
        try:
            rows = self.connection.execute(sql, params)
        except Unreachable as failure:
            raise damaged(self.number, self.engine, failure) from None
        if len(self._told) < _MOST_TOLD and _is_short(rows):
            self._told[asked] = rows
        return rows

    def frozen(self) -> list[Poison]:
        """The roots whose records stand still, with the events that froze them."""
        return frozen(self) if self.freezes else []


def _is_short(rows: list[Row]) -> bool:
    texts = (len(value) for row in rows for value in row if isinstance(value, str))
    return len(rows) <= _FEW_ROWS and sum(texts) <= _FEW_CHARACTERS


class Views:
    """The current views of one journal."""

    def __init__(self, journal: Journal, rules: Rules | None = None) -> None:
        self.journal = journal
        self.rules = rules or Rules()
        self._generations = Generations(journal)
        self._follower = Follower(journal, self.rules)
        self._kept = Kept(_MOST_KEPT)
        self._told: tuple[Meta | None, Told] = None, {}

    def keep_open(self, readers: int) -> None:
        """Let so many connections stay open between questions; 0 closes them."""
        self._generations.keep_open(readers, 0)

    @contextmanager
    def read(self) -> Iterator[View]:
        """The current views, for one question. `Unusable` when there are none that fit the journal."""
        with self._generations.reading() as (connection, opened):
            meta = opened.meta
            self._generations.same_past(meta)
            self._follower.must_be_ours(meta)
            told = {} if opened.freezes else self._told_of(meta)
            yield View(meta.generation, meta.position, meta.figures, connection, self._kept, opened.freezes, told)

    def _told_of(self, meta: Meta) -> Told:
        """What was told of the views as they are there. They are the same whenever they are there with no root frozen:
        one that is frozen heals without moving them.
        """
        of, told = self._told
        if of != meta:
            told = {}
            self._told = meta, told
        return told

    def catch_up(self, until: int | None = None) -> int:
        """Bring them to the journal's last position (or to `until`); the position reached."""
        return self._follower.catch_up(until)

    def make_ready(self, say: Callable[[str], None] = lambda _: None) -> int:
        """Bring them to the journal's last position; make them first where there are none, or ours make others.

        What is damaged, or belongs to another past, is left for a person to decide about: `Unusable`.
        """
        for found in self._generations.tidy():
            say(found)
        try:
            return self.catch_up()
        except OutdatedViews as outdated:
            say(f"{outdated}: doing so")
        except NoViews:
            if self._generations.current() is not None:
                raise
        return rebuild(self.journal, rules=self.rules).position
