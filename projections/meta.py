"""What a generation of views knows of itself: how far it is in which journal, and by what it was made."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import orjson

from domain.journal import kinds
from domain.journal.database import Connection
from domain.rules import Rules
from projections import figures, records, tables


@dataclass(frozen=True, slots=True)
class Made:
    """By what views were made: fingerprints of the folds (with tables and upcasts), and of the figures (with rules)."""

    folds: str
    figures: str

    @classmethod
    def by(cls, rules: Rules) -> "Made":
        """By what this release makes them, under these rules."""
        return cls(_code_of_folds(), f"{_code_of_figures()}-{_hexdigest(_canonical(rules))}")

    def against(self, ours: "Made") -> str:
        """Why views made so must be made again; empty when they need not."""
        if self.folds != ours.folds:
            return "the folds have changed"
        return "the figures or the rules have changed" if self.figures != ours.figures else ""

    def differs_in_rules_only(self, ours: "Made") -> bool:
        """Whether the same folds and figures made them, under other rules."""
        code, _, rules = self.figures.partition("-")
        our_code, _, our_rules = ours.figures.partition("-")
        return (self.folds, code) == (ours.folds, our_code) and rules != our_rules


class Meta(NamedTuple):
    """What a generation knows of itself. `hash` is of the entry at `position`; `previous` is whom it took over from."""

    generation: int
    previous: int | None
    journal: str
    epoch: int
    position: int
    hash: str
    folds: str
    figures: str

    @property
    def made(self) -> Made:
        return Made(self.folds, self.figures)

    @classmethod
    def read(cls, connection: Connection, *, locking: bool = False) -> "Meta":
        """The meta of the generation this connection is open on; `locking` keeps other followers out (PostgreSQL)."""
        asked = f"SELECT {', '.join(cls._fields)} FROM meta"
        if locking and connection.engine == "postgresql":
            asked += " FOR UPDATE"
        [row] = connection.execute(asked)
        return cls(*row)

    def write(self, connection: Connection) -> None:
        """Put it into a generation that has none."""
        marks = ", ".join("?" * len(self))
        connection.execute(f"INSERT INTO meta ({', '.join(self._fields)}) VALUES ({marks})", self)


class Opened(NamedTuple):
    """A generation in one snapshot: its meta, whether any root is frozen, and (PostgreSQL) the journal's pointer."""

    meta: Meta
    freezes: bool
    pointer: str | None = None

    @classmethod
    def look(cls, connection: Connection) -> "Opened":
        """Start a snapshot of the generation this connection is open on; all of this in one question."""
        pointer = ", (SELECT pointer FROM journal.journal)" if connection.engine == "postgresql" else ""
        asked = f"SELECT EXISTS (SELECT 1 FROM frozen){pointer}, {', '.join(Meta._fields)} FROM meta"
        [row] = connection.look(asked)
        end = len(row) - len(Meta._fields)
        return cls(Meta(*row[end:]), bool(row[0]), *row[1:end])


def _canonical(rules: Rules) -> bytes:
    return orjson.dumps(rules.model_dump(), default=sorted, option=orjson.OPT_SORT_KEYS)


@lru_cache(maxsize=1)
def _code_of_folds() -> str:
    return _hexdigest(*(part for of in (records, tables, kinds) for part in _sources(of.__file__)))


@lru_cache(maxsize=1)
def _code_of_figures() -> str:
    return _hexdigest(*_sources(figures.__file__))


def _sources(file: str | None) -> Iterator[bytes]:
    assert file is not None
    path = Path(file)
    for source in sorted(path.parent.glob("*.py")) if path.name == "__init__.py" else [path]:
        yield source.read_bytes()


def _hexdigest(*parts: bytes) -> str:
    whole = sha256()
    for part in parts:
        whole.update(sha256(part).digest())
    return whole.hexdigest()[:16]
