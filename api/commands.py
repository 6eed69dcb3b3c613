"""Wishes over HTTP: parse, record, respond."""

import re
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from api import bodies, parameters
from api.answers import Reply, json
from api.guarding import Guarding
from api.identity import Identity
from api.problems import MOST_FAULTS, Fault, Invalid, Unreadable, faults, fields, pointer
from api.route import Call, Does
from api.shapes import MOST_WHOLE
from domain.decider import Command
from domain.facts import Id
from domain.journal import Answer, Wish
from domain.refusals import Forbidden, Stale

MAY_ACT_FOR_OTHERS = ("coordinator", "administrator")

_KEY = re.compile(rb"[!-~]([ -~]{0,253}[!-~])?")
_VERSION = re.compile(rb'"([0-9]{1,15})"')
_NUMBER = re.compile(r"[+-]?[0-9.]+")
_ID: TypeAdapter[str] = TypeAdapter(Id)


class Asked(NamedTuple):
    """What a request wishes, and for whom."""

    command: Command
    on_behalf_of: str | None


async def wish(route: Does, call: Call) -> Reply:
    """Parse, record, respond."""
    identity = call.identity(route.rights)
    asked = await _asked(route, call)
    return _answered(route, await call.service.record(_wish(route, call, identity, asked)))


async def _asked(route: Does, call: Call) -> Asked:
    if route.method == "DELETE":
        on, on_behalf_of = (query := parameters.read(parameters.On, call.scope["query_string"])).on, query.on_behalf_of
        if await bodies.read(call.receive, call.headers):
            raise Unreadable("a DELETE says everything in its address; send no body with it")
        said: dict[str, Any] = {} if on is None else {_day_of(route.command): on.isoformat()}
    else:
        if call.scope["query_string"]:
            parameters.read(parameters.Nothing, call.scope["query_string"])
        said = bodies.parse(await bodies.read(call.receive, call.headers), call.headers)
        on_behalf_of = _whom(said.pop("on_behalf_of", None))
    return Asked(_command(route, call.path, said), on_behalf_of)


def _command(route: Does, path: dict[str, str], said: dict[str, Any]) -> Command:
    """The command that address and body say together; `Invalid` when they do not."""
    told = {route.fields.get(name, name): value for name, value in path.items()}
    if not told.keys().isdisjoint(said):
        double = [Fault(pointer([name]), "extra_forbidden", "the address says this") for name in told if name in said]
        raise Invalid("the body says what the address says already", double)
    command = _taken(route.command, said, told)
    if misread := list(_misread(said, command)):
        raise Invalid("the body is not what this wish needs", misread)
    return command


def _taken(command: type[Command], said: dict[str, Any], told: dict[str, str], *, again: bool = True) -> Command:
    """What a body says and an address told, taken strictly: a number is no text and a text no number.

    In JSON, though, 60.0 is a whole number too.
    """
    try:
        return command.model_validate_json(orjson.dumps(said | told), strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        few = error.error_count() <= MOST_FAULTS
        if again and few and any(one["type"] == "int_type" for one in error.errors(include_url=False)):
            return _taken(command, _whole(said), told, again=False)
        names = [name for name in fields(command) if name not in told]
        raise Invalid("the body is not what this wish needs", faults(error, names)) from None


def _whole(said: Any) -> Any:
    """The same, with whole numbers as such."""
    match said:
        case dict():
            return {name: _whole(value) for name, value in said.items()}
        case list():
            return [_whole(value) for value in said]
        case float() if said.is_integer() and abs(said) <= MOST_WHOLE:
            return int(said)
    return said


def _misread(said: Any, model: BaseModel, above: tuple[int | str, ...] = ()) -> list[Fault]:
    """Numbers without measure, and days that were written as numbers: `"20260301"` is no day in seconds since 1970."""
    found = []
    for name, value in said.items():
        if type(value) is str:
            if isinstance(getattr(model, name, None), date) and _NUMBER.fullmatch(value):
                found.append(Fault(pointer((*above, name)), "date_parsing", "a day is written as 2026-03-01"))
        elif type(value) is int:
            if not -MOST_WHOLE <= value <= MOST_WHOLE:
                found.append(Fault(pointer((*above, name)), "too_large", f"a whole number is {MOST_WHOLE} at most"))
        elif type(value) is list and isinstance(taken := getattr(model, name, None), tuple):
            for place, (part, one) in enumerate(zip(taken, value, strict=True)):
                if isinstance(part, BaseModel):
                    found += _misread(one, part, (*above, name, place))
    return found


def _whom(said: Any) -> str | None:
    try:
        return None if said is None else _ID.validate_python(said, strict=True)
    except ValidationError as error:
        raise Invalid("on_behalf_of is the id of a person", [Fault("/on_behalf_of", "id", "this is no id")]) from error


def _wish(route: Does, call: Call, identity: Identity, asked: Asked) -> Wish:
    key = call.headers.get(b"idempotency-key")
    if key is None and route.method == "POST":
        raise Unreadable("a POST needs an Idempotency-Key, so that it is safe to repeat")
    if key is not None and not _KEY.fullmatch(key):
        raise Unreadable("an Idempotency-Key has 1 to 255 printable characters")
    if asked.on_behalf_of is not None and identity.role not in MAY_ACT_FOR_OTHERS:
        raise Forbidden(f"the role {identity.role} acts for nobody else", "on_behalf_of")
    return Wish(
        asked.command,
        identity.caller(asked.on_behalf_of),
        None if key is None else key.decode("ascii"),
        _version(call.headers.get(b"if-match")),
        Guarding(identity, route.rights, asked.command, asked.on_behalf_of),
    )


def _version(said: bytes | None) -> int | None:
    if said is None:
        return None
    match = _VERSION.fullmatch(said.strip())
    if match is None:
        raise Stale('If-Match names no version; it is one in quotes, as an ETag says it: "5"')
    return int(match[1])


def _answered(route: Does, answer: Answer) -> Reply:
    content = {
        "id": answer.id,
        "version": answer.version,
        "position": answer.position,
        "events": answer.events,
        "state": answer.state,
    }
    tag = (b"etag", b'"%d"' % answer.version)
    if answer.created or route.creates in answer.events:
        return json(content, 201, (tag, (b"location", _home(route, answer.id).encode())))
    return json(content, 200, (tag,))


def _home(route: Does, id: str) -> str:
    """Where it can be seen."""
    return f"{route.path.partition('{')[0]}{id}"


@lru_cache(maxsize=32)
def _day_of(command: type[Command]) -> str:
    return next(name for name in command.model_fields if name.endswith("_on"))
