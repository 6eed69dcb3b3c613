"""The server: granian in this process, so that the writer and what is asked share one memory."""

import asyncio
import errno
import resource
import signal
import socket
from collections.abc import Callable

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server
from starlette.types import ASGIApp

HEADER_MILLISECONDS = 10_000
"""How long a client may take for the headers of a request, and how long a connection may say nothing."""

MOST_HEADER_BYTES = 64 * 1024
MOST_CONNECTIONS = 8192
"""So many are open at once, if we may have as many files; more wait until one of them ends."""
_OTHER_FILES = 256

_STDERR = {
    "handlers": {
        "console": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"},
        "access": {"class": "logging.NullHandler"},
    },
    "formatters": {},
}


class Taken(Exception):
    """The address cannot be used; the message says why."""


def check_free(host: str, port: int) -> None:
    """That this address can be listened on: `Taken` otherwise."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        taken = getattr(error, "errno", None) == errno.EADDRINUSE
        why = "is taken; choose another with --port" if taken else f"cannot be listened on ({error})"
        raise Taken(f"{host}:{port} {why}") from None


def run(
    application: ASGIApp,
    host: str,
    port: int,
    ready: Callable[[], None] = lambda: None,
    closing: Callable[[], None] = lambda: None,
) -> None:
    """Serve until Ctrl-C, or until the process is asked to end (SIGTERM)."""

    async def until_told() -> None:
        until = asyncio.Event()
        for told in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(told, until.set)
        await serve(application, host, port, until=until, ready=ready, closing=closing)

    uvloop.run(until_told())


async def serve(
    application: ASGIApp,
    host: str,
    port: int,
    *,
    until: asyncio.Event,
    ready: Callable[[], None] = lambda: None,
    closing: Callable[[], None] = lambda: None,
    header_milliseconds: int = HEADER_MILLISECONDS,
) -> None:
    """Serve until told to stop; what is asked by then is answered first. `Taken` when the address is.

    `closing` is called before the server stops, so that answers without end come to one.
    """
    check_free(host, port)
    server = Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        backpressure=_most_connections(),
        http1_settings=HTTP1Settings(header_read_timeout=header_milliseconds, max_buffer_size=MOST_HEADER_BYTES),
        log_level=LogLevels.error,
        log_dictconfig=_STDERR,
    )
    serving = asyncio.create_task(server.serve())
    told = asyncio.create_task(until.wait())
    ready_task = asyncio.create_task(_answering(host, port, ready))
    try:
        await asyncio.wait((serving, told), return_when=asyncio.FIRST_COMPLETED)
    finally:
        ready_task.cancel()
        told.cancel()
        closing()
        server.stop()  # type: ignore[no-untyped-call]
        await serving


def _most_connections() -> int:
    """As many as the system lets us have. It counts them, and not requests: who says nothing takes the place of one."""
    wanted = MOST_CONNECTIONS + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY != soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(min(soft, wanted) - _OTHER_FILES, 1)


async def _answering(host: str, port: int, ready: Callable[[], None]) -> None:
    """Call `ready` once the server takes connections."""
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.01)
            continue
        writer.close()
        ready()
        return
