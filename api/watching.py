"""The application as it is served: every request has an id, is counted, and is told in a line of the log."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import REQUEST, Answered, request_id
from api.service import Service

NOWHERE = "none"
"""The route of a request that no route takes."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})


class Watched:
    """An application, watched."""

    def __init__(self, application: ASGIApp, service: Service) -> None:
        self.service = service
        self._application = application
        self._answered = Answered()

    def closing(self) -> None:
        """The server is about to stop: let those go who would stay."""
        self.service.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            try:
                await self._application(scope, receive, send)
            finally:
                self._answered.flush()
            return
        began = perf_counter()
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), None)
        id = request_id(given)
        said, status = (b"x-request-id", id.encode()), 0

        async def pass_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append(said)
            await send(message)

        reset = REQUEST.set(id)
        try:
            await self._application(scope, receive, pass_on)
        finally:
            self._told(id, scope, status, perf_counter() - began)
            REQUEST.reset(reset)

    def _told(self, id: str, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("endpoint"), "path", NOWHERE)
        self.service.metrics.request(method, route, status, seconds)
        path = NOWHERE if route == NOWHERE else scope["path"]
        self._answered.say(request=id, method=method, path=path, status=status, ms=round(seconds * 1000, 2))
