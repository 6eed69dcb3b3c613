"""What is asked of the journal, by whom, and what it answers; and how a repeated wish is recognized."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from domain.decider import Command, Source, States
from domain.journal.database import Connection
from domain.journal.entry import signed

REMEMBERED_DAYS = 30
"""How long the answer to a wish with a key is given again."""

Guard = Callable[[States], None]

_MICROSECONDS = REMEMBERED_DAYS * 24 * 60 * 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the actor, in which role, through what, and whom they act for."""

    actor: str
    role: str
    via: str
    on_behalf_of: str | None = None
    source: Source = "live"


class Wish(NamedTuple):
    """A command and its caller; a key makes it safe to repeat, and a version makes it fail when that has passed."""

    command: Command
    caller: Caller
    key: str | None = None
    if_match: int | None = None
    guard: Guard | None = None
    """Whether the caller may: asked of the states that the decision sees; raises `Refused` when not."""


class Answer(NamedTuple):
    """What came of a wish: the stream it was about as it is now, and the kinds of what was written, if anything."""

    id: str
    version: int
    position: int
    """The last position written, or the journal's when nothing was."""
    events: tuple[str, ...]
    state: str
    created: bool


class Remembered(NamedTuple):
    """A row of the table commands."""

    actor: str
    key: str
    fingerprint: bytes
    answered_at: int
    first_position: int | None
    last_position: int | None
    answer: str

    def again(self) -> Answer:
        """The answer that was given."""
        id, version, position, events, state, created = orjson.loads(self.answer)
        return Answer(id, version, position, tuple(events), state, created)


def fingerprint(wish: Wish, secret: bytes) -> bytes:
    """What tells this wish from another under the same key: an HMAC, because the body may hold personal text."""
    body = wish.command.model_dump(mode="json")
    said = orjson.dumps([type(wish.command).__name__, wish.caller.on_behalf_of, body], option=orjson.OPT_SORT_KEYS)
    return signed(secret, said)


def written_down(answer: Answer) -> str:
    """An answer as it is kept."""
    return orjson.dumps(tuple(answer)).decode()


def recall_answers(
    connection: Connection, keys: Iterable[tuple[str, str]], now: int
) -> dict[tuple[str, str], Remembered]:
    """What was answered under these (actor, key). What has expired is removed, so that the key can be used again."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return {}
    columns = ", ".join(Remembered._fields)
    if connection.engine == "sqlite":
        marks = ", ".join(["(?, ?)"] * len(wanted))
        asked = f"""WITH wanted (actor, key) AS (VALUES {marks})
                    SELECT {columns} FROM wanted CROSS JOIN commands USING (actor, key)"""
        rows = connection.execute(asked, [said for pair in wanted for said in pair])
    else:
        rows = connection.execute(
            f"""SELECT {columns} FROM unnest(?::text[], ?::text[]) AS wanted (actor, key)
                  JOIN commands USING (actor, key)""",
            ([actor for actor, _ in wanted], [key for _, key in wanted]),
        )
    found = {(row.actor, row.key): row for row in map(Remembered._make, rows)}
    expired = [pair for pair, row in found.items() if row.answered_at <= now - _MICROSECONDS]
    if expired:
        connection.executemany("DELETE FROM commands WHERE actor = ? AND key = ?", expired)
    return {pair: row for pair, row in found.items() if pair not in expired}


def remember(connection: Connection, rows: Sequence[Remembered]) -> None:
    """Keep these answers."""
    connection.copy("commands", Remembered._fields, rows)


def forget_old(connection: Connection, now: int) -> None:
    """Remove answers that have expired, a thousand at most."""
    connection.execute(
        """DELETE FROM commands WHERE answered_at <=
           (SELECT max(answered_at) FROM
             (SELECT answered_at FROM commands WHERE answered_at <= ? ORDER BY answered_at LIMIT 1000) AS oldest)""",
        (now - _MICROSECONDS,),
    )
