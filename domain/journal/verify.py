"""Whether the journal is as it was written: every position, every hash, every fact, every commitment."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple, get_args

import orjson

from domain.decider import Source
from domain.journal.database import Connection, Row
from domain.journal.entry import START, bucket_of, canonical, chained, opened, readable
from domain.journal.kinds import KINDS, recall
from domain.journal.reading import facts_of
from domain.journal.tables import COLUMNS, guards

_SIZE = 5_000


class Finding(NamedTuple):
    """What is wrong, and at which position (0: with the tables themselves)."""

    position: int
    what: str


class _Suspect(NamedTuple):
    """An entry that does not meet its hash. Which of the two was changed, the next entry tells."""

    position: int
    right_hash: bytes
    blamed: list[str]


def verify(connection: Connection, until: int) -> Iterator[Finding]:
    """Everything that is not as it was written, up to a position, in order."""
    for guard in guards(connection):
        yield Finding(0, f"the guard {guard} is gone, or another: entries could be changed; find out who did that")
    kinds = {id: (kind, schema) for id, kind, schema in connection.execute("SELECT id, kind, schema FROM kinds")}
    check = _Check(kinds)
    columns = ", ".join(facts_of(connection.engine) if column == "facts" else f"e.{column}" for column in COLUMNS)
    for after in range(0, until, _SIZE):
        span = (after, min(after + _SIZE, until))
        rows = connection.execute(
            f"SELECT {columns} FROM events e WHERE e.position > ? AND e.position <= ? ORDER BY e.position",
            span,
        )
        envelopes: dict[int, list[str]] = {}
        for position, envelope in connection.execute(
            "SELECT position, envelope FROM personal WHERE position > ? AND position <= ?", span
        ):
            envelopes.setdefault(position, []).append(envelope)
        for row in rows:
            yield from check.entry(row, envelopes.get(row[0], ()))
    yield from check.end(until)


class _Check:
    """What has been seen so far, and whether the next entry follows from it."""

    def __init__(self, kinds: Mapping[int, tuple[str, int]]) -> None:
        self._kinds = kinds
        self._position = 0
        self._recorded_at = 0
        self._hash = START
        self._streams: dict[str, tuple[int, str]] = {}
        self._suspect: _Suspect | None = None

    def entry(self, row: Row, envelopes: Sequence[str]) -> Iterator[Finding]:
        """What is wrong with this entry, or turns out about the one before."""
        position, root, stream, version = row[:4]
        recorded_at, facts, commitment, hash, bucket = row[6], *row[14:]
        if position != self._position + 1:
            yield from self._gap(position - 1)
        written = self._written(row)
        if self._suspect:
            rehashed = written is not None and hash == chained(self._suspect.right_hash, written)
            yield self._verdict("hash: the hash was changed, the entry is right" if rehashed else "")
            if rehashed:
                self._hash = self._suspect.right_hash
            self._suspect = None
        right = None if written is None else chained(self._hash, written)
        before = self._streams.get(stream)
        if right != hash:
            self._suspect = _Suspect(position, right or b"", list(self._blame(row, before)))
        else:
            if version != (before[0] + 1 if before else 1):
                yield Finding(position, f"version: {version} does not follow {before[0] if before else 0}")
            if not _is_object(facts):
                yield Finding(position, "facts: they are no JSON object")
        if bucket != bucket_of(root):
            yield Finding(position, f"bucket: {bucket} is not the bucket of this root")
        for envelope in envelopes:
            if not _meets(envelope, commitment):
                yield Finding(position, "personal: the text is not what its commitment says")
        self._position, self._recorded_at, self._hash = position, recorded_at, hash
        self._streams[stream] = (version, root)

    def end(self, until: int) -> Iterator[Finding]:
        """What turns out once all has been seen."""
        if self._suspect:
            yield self._verdict("")
        if self._position < until:
            yield from self._gap(until)

    def _gap(self, last: int) -> Iterator[Finding]:
        first = self._position + 1
        missing = f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"
        yield Finding(first, f"position: {missing}")

    def _verdict(self, found: str) -> Finding:
        assert self._suspect
        position, _, blamed = self._suspect
        if found:
            return Finding(position, found)
        reason = "; ".join(blamed) or "a value was changed that nothing else tells about"
        return Finding(position, f"{reason}: the entry is not what its hash says")

    def _written(self, row: Row) -> bytes | None:
        position, root, stream, version, number = row[:5]
        kind, schema = self._kinds.get(number, ("", 0))
        facts, commitment = row[14:16]
        try:
            return canonical(position, root, stream, version, kind, schema, row[5:14], readable(facts), commitment)
        except (TypeError, AttributeError):
            return None

    def _blame(self, row: Row, before: tuple[int, str] | None) -> Iterator[str]:
        """Which columns contradict the others."""
        values = dict(zip(COLUMNS, row, strict=True))
        kind, schema = self._kinds.get(values["kind"], ("", 0))
        if kind not in KINDS:
            yield f"kind: {values['kind']} is no kind of event"
        if before and values["root"] != before[1]:
            yield f"root: it was {before[1]} so far"
        if values["version"] != (before[0] + 1 if before else 1):
            yield f"version: {values['version']} does not follow {before[0] if before else 0}"
        if not isinstance(values["recorded_at"], int) or values["recorded_at"] < self._recorded_at:
            yield "recorded_at: it is before the entry that it follows"
        if values["source"] not in get_args(Source):
            yield f"source: there is no source {values['source']}"
        if len(values["commitment"]) not in (0, 32):
            yield "commitment: it has not the length of one"
        if not isinstance(values["occurred_on"], str) or not _is_day(values["occurred_on"]):
            yield "occurred_on: it is no day"
        elif kind in KINDS:
            yield from _blame_facts(kind, schema, values["facts"], values["occurred_on"])


def _blame_facts(kind: str, schema: int, facts: bytes, occurred_on: str) -> Iterator[str]:
    try:
        values = orjson.loads(facts)
    except orjson.JSONDecodeError:
        yield "facts: they are no JSON"
        return
    if orjson.dumps(values, option=orjson.OPT_SORT_KEYS) != facts:
        yield "facts: they are not in their canonical form"
    try:
        event = recall(kind, schema, facts, occurred_on)
    except (ValueError, TypeError, KeyError):
        yield f"facts: they are not those of {kind}"
        return
    if event.day.isoformat() != occurred_on:
        yield f"occurred_on: the facts say {event.day.isoformat()}"


def _is_object(facts: bytes) -> bool:
    with suppress(orjson.JSONDecodeError):
        return isinstance(orjson.loads(facts), dict)
    return False


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        return date.fromisoformat(text).isoformat() == text
    return False


def _meets(envelope: str, commitment: Any) -> bool:
    with suppress(ValueError, KeyError, TypeError):
        return bool(opened(envelope)[1] == commitment)
    return False
