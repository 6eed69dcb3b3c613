"""An entry of the journal: its envelope, its canonical bytes, the hashes that chain it, and the text kept apart."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from os import urandom
from typing import Any, NamedTuple
from zlib import crc32

import orjson

from domain.decider import Fact, Stamp
from domain.journal.kinds import newest

BUCKETS = 64
"""Into how many buckets roots are dealt, so that workers can share a scan."""

START = bytes(32)
"""What the first entry's hash follows."""

_KEY_BYTES = 32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Draft(NamedTuple):
    """An entry before it has a place: all but position, version, commitment and hash."""

    root: str
    stream: str
    kind: str
    schema: int
    occurred_on: str
    recorded_at: int
    """UTC microseconds since 1970: equal within one act, and rising from act to act."""
    source: str
    actor: str
    role: str
    via: str
    on_behalf_of: str | None
    rules_version: int
    command: str
    facts: bytes
    personal: Mapping[str, str] | None = None
    key: bytes | None = None
    """The key of the personal text's envelope: 32 bytes, never used twice; by default one is drawn."""
    concerning: tuple[str, ...] = ()
    """Whom the personal text is about, or who wrote it: each can have it erased."""


class Decided(NamedTuple):
    """A fact as it was decided, and where it goes."""

    fact: Fact
    root: str
    version: int
    stamp: Stamp
    recorded_at: int
    command: str


def drafted(decided: Decided, key: bytes | None = None) -> Draft:
    """What was decided, as an entry without a place; `key` as a draft has it.

    ValueError when its personal text concerns nobody.
    """
    (stream, event, concerning), root, _, stamp, recorded_at, command = decided
    personal = event.personal()
    if personal and not concerning:
        raise ValueError(f"{event.kind} has personal text, but does not say whom it concerns")
    day = event.day
    return Draft(
        root,
        stream.id,
        event.kind,
        event.schema_version,
        day.isoformat(),
        recorded_at,
        stamp.source_of(day),
        stamp.actor,
        stamp.role,
        stamp.via,
        stamp.on_behalf_of,
        stamp.rules_version,
        command,
        event.facts(),
        personal,
        key,
        concerning,
    )


class Entry(NamedTuple):
    """One event as it was written, with its kind's name; `facts` are the stored bytes."""

    position: int
    root: str
    stream: str
    version: int
    kind: str
    schema: int
    occurred_on: str
    recorded_at: int
    """UTC microseconds since 1970; entries of one act share it, and no two acts do."""
    source: str
    actor: str
    role: str
    via: str
    on_behalf_of: str | None
    rules_version: int
    command: str
    facts: bytes
    commitment: bytes
    hash: bytes

    @property
    def recorded(self) -> datetime:
        """When it was recorded, in UTC."""
        return moment(self.recorded_at)

    def data(self) -> dict[str, Any]:
        """The facts as plain values, at the newest schema of their kind."""
        return newest(self.kind, self.schema, self.facts)


def canonical(
    position: int,
    root: str,
    stream: str,
    version: int,
    kind: str,
    schema: int,
    said: Sequence[object],
    facts: str,
    commitment: bytes,
) -> bytes:
    """What a hash is taken of: a JSON array of all that an entry says, in the order of its columns.

    `said` is what stands between kind and facts, from `occurred_on` to `command`.
    """
    return orjson.dumps((position, root, stream, version, kind, schema, *said, facts, commitment.hex()))


def chained(previous: bytes, written: bytes) -> bytes:
    """The hash of an entry: SHA-256 over the hash before it and its own canonical bytes."""
    return sha256(previous + written).digest()


def readable(facts: bytes) -> str:
    """Facts as text; what is no UTF-8 (the library may store anything) as hexadecimal digits."""
    try:
        return facts.decode()
    except UnicodeDecodeError:
        return facts.hex()


def bucket_of(root: str) -> int:
    """The bucket that a root falls into: the first bits of a UUID, a checksum of anything else."""
    try:
        return int(root[:2], 16) & 63 if len(root) == 36 else crc32(root.encode()) & 63
    except ValueError:
        return crc32(root.encode()) & 63


def micros(moment: datetime) -> int:
    """UTC microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """The moment of so many UTC microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=micros)


def sealed(text: Mapping[str, str], key: bytes) -> tuple[str, bytes]:
    """An envelope of personal text, and the commitment to it that its entry keeps for good.

    The key is in the envelope, so once that is destroyed the commitment says nothing about the text.
    """
    written = orjson.dumps(text, option=orjson.OPT_SORT_KEYS)
    return f'{{"key":"{key.hex()}","text":{written.decode()}}}', signed(key, written)


def drawn(many: int) -> Iterator[bytes]:
    """So many keys, never used before. They are drawn at once: at each draw other threads may go first."""
    keys = urandom(_KEY_BYTES * many)
    return (keys[n : n + _KEY_BYTES] for n in range(0, len(keys), _KEY_BYTES))


def opened(envelope: str) -> tuple[dict[str, str], bytes]:
    """The personal text of an envelope, and the commitment it should meet."""
    content = orjson.loads(envelope)
    text: dict[str, str] = content["text"]
    return text, signed(bytes.fromhex(content["key"]), orjson.dumps(text, option=orjson.OPT_SORT_KEYS))


def signed(key: bytes, said: bytes) -> bytes:
    """HMAC-SHA-256. `hmac.digest` would do it in one step, but let other threads go first."""
    return hmac.new(key, said, "sha256").digest()
