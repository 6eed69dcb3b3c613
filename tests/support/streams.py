"""A client of the feed's stream, as a browser would be one: it takes events, and remembers the last one's id."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx


class Came(NamedTuple):
    """An event of a stream."""

    id: int
    data: dict[str, Any]


class Stream:
    """A stream that is read."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.comments: list[str] = []
        self._events = self._parsed(response.iter_lines())

    def take(self, many: int) -> list[Came]:
        """The next so many events."""
        return [next(self._events) for _ in range(many)]

    def rest(self) -> list[Came]:
        """What comes until it ends."""
        return list(self._events)

    def comment(self) -> str:
        """The next comment, when no event comes before it."""
        heard = len(self.comments)
        for line in self.response.iter_lines():
            if line.startswith(":"):
                self.comments.append(line)
            if len(self.comments) > heard:
                break
        return self.comments[-1]

    def _parsed(self, lines: Iterator[str]) -> Iterator[Came]:
        id, data = 0, ""
        for line in lines:
            if line.startswith(":"):
                self.comments.append(line)
            field, _, value = line.partition(": ")
            match field:
                case "id":
                    id = int(value)
                case "data":
                    data = value
                case "" if data:
                    yield Came(id, json.loads(data))
                    data = ""


@contextmanager
def stream(address: str, who: dict[str, str], *, after: int = 0, last: int | None = None) -> Iterator[Stream]:
    """A stream that follows a position: as the query says it, or as a client that comes back."""
    headers = {**who, "Accept": "text/event-stream", **({} if last is None else {"Last-Event-ID": str(last)})}
    with (
        httpx.Client(timeout=30) as client,
        client.stream("GET", f"{address}/v1/events", params={"after": after}, headers=headers) as response,
    ):
        assert response.status_code == 200, response.read()
        yield Stream(response)


def deaf(address: str, who: dict[str, str]) -> socket.socket:
    """A client that asks for the whole stream and then reads nothing, with as little room as it can have."""
    there = urlsplit(address)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect((there.hostname, there.port))
    headers = {"Host": there.netloc, "Accept": "text/event-stream", **who}
    said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    client.sendall(f"GET /v1/events HTTP/1.1\r\n{said}\r\n".encode())
    return client
