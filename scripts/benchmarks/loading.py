"""Callers over HTTP: many connections, each asking as soon as it was answered, in a process of their own.

`python -m scripts.benchmarks.loading` reads a plan in JSON: `port, token, connections, seconds`, and what is asked:
`sessions` (relationships; each connection holds sessions of its share), or `paths` (questions, in turn; with `tagged`
each with the tag of the answer before it). A `probe` is a relationship: one more connection writes there, and waits
until it is seen. It answers `requests, seconds, p50, p99` and `lag_p50, lag_p99`, the times in milliseconds.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count, cycle, islice
from statistics import quantiles
from time import perf_counter
from typing import Any
from uuid import uuid4

_START = date(1900, 1, 1)
"""Early enough that every session has a day of its own."""

_SUMMARY = "We looked at what went well."
_GRANTED = (200, 201, 304)


class WrongAnswer(Exception):
    """A server answered otherwise than it was to."""


class Line(asyncio.Protocol):
    """One connection: one request at a time, and how long each took."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self.head = b""
        self.body = b""
        self._came = bytearray()
        self._began = 0.0
        self._answered: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, reason: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(WrongAnswer(f"the connection was closed ({reason})"))

    async def ask(self, request: bytes) -> None:
        """Send this, and wait for the answer: `head` and `body`."""
        self._answered = asyncio.get_running_loop().create_future()
        self._began = perf_counter()
        self._transport.write(request)
        await self._answered

    def data_received(self, data: bytes) -> None:
        self._came += data
        end = self._came.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._came[:end]).lower()
        _, _, rest = head.partition(b"\r\ncontent-length: ")
        length = int(rest.partition(b"\r\n")[0] or 0)
        if len(self._came) < end + 4 + length:
            return
        self.took.append(perf_counter() - self._began)
        self.head, self.body = head, bytes(self._came[end + 4 :])
        self._came.clear()
        assert self._answered is not None
        if self._answered.done():
            return
        status = int(head[9:12])
        if status in _GRANTED:
            self._answered.set_result(None)
        else:
            self._answered.set_exception(WrongAnswer(f"{status}: {self.body.decode()}"))

    def close(self) -> None:
        self._transport.close()


Requests = Callable[[int, Line], Iterator[bytes]]
"""What the connection of this number asks, request by request."""


def requests_of(plan: dict[str, Any]) -> Requests:
    """What this plan lets each connection ask."""
    said = f"Host: 127.0.0.1:{plan['port']}\r\nAuthorization: Bearer {plan['token']}\r\n"

    def sessions(number: int, line: Line) -> Iterator[bytes]:
        own = plan["sessions"][number :: plan["connections"]]
        for day in count():
            for relationship in own:
                yield session(said, relationship, _START + timedelta(days=day))

    def questions(number: int, line: Line) -> Iterator[bytes]:
        tags: dict[str, bytes] = {}
        for path in islice(cycle(plan["paths"]), number, None):
            known = tags.get(path)
            condition = b"" if known is None else b"If-None-Match: %b\r\n" % known
            yield f"GET {path} HTTP/1.1\r\n{said}".encode() + condition + b"\r\n"
            if plan.get("tagged"):
                _, _, rest = line.head.partition(b"\r\netag: ")
                tags[path] = rest.partition(b"\r\n")[0]

    return sessions if "sessions" in plan else questions


def session(said: str, relationship: str, day: date) -> bytes:
    """A wish to record a session of that day."""
    body = json.dumps(
        {
            "session": str(uuid4()),
            "held_on": day.isoformat(),
            "minutes": 60,
            "mode": "video",
            "topics": ["feedback"],
            "summary": _SUMMARY,
        }
    )
    head = f"POST /v1/relationships/{relationship}/sessions HTTP/1.1\r\n{said}Idempotency-Key: {uuid4()}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


async def load(plan: dict[str, Any]) -> dict[str, Any]:
    """Ask as planned; how it went."""
    lines = [await _connected(plan["port"]) for _ in range(plan["connections"])]
    asks, end = requests_of(plan), perf_counter() + plan["seconds"]
    lags: list[float] = []

    async def go_on(number: int, line: Line) -> None:
        for request in asks(number, line):
            await line.ask(request)
            if perf_counter() >= end:
                break

    began = perf_counter()
    going = [go_on(number, line) for number, line in enumerate(lines)]
    if "probe" in plan:
        going.append(_probe(plan, end, lags))
    await asyncio.gather(*going)
    seconds = perf_counter() - began
    for line in lines:
        line.close()
    took = [one for line in lines for one in line.took]
    answer = {"requests": len(took), "seconds": seconds} | _spread("", took)
    return answer | (_spread("lag_", lags) if lags else {})


async def _connected(port: int) -> Line:
    _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", port)
    return line


async def _probe(plan: dict[str, Any], end: float, lags: list[float]) -> None:
    """How long after its answer a wish is seen by who waits for it."""
    said = f"Host: 127.0.0.1:{plan['port']}\r\nAuthorization: Bearer {plan['token']}\r\n"
    line, relationship = await _connected(plan["port"]), plan["probe"]
    for day in count():
        await line.ask(session(said, relationship, _START + timedelta(days=day)))
        position = json.loads(line.body)["position"]
        path = f"/v1/relationships/{relationship}/history?limit=1&wait_for={position}"
        await line.ask(f"GET {path} HTTP/1.1\r\n{said}\r\n".encode())
        lags.append(line.took[-1])
        if perf_counter() >= end:
            break
    line.close()


def _spread(name: str, took: list[float]) -> dict[str, float]:
    """The middle and the end, in milliseconds."""
    cuts = quantiles(took, n=100) if len(took) > 1 else took * 99
    return {f"{name}p50": round(cuts[49] * 1000, 2), f"{name}p99": round(cuts[98] * 1000, 2)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(json.load(sys.stdin)))))
