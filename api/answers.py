"""Answers: JSON, with the headers that keep them safe in a browser and out of caches that others share."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson
from starlette.types import Send

Headers = tuple[tuple[bytes, bytes], ...]

JSON: Headers = ((b"content-type", b"application/json"),)
PROBLEM: Headers = ((b"content-type", b"application/problem+json"),)

_ALWAYS: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"vary", b"authorization"),
)
_NEVER_KEPT: Headers = ((b"cache-control", b"no-store"),)
_CHECKED_AGAIN = (b"cache-control", b"private, no-cache")


class Reply(NamedTuple):
    """A status, a body, and the headers that are this answer's own."""

    status: int
    body: bytes
    headers: Headers = JSON


def line(content: Any) -> bytes:
    """JSON on a line of its own, so that a terminal shows one answer below another."""
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def json(content: Any, status: int = 200, headers: Iterable[tuple[bytes, bytes]] = ()) -> Reply:
    """An answer in JSON."""
    return Reply(status, line(content), (*JSON, *headers))


def tagged(content: Any, tag: str) -> Reply:
    """An answer that may be kept by who asked, if they check each time whether it still holds."""
    return Reply(200, line(content), (*JSON, (b"etag", tag.encode()), _CHECKED_AGAIN))


def unchanged(tag: str) -> Reply:
    """What was answered under this tag still holds."""
    return Reply(304, b"", ((b"etag", tag.encode()), _CHECKED_AGAIN))


def headers(reply: Reply) -> list[tuple[bytes, bytes]]:
    """All headers of this answer."""
    status, body, own = reply
    kept = own if _CHECKED_AGAIN in own else own + _NEVER_KEPT
    length = () if status == 304 else ((b"content-length", b"%d" % len(body)),)
    return [*_ALWAYS, *kept, *length]


async def give(send: Send, reply: Reply, *, head: bool = False) -> None:
    """Send it; only the headers when that was asked."""
    await send({"type": "http.response.start", "status": reply.status, "headers": headers(reply)})
    await send({"type": "http.response.body", "body": b"" if head else reply.body})
