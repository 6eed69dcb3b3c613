"""The journal: what happened, in order, for good."""

from domain.journal.database import Conflict, Connection, Failure, NoRoom, Unreachable
from domain.journal.engines import connect, engine_of
from domain.journal.entry import Draft, Entry, micros, moment
from domain.journal.journal import Journal, utc_now
from domain.journal.request import Request
from domain.journal.scribe import Scribe
from domain.journal.verify import Finding
from domain.journal.wishes import Answer, Caller, Wish
from domain.journal.writer import Writer

__all__ = [
    "Answer",
    "Caller",
    "Conflict",
    "Connection",
    "Draft",
    "Entry",
    "Failure",
    "Finding",
    "Journal",
    "NoRoom",
    "Request",
    "Scribe",
    "Unreachable",
    "Wish",
    "Writer",
    "connect",
    "engine_of",
    "micros",
    "moment",
    "utc_now",
]
