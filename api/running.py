"""The addresses for whoever runs the journal or follows it: the feed, how the server stands, and a rebuild."""

from typing import Any

from api.feed import LAST_EVENT_ID, Events, events
from api.operating import Wanted, begin_rebuild, metrics, readyz, rebuild_progress
from api.parameters import Parameters
from api.policy import Right, Rights
from api.route import Serves

ADMINISTRATORS: Rights = {"administrator": Right.ALL}
FOLLOWERS: Rights = {"administrator": Right.ALL, "auditor": Right.ALL, "safeguarding": Right.ALL}
EVERYBODY: Rights = {}

Shape = dict[str, Any]


def _answer(description: str, *content: tuple[str, Shape]) -> Shape:
    return {"description": description, "content": {kind: {"schema": schema} for kind, schema in content}}


_COUNT: Shape = {"type": ["integer", "null"], "minimum": 0}
_STANDING: Shape = {
    "type": "object",
    "required": ["status", "position", "views", "lag", "generation", "frozen", "problem"],
    "properties": {
        "status": {"type": "string", "enum": ["ready", "not ready"]},
        "position": {**_COUNT, "description": "The journal's last position."},
        "views": {**_COUNT, "description": "The last position that the views show."},
        "lag": {**_COUNT, "description": "How many events the views are behind."},
        "generation": _COUNT,
        "frozen": {**_COUNT, "description": "How many records stand still because of an event that does not fit them."},
        "problem": {"type": ["string", "null"], "enum": [None, "UNREACHABLE", "NO_VIEWS", "NO_WRITER", "STANDS_STILL"]},
    },
}
_REBUILDING: Shape = {
    "type": "object",
    "required": ["state", "began_at", "done", "total", "seconds", "generation", "position", "detail"],
    "properties": {
        "state": {"type": "string", "enum": ["none", "running", "done", "failed"]},
        "began_at": {"type": ["string", "null"]},
        "done": {"type": "integer", "minimum": 0, "description": "How many events are done."},
        "total": {"type": "integer", "minimum": 0, "description": "Of how many."},
        "seconds": {"type": ["number", "null"], "description": "From the beginning to the swap."},
        "generation": _COUNT,
        "position": _COUNT,
        "detail": {"type": "string", "description": "Why it failed."},
    },
}
_PAGE: Shape = {"$ref": "#/components/schemas/ListAnswer"}
_TEXT: Shape = {"type": "string"}

RUNNING = (
    Serves(
        "GET",
        "/v1/events",
        events,
        FOLLOWERS,
        {"200": _answer("A page, or a stream.", ("application/json", _PAGE), ("text/event-stream", _TEXT))},
        (400, 401, 403, 409, 503),
        parameters=Events,
        headers=(LAST_EVENT_ID,),
    ),
    Serves(
        "POST",
        "/v1/rebuild",
        begin_rebuild,
        ADMINISTRATORS,
        {"202": _answer("One is running.", ("application/json", _REBUILDING))},
        (400, 401, 403, 408, 413, 415, 422, 503),
        body=Wanted,
    ),
    Serves(
        "GET",
        "/v1/rebuild",
        rebuild_progress,
        ADMINISTRATORS,
        {"200": _answer("How it stands.", ("application/json", _REBUILDING))},
        (400, 401, 403),
        parameters=Parameters,
    ),
    Serves(
        "GET",
        "/readyz",
        readyz,
        EVERYBODY,
        {
            "200": _answer("Ready.", ("application/json", _STANDING)),
            "503": _answer("Not ready.", ("application/json", _STANDING)),
        },
    ),
    Serves("GET", "/metrics", metrics, EVERYBODY, {"200": _answer("The figures.", ("text/plain", _TEXT))}),
)
