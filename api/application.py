"""The application: routes, each behind the door where tokens are read and failures are told."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import Receive, Scope, Send

from api import asking, commands
from api.addresses import Addresses
from api.answers import Reply, give, json
from api.bodies import CLOSE, Incoming
from api.feed import Stream
from api.problems import NoAddress, NoMethod, TooSlow, problem
from api.route import Asks, Call, Does, Route, Serves, Tells
from api.routes import ROUTES
from api.service import Service
from api.watching import NOWHERE, Watched
from api.writing import WriterHere, Writing
from domain.journal import Journal
from projections.follower import Follow, Follower
from projections.views import Views

Handler = Callable[[Call], Awaitable[Reply | Stream]]


def app(
    journal: Journal, views: Views, key: str, follow: Follow | None = None, writing: Writing | None = None
) -> Watched:
    """The journal over HTTP. `key` signs and verifies tokens.

    `follow` keeps the views up to date while the application runs, or sees that others do; `writing` serves the wishes.
    By default each is a thread of it.
    """
    service = Service(journal, views, key, follow or Follower(journal).follow, writing or WriterHere(journal))

    @asynccontextmanager
    async def living(_: Any) -> AsyncIterator[None]:
        try:
            await service.start()
            yield
        finally:
            await service.stop()

    by_path: defaultdict[str, dict[str, Handler]] = defaultdict(dict)
    for route in ROUTES:
        by_path[route.path][route.method] = _handler(route)
    doors = {path: Door(service, handlers, path) for path, handlers in by_path.items()}
    return Watched(Addresses(doors, Door(service, {}), living), service)


class Door:
    """One address: hands a request to whoever takes its method, and tells what comes of it.

    Without anyone who takes a method there is no such address.
    """

    def __init__(self, service: Service, handlers: dict[str, Handler], path: str = NOWHERE) -> None:
        self.path = path
        self._service = service
        self._handlers = handlers
        self._allowed = ", ".join(sorted({*handlers, *(["HEAD"] if "GET" in handlers else [])}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        head = method == "HEAD"
        incoming = Incoming(scope, receive, self._service.patience)
        try:
            handler = self._handlers.get("GET" if head else method)
            if handler is None:
                raise NoMethod(self._allowed) if self._handlers else NoAddress
            reply = await handler(Call(self._service, scope, incoming))
        except Exception as error:
            reply = problem(error, scope["path"])
            if not isinstance(error, TooSlow):
                await incoming.let_go()
        if isinstance(reply, Stream):
            await reply.give(send, head=head)
            return
        if not incoming.whole and CLOSE[0] not in reply.headers:
            reply = reply._replace(headers=(*reply.headers, *CLOSE))
        await give(send, reply, head=head)


def _handler(route: Route) -> Handler:
    match route:
        case Does():
            return lambda call: commands.wish(route, call)
        case Asks():
            return lambda call: asking.answer(route, call)
        case Tells():

            async def tell(call: Call) -> Reply:
                return json(route.telling(call.service))

            return tell
        case Serves():
            return lambda call: route.serving(call, route.rights)
