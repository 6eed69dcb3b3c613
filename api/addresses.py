"""Which address a request is for: few routes are tried, found by the length and the beginning of the path.

A router would try all of them in turn, some fifty regular expressions for the last one.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from starlette.routing import Router
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from api.shapes import IDS, UUID

_PARAMETER = re.compile(r"\\\{(\w+)\\\}")


class Addresses:
    """Hands a request to whoever is at its address, and to `nobody` where there is none."""

    def __init__(self, at: Mapping[str, ASGIApp], nobody: ASGIApp, lifespan: Lifespan[Any]) -> None:
        """`at`: by path, with `{name}` for a parameter. `lifespan` is entered while the server runs."""
        self._nobody = nobody
        self._server = Router(lifespan=lifespan)
        self._routes: defaultdict[tuple[int, str], list[tuple[re.Pattern[str], ASGIApp]]] = defaultdict(list)
        for path, application in at.items():
            self._routes[_shape(path)].append((_pattern(path), application))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._server(scope, receive, send)
            return
        path: str = scope["path"]
        read: Callable[[str], str] = str
        if b"%2" in (raw := scope.get("raw_path") or b""):  # perhaps a slash in a name, which is no border of it
            path, read = raw.partition(b"?")[0].decode("latin-1"), unquote
        for pattern, application in self._routes.get(_shape(path), ()):
            if match := pattern.fullmatch(path):
                scope["endpoint"] = application
                scope["path_params"] = {name: read(value) for name, value in match.groupdict().items()}
                await application(scope, receive, send)
                return
        await self._nobody(scope, receive, send)


def _shape(path: str) -> tuple[int, str]:
    """How many parts a path has, and the first two of them, which are never parameters."""
    return path.count("/"), "/".join(path.split("/", 3)[:3])


def _pattern(path: str) -> re.Pattern[str]:
    """What the addresses of this route look like: an id where one is expected, else any text without a slash."""
    said = re.escape(path)
    return re.compile(_PARAMETER.sub(lambda name: f"(?P<{name[1]}>{UUID if name[1] in IDS else '[^/]+'})", said))
