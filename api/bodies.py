"""Bodies: read with a limit in bytes and in time, and taken for what they say: no key twice, no number without end.

What a client sends beyond a failure is taken and let go before the answer, within limits. A server that closes a
connection on which bytes wait resets it, and the client may lose the answer.
"""

import json
from contextlib import suppress
from typing import Any

import orjson
from starlette.types import Message, Receive, Scope

from api.answers import Headers
from api.patience import Patience
from api.problems import NotJson, TooLarge, TooSlow, Unreadable

MOST_BYTES = 256 * 1024
MOST_SECONDS = 10.0
DEEPEST = 8

MOST_LET_GO_BYTES = 4 * MOST_BYTES
MOST_LET_GO_SECONDS = 1.0

CLOSE: Headers = ((b"connection", b"close"),)
"""The header of the last answer on a connection."""

_CONTAINERS = (dict, list)


class Incoming:
    """What a client sends beyond the headers of a request."""

    __slots__ = ("_awaited", "_receive", "patience", "whole")

    def __init__(self, scope: Scope, receive: Receive, patience: Patience) -> None:
        self.patience = patience
        self.whole = True
        """Whether nothing more of it can come."""
        self._awaited = False
        self._receive = receive
        for name, value in scope["headers"]:
            if name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
                self.whole = False
            elif name == b"expect":
                self._awaited = True

    async def __call__(self) -> Message:
        message = await self._receive()
        self.whole = not message.get("more_body", False)
        return message

    async def let_go(self) -> None:
        """Take the rest, within limits; nothing of a client that waits to be told to go on (100)."""
        if not self.whole and not self._awaited:
            with suppress(TimeoutError):
                await self.patience.wait(MOST_LET_GO_SECONDS, self._take_the_rest())

    async def _take_the_rest(self) -> None:
        taken = 0
        while not self.whole and taken < MOST_LET_GO_BYTES:
            taken += len((await self()).get("body", b""))


async def read(incoming: Incoming, headers: dict[bytes, bytes]) -> bytes:
    """The whole body. `TooLarge`, `TooSlow`, or `Unreadable` when it does not come whole."""
    said = headers.get(b"content-length")
    if said is not None and said.isdigit() and int(said) > MOST_BYTES:
        raise _too_large()
    try:
        return await incoming.patience.wait(MOST_SECONDS, _all(incoming))
    except TimeoutError:
        raise TooSlow(f"the body did not come within {MOST_SECONDS:.0f} seconds", headers=CLOSE) from None


def parse(body: bytes, headers: dict[bytes, bytes]) -> dict[str, Any]:
    """The JSON object that this body is; an empty body is an empty object. `NotJson` or `Unreadable` otherwise."""
    if not body:
        return {}
    if not is_json(headers.get(b"content-type", b"")):
        raise NotJson("the body is to be JSON, and its content-type application/json")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise NotJson("the body is to come as it is, without a content-encoding")
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unreadable("the body is no JSON (in UTF-8, its numbers finite)") from None
    if not isinstance(content, dict):
        raise Unreadable("the body is to be a JSON object")
    if body.count(b'":') != _names(content, 1) or _has_gaps(body):
        _refuse_doubles(body)
    return content


def is_json(content_type: bytes) -> bool:
    """Whether this is the content type of JSON, in UTF-8."""
    kind, _, parameters = content_type.lower().partition(b";")
    return kind.strip() == b"application/json" and parameters.strip() in (b"", b"charset=utf-8", b'charset="utf-8"')


async def _all(receive: Receive) -> bytes:
    message = await receive()
    body = bytearray()
    while message["type"] != "http.disconnect":
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(body)
        message = await receive()
    raise Unreadable("the body did not come whole", headers=CLOSE)


def _too_large() -> TooLarge:
    return TooLarge(f"the body is longer than {MOST_BYTES} bytes", headers=CLOSE)


def _has_gaps(body: bytes) -> bool:
    """Whether there is room before a colon: in JSON that is written so, or in a text."""
    return b" :" in body or b"\t:" in body or b"\r:" in body or b"\n:" in body


def _names(value: Any, depth: int) -> int:
    """How many names the objects in here have, all in all; refused when they lie too deep."""
    if depth > DEEPEST:
        raise Unreadable(f"the body is nested more than {DEEPEST} deep")
    inner, count = (value.values(), len(value)) if isinstance(value, dict) else (value, 0)
    for one in inner:
        if type(one) in _CONTAINERS:
            count += _names(one, depth + 1)
    return count


def _refuse_doubles(body: bytes) -> None:
    """Look closely: a name may be said twice, because there are not just as many as there are quotes before colons."""
    json.loads(body, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise Unreadable("the body says a name twice")
