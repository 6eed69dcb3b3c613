"""What the server says of itself on standard error: one JSON object a line, each with the request that it belongs to.

Addresses without their query, ids, codes and times are said; no body, no token and no personal text ever is.
"""

import logging
import re
import sys
from asyncio import get_running_loop
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from secrets import token_hex
from time import time
from typing import Any

import orjson

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that is served."""

_MOMENT_SECONDS = 0.05
_PROCESS, _NUMBERS = token_hex(6), count(1)
_GIVEN = re.compile(rb"[A-Za-z0-9._:-]{1,64}")


def request_id(given: bytes | None) -> str:
    """The id that a client gave its request, where it is fit to be one; else a new one."""
    if given is not None and _GIVEN.fullmatch(given):
        return given.decode("ascii")
    return f"{_PROCESS}-{next(_NUMBERS):x}"


def to_standard_error(level: int = logging.INFO) -> None:
    """Say on standard error what is logged from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger("journal")
    root.handlers = [handler]
    root.setLevel(level)
    root.propagate = False


class Lines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        if lines := getattr(record, "lines", None):
            return "\n".join(lines)
        said = {
            "at": _moment(record.created),
            "level": record.levelname.lower(),
            "log": record.name,
            "said": record.getMessage(),
        }
        if request := REQUEST.get():
            said["request"] = request
        return orjson.dumps(said).decode()


class Answered:
    """The lines about requests that were answered: thousands a second, and written down a handful at a time."""

    def __init__(self) -> None:
        self._log = logging.getLogger("journal.request")
        self._lines: list[str] = []

    def say(self, **said: Any) -> None:
        """One more; it is written within a moment, in the event loop."""
        if not self._log.isEnabledFor(logging.INFO):
            return
        line = {"at": _moment(time()), "level": "info", "log": self._log.name, **said}
        self._lines.append(orjson.dumps(line).decode())
        if len(self._lines) == 1:
            get_running_loop().call_later(_MOMENT_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what waits."""
        lines, self._lines = self._lines, []
        if lines:
            record = logging.LogRecord(self._log.name, logging.INFO, "", 0, "answered", (), None)
            record.lines = lines
            self._log.handle(record)


def _moment(seconds: float) -> str:
    whole = int(seconds)
    return f"{_second(whole)}.{int((seconds - whole) * 1000):03d}Z"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().removesuffix("+00:00")
