"""Decisions under the lock: states up to date, then each wish against a state that includes those before it."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from domain.decider import Fact, Stamp, State
from domain.journal.appending import NOTHING, Kinds, Page, Tip, check_durable, commit, lock, tip
from domain.journal.database import Connection, Failure, Unreachable
from domain.journal.engines import connect
from domain.journal.entry import Decided, drafted, drawn, micros, moment
from domain.journal.kinds import check
from domain.journal.states import Memory
from domain.journal.wishes import Answer, Remembered, Wish, forget_old, recall_answers, remember, written_down
from domain.refusals import Refusal, Refused, Stale
from domain.rules import Rules

_TOO_FAR = 10_000
_CACHE_KILOBYTES = 64_000
_TIDY_MICROSECONDS = 3_600_000_000
_SINCE = """SELECT position, recorded_at, hash, root, stream, version, kind, occurred_on, facts
              FROM events WHERE position >= ? ORDER BY position LIMIT ?"""


class Desk:
    """Where the writer sits: its connection, the states at hand, and the last entry it knows of."""

    def __init__(self, database: str, clock: Callable[[], datetime], states: int) -> None:
        self._database = database
        self._clock = clock
        self._connection: Connection | None = None
        self._kinds = Kinds()
        self._memory = Memory(self.connection, self._kinds, states)
        self._tip = NOTHING
        self._rules = Rules()
        self._tidy_at = 0
        self._touched: set[str] = set()
        self._decided: list[Decided] = []
        self._position = self._recorded_at = 0
        """Those of the last entry, with what is decided and not yet written."""
        self._answered: dict[tuple[str, str], Remembered] = {}
        self._to_remember: list[Remembered] = []

    def connection(self) -> Connection:
        """The connection, made when it is first needed or was lost."""
        if self._connection is None:
            connection = connect(self._database)
            try:
                check_durable(connection)
                if connection.engine == "sqlite":
                    connection.execute(f"PRAGMA cache_size = -{_CACHE_KILOBYTES}")
                    # What undoes one statement stays in memory: rows of many streams fill it, and it went to a file.
                    connection.execute("PRAGMA temp_store = MEMORY")
                self._kinds.load(connection)
                self._memory.clear()
                self._tip = tip(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def close(self) -> None:
        """Let go of the connection; the next question makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def try_to_lock(self) -> None:
        """Take the lock, and let go of it."""
        try:
            lock(self.connection())
            self.connection().rollback()
        except Failure as failure:
            self.undo(lost=isinstance(failure, Unreachable))
            raise

    def prepare(self, wishes: Iterable[Wish]) -> None:
        """Load the states that these wishes look at, before anyone has to wait for the lock."""
        self.connection()
        memory = self._memory
        for wish in wishes:
            with suppress(Refused):
                memory.load(wish.command.concerns(memory.states))

    def open(self, keys: Iterable[tuple[str, str]]) -> Page:
        """Take the lock and bring the states up to date: an empty page that follows the last entry."""
        connection = self.connection()
        with connection.together():
            lock(connection)
            rows = connection.execute(_SINCE, (self._tip.position, _TOO_FAR))
        known, found = self._tip, Tip(*rows[-1][:3]) if rows else NOTHING
        if found != known:
            self._kinds.load(connection)
            check(self._kinds.by_id)
            follows = known == NOTHING or (rows and Tip(*rows[0][:3]) == known)
            if follows and len(rows) < _TOO_FAR:
                self._memory.follow(row[3:] for row in rows if row[0] > known.position)
            else:
                self._memory.clear()
                found = tip(connection)
            self._tip = found
        self._touched = set()
        self._decided = []
        self._position, self._recorded_at, _ = self._tip
        self._to_remember = []
        self._answered = recall_answers(connection, keys, micros(self._clock()))
        return Page(self._tip, self._kinds, text=connection.engine == "sqlite")

    def decide(self, wish: Wish, fingerprint: bytes) -> Answer:
        """Note what this wish brings about, for the page; its answer. Raises `Refused` when it may not be."""
        command, caller, key, if_match, guard = wish
        if key is not None and (before := self._answered.get((caller.actor, key))):
            if before.fingerprint != fingerprint:
                raise Refused(
                    Refusal.KEY_REUSED,
                    "this key was used for another request; use a new key for a new request",
                )
            return before.again()
        if guard is not None:
            guard(self._memory.states)
        target = command.target
        _, version = self._memory.at(*target)
        if if_match is not None and if_match != version:
            raise Stale(f"you looked at version {if_match}, but it is now at version {version}; look again")
        now = self._clock()
        recorded_at = micros(now)
        if recorded_at <= self._recorded_at:
            recorded_at = self._recorded_at + 1
            now = moment(recorded_at)
        stamp = Stamp(now, caller.actor, caller.role, caller.via, caller.on_behalf_of, caller.source, self._rules)
        first = self._position + 1
        written = self._note(command.decide(self._memory.states, stamp), stamp, recorded_at, type(command).__name__)
        state, reached = self._memory.at(*target)
        answer = Answer(target.id, reached, self._position, written, state.status, version == 0 < reached)
        if key is not None:
            row = Remembered(
                caller.actor,
                key,
                fingerprint,
                recorded_at,
                first if written else None,
                self._position if written else None,
                written_down(answer),
            )
            self._answered[caller.actor, key] = row
            self._to_remember.append(row)
        return answer

    def write(self, page: Page) -> None:
        """Put on the page what was decided, insert it and commit: from here on it is so, whatever happens to us."""
        connection = self.connection()
        for one, key in zip(self._decided, drawn(len(self._decided)), strict=True):
            page.add(drafted(one, key), one.version)
        if not page.rows and not self._to_remember:
            connection.rollback()
            return
        page.write(connection)
        if self._to_remember:
            remember(connection, self._to_remember)
            now = self._to_remember[-1].answered_at
            if now >= self._tidy_at:
                forget_old(connection, now)
                self._tidy_at = now + _TIDY_MICROSECONDS
        with connection.together():
            commit(connection)
        self._tip = page.tip
        self._memory.trim()

    def undo(self, *, lost: bool = False) -> None:
        """Leave the transaction, and forget what was only decided."""
        self._memory.forget(self._touched)
        try:
            if lost or self._connection is None:
                self.close()
            else:
                self._connection.rollback()
                self._kinds.load(self._connection)
        except Failure:
            self.close()

    def landed(self, page: Page) -> bool:
        """Whether this page is in the journal after all: a lost answer does not mean a lost commit.

        Asked under the lock, because the server may still be busy with a commit whose connection is gone.
        """
        connection = self.connection()
        lock(connection)
        rows = connection.execute("SELECT hash FROM events WHERE position = ?", (page.position,))
        connection.rollback()
        return bool(page.rows) and rows == [(page.hash,)]

    def _note(self, facts: list[Fact], stamp: Stamp, recorded_at: int, command: str) -> tuple[str, ...]:
        """All facts of one command; their kinds. They are drafted with those of the others, when the page is written:
        a processor goes over the same few steps for many entries in much less time than over all of them for each.
        """
        memory = self._memory
        named: dict[str, type[State]] = {}
        for stream, _, _ in facts:
            taken = named.setdefault(stream.id, memory.owner(stream.id) or stream.of)
            if taken is not stream.of:
                raise Refused(Refusal.ID_TAKEN, f"the id {stream.id} already names a {taken.noun}; choose another")
        self._touched |= named.keys()
        for fact in facts:
            stream = fact.stream
            state, version = memory.at(*stream)
            state = state.evolve(fact.event)
            root = state.root(stream.id)
            memory.put(stream, state, version + 1, root)
            self._decided.append(Decided(fact, root, version + 1, stamp, recorded_at, command))
            self._position += 1
            self._recorded_at = recorded_at
        return tuple([fact.event.kind for fact in facts])
