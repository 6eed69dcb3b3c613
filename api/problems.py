"""Problems (RFC 9457): how every failure is told, in one place. No personal text and no token is repeated in them.

What comes of which exception:

400 Unreadable          401 NoToken, BadToken          403 Forbidden  404 Unknown, NoAddress  405 NoMethod
408 TooSlow             409 Refused, Conflict, Ahead   412 Stale      413 TooLarge            415 NotJson
422 Invalid, KEY_REUSED 503 Unreachable, Unusable, NotYet             507 NoRoom              500 anything else
"""

import logging
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from traceback import extract_tb
from typing import Any, NamedTuple
from uuid import uuid4

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from api.answers import PROBLEM, Headers, Reply, line
from api.identity import BadToken
from domain.facts import SHAPES
from domain.journal import Conflict, Failure, NoRoom
from domain.refusals import Forbidden, Refusal, Refused, Stale, Unknown
from projections.generations import Unusable

RETRY_SECONDS = 1
_log = logging.getLogger("journal.api")
_LONGEST_NAME = 64
_NO_VIEWS = "the views that answers are read from cannot be used, until an operator makes them again; ask later"
MOST_FAULTS = 100


class Fault(NamedTuple):
    """One thing that is wrong with a request: where, its code, and a sentence.

    Where is a JSON pointer into the body; `/name` also for what the address, or the query of a question, says.
    """

    pointer: str
    code: str
    detail: str
    parameter: str | None = None
    """The parameter of the query that is to blame, when it is not the body."""


class Problem(Exception):
    """A request that is not granted for a reason of HTTP. `more` are members of the answer beside the usual ones."""

    status: HTTPStatus
    code: str

    def __init__(
        self, detail: str, faults: Sequence[Fault] = (), headers: Headers = (), more: dict[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults
        self.headers = headers
        self.more = more or {}


class Unreadable(Problem):
    status, code = HTTPStatus.BAD_REQUEST, "UNREADABLE"


class NoToken(Problem):
    status, code = HTTPStatus.UNAUTHORIZED, "NO_TOKEN"


class NoAddress(Problem):
    status, code = HTTPStatus.NOT_FOUND, str(Refusal.UNKNOWN)

    def __init__(self) -> None:
        super().__init__(
            "there is nothing under this address: ids in it are UUIDs in lower case, it ends without a slash, and "
            "/openapi.json lists what there is"
        )


class NoMethod(Problem):
    status, code = HTTPStatus.METHOD_NOT_ALLOWED, "NO_METHOD"

    def __init__(self, allowed: str) -> None:
        super().__init__(f"this address takes {allowed}", headers=((b"allow", allowed.encode()),))


class TooSlow(Problem):
    status, code = HTTPStatus.REQUEST_TIMEOUT, "TOO_SLOW"


class TooLarge(Problem):
    status, code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LARGE"


class NotJson(Problem):
    status, code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "NOT_JSON"


class Invalid(Problem):
    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "INVALID"


class NotYet(Problem):
    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "NOT_YET"


class Ahead(Problem):
    """Somebody goes on from a position that the journal does not have."""

    status, code = HTTPStatus.CONFLICT, "AHEAD"

    def __init__(self, position: int, after: int) -> None:
        super().__init__(f"the journal ends at position {position}, before {after}; was an older copy of it restored?")


def problem(error: Exception, path: str) -> Reply:
    """The answer to a request that failed so. `path` is what was asked for."""
    match error:
        case Problem():
            return _reply(error.status, error.code, error.detail, path, error.faults, error.headers, error.more)
        case BadToken():
            challenge = ((b"www-authenticate", b'Bearer realm="journal", error="invalid_token"'),)
            return _reply(HTTPStatus.UNAUTHORIZED, "BAD_TOKEN", str(error), path, headers=challenge)
        case Refused():
            pointer = f"/{error.pointer.lstrip('/')}" if error.pointer else ""
            faults = [Fault(pointer, error.code, error.sentence)] if pointer else []
            return _reply(_status(error), error.code, error.sentence, path, faults)
        case NoRoom():
            detail = "there is no room left to write; nothing was written"
            return _reply(HTTPStatus.INSUFFICIENT_STORAGE, "NO_ROOM", detail, path)
        case Conflict():
            detail = "somebody else wrote at the same time; ask again"
            return _reply(HTTPStatus.CONFLICT, "CONFLICT", detail, path)
        case Failure():
            return _later("UNREACHABLE", "the database cannot be reached at the moment; ask again", path)
        case Unusable():
            return _later("NO_VIEWS", _NO_VIEWS, path)
        case OverflowError():
            detail = "a day or a time lies outside what a calendar holds here"
            return _reply(HTTPStatus.UNPROCESSABLE_ENTITY, Invalid.code, detail, path)
        case _:
            return _unexpected(error, path)


def faults(error: ValidationError, names: Iterable[str], *, query: bool = False) -> list[Fault]:
    """What is wrong with a body, or with the parameters of a query, by what pydantic found; `names` are those it knows.

    To say of each of ten thousand items what is wrong with it takes a second, and nobody else is answered meanwhile:
    of many faults we only say how many there are.
    """
    if error.error_count() > MOST_FAULTS:
        return [Fault("", "too_many", f"{error.error_count()} things are wrong with it; try it with fewer")]
    found = [(one, _sentence(one, names)) for one in error.errors(include_url=False, include_input=False)]
    if query:
        return [Fault("", one["type"], sentence, ".".join(_names(one["loc"]))) for one, sentence in found]
    return [Fault(pointer(one["loc"]), one["type"], sentence) for one, sentence in found]


def _sentence(one: ErrorDetails, names: Iterable[str]) -> str:
    """What pydantic found, said to somebody who has never heard of it."""
    match one["type"]:
        case "extra_forbidden" if len(one["loc"]) == 1:
            return f"there is nothing of this name; there are {', '.join(names)}"
        case "extra_forbidden":
            return "there is nothing of this name"
        case "string_pattern_mismatch":
            return SHAPES.get(one["ctx"]["pattern"], one["msg"])
        case _:
            return one["msg"].removeprefix("Value error, ")


def fields(model: type[BaseModel]) -> list[str]:
    """The names that a model takes."""
    return [field.alias or name for name, field in model.model_fields.items()]


def pointer(location: Iterable[int | str]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in _names(location))


def _names(location: Iterable[int | str]) -> list[str]:
    return [str(part)[:_LONGEST_NAME] for part in location]


def _status(refused: Refused) -> HTTPStatus:
    match refused:
        case Unknown():
            return HTTPStatus.NOT_FOUND
        case Forbidden():
            return HTTPStatus.FORBIDDEN
        case Stale():
            return HTTPStatus.PRECONDITION_FAILED
        case _ if refused.code == Refusal.KEY_REUSED:
            return HTTPStatus.UNPROCESSABLE_ENTITY
        case _:
            return HTTPStatus.CONFLICT


def _later(code: str, detail: str, path: str) -> Reply:
    return _reply(HTTPStatus.SERVICE_UNAVAILABLE, code, detail, path, headers=later(RETRY_SECONDS))


def later(seconds: int) -> Headers:
    """When to ask again."""
    return ((b"retry-after", b"%d" % seconds),)


def where(error: Exception) -> str:
    """Where something went wrong, innermost first."""
    frames = extract_tb(error.__traceback__)
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames))


class Unforeseen(Exception):
    """An error that nobody foresaw: which it was and where, and no values, which may be what somebody wrote."""

    @classmethod
    def of(cls, error: Exception) -> "Unforeseen":
        """What may be said of this one, also elsewhere."""
        return cls(f"unexpected {type(error).__name__}: {where(error)}")


def _unexpected(error: Exception, path: str) -> Reply:
    """Say that it is our fault, and to the log where."""
    number = str(uuid4())
    _log.error("incident %s: %s", number, error if isinstance(error, Unforeseen) else Unforeseen.of(error))
    detail = f"something is wrong on our side; whoever runs this journal finds it as incident {number}"
    return _reply(HTTPStatus.INTERNAL_SERVER_ERROR, "UNEXPECTED", detail, path)


def _reply(
    status: HTTPStatus,
    code: str,
    detail: str,
    path: str,
    faults: Sequence[Fault] = (),
    headers: Headers = (),
    more: dict[str, Any] | None = None,
) -> Reply:
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "instance": path,
        "code": code,
        "errors": [{name: value for name, value in fault._asdict().items() if value is not None} for fault in faults],
        **(more or {}),
    }
    return Reply(status.value, line(body), (*PROBLEM, *headers))
