"""What the server says of itself on standard error: one JSON object a line, each with the request that it belongs to.

Addresses without their query, ids, codes and times are said; no body, no token and no personal text ever is.
"""

import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from secrets import token_hex

import orjson

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that is served."""

_GIVEN = re.compile(rb"[A-Za-z0-9._:-]{1,64}")


def request_id(given: bytes | None) -> str:
    """The id that a client gave its request, where it is fit to be one; else a new one."""
    if given is not None and _GIVEN.fullmatch(given):
        return given.decode("ascii")
    return token_hex(8)


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
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "log": record.name,
            "said": record.getMessage(),
        }
        if request := REQUEST.get():
            said["request"] = request
        said |= getattr(record, "more", {})
        return orjson.dumps(said).decode()
