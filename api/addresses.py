"""Which address a request is for: few routes are tried, found by the length and the beginning of the path.

A router would try all of them in turn, some fifty regular expressions for the last one.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from starlette.convertors import CONVERTOR_TYPES, Convertor, register_url_convertor
from starlette.routing import Match, Route, Router
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from api.shapes import IDS, UUID


class _Id(Convertor[str]):
    regex = UUID

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


if "journal_id" not in CONVERTOR_TYPES:
    register_url_convertor("journal_id", _Id())


class Addresses:
    """Hands a request to whoever is at its address, and to `nobody` where there is none."""

    def __init__(self, at: Mapping[str, ASGIApp], nobody: ASGIApp, lifespan: Lifespan[Any]) -> None:
        """`at`: by path, with `{name}` for a parameter. `lifespan` is entered while the server runs."""
        self._nobody = nobody
        self._server = Router(lifespan=lifespan)
        self._routes: defaultdict[tuple[int, str], list[Route]] = defaultdict(list)
        for path, application in at.items():
            self._routes[_shape(path)].append(Route(_typed(path), application))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._server(scope, receive, send)
            return
        for route in self._routes.get(_shape(scope["path"]), ()):
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                await route.app(scope, receive, send)
                return
        await self._nobody(scope, receive, send)


def _shape(path: str) -> tuple[int, str]:
    """How many parts a path has, and the first two of them, which are never parameters."""
    return path.count("/"), "/".join(path.split("/", 3)[:3])


def _typed(path: str) -> str:
    for name in IDS:
        path = path.replace(f"{{{name}}}", f"{{{name}:journal_id}}")
    return path
