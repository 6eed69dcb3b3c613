"""Which address a request is for: few routes are tried, found by the length and the beginning of the path.

A router would try all of them in turn, some fifty regular expressions for the last one.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from starlette.routing import Router
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from api.shapes import IDS, UUID

_PARAMETER = re.compile(r"\\\{(\w+)\\\}")
_SLASH = re.compile(r"%2f", re.IGNORECASE)
_IN_A_NAME = "\ud800"
"""Stands for a slash that is part of a name; no text that was decoded has it."""


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
        if b"%2f" in (raw := scope.get("raw_path") or b"").lower():
            path = unquote(_SLASH.sub(_IN_A_NAME, raw.partition(b"?")[0].decode(errors="replace")))
        for pattern, application in self._routes.get(_shape(path), ()):
            if match := pattern.fullmatch(path):
                scope["endpoint"] = application
                scope["path_params"] = {name: _said(value) for name, value in match.groupdict().items()}
                await application(scope, receive, send)
                return
        await self._nobody(scope, receive, send)


def _said(value: str) -> str:
    return value.replace(_IN_A_NAME, "/")


def _shape(path: str) -> tuple[int, str]:
    """How many parts a path has, and the first two of them, which are never parameters."""
    return path.count("/"), "/".join(path.split("/", 3)[:3])


def _pattern(path: str) -> re.Pattern[str]:
    """What the addresses of this route look like: an id where one is expected, else any text without a slash."""
    said = re.escape(path)
    return re.compile(_PARAMETER.sub(lambda name: f"(?P<{name[1]}>{UUID if name[1] in IDS else '[^/]+'})", said))
