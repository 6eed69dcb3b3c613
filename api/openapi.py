"""The description of the API (OpenAPI 3.1), made from the routes and from the models that take requests."""

import tomllib
from collections.abc import Iterable
from copy import deepcopy
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api import shapes
from api.commands import MAY_ACT_FOR_OTHERS
from api.parameters import On
from api.route import Asks, Does, Route, Serves, Tells
from domain.decider import Command

Document = dict[str, Any]

_SCHEMAS = "#/components/schemas/{model}"
_TAGS = {"participants": "People", "programs": "Programs", "relationships": "Relationships", "goals": "Goals"}
_ALWAYS = (401, 403, 503)
_OF_A_WISH = (400, 404, 408, 409, 412, 413, 415, 422, 507)
_OF_A_QUESTION = (400, 404, 409)


def document(routes: tuple[Route, ...]) -> Document:
    """The whole description."""
    commands = {route.command: route for route in routes if isinstance(route, Does)}
    paths: dict[str, Document] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Mentoring Journal",
            "version": release(),
            "summary": "What happened in mentoring, who said so, and what it adds up to.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(map(_tag, routes))],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": {**_bodies(commands), **shapes.ANSWERS},
            "headers": shapes.HEADERS,
            "responses": {
                f"{HTTPStatus(status).name.title().replace('_', '')}": _problem(status)
                for status in sorted({*_ALWAYS, *_OF_A_WISH, *_OF_A_QUESTION})
            },
        },
    }


def _operation(route: Route) -> Document:
    described: Document = {
        "operationId": _name(route),
        "tags": [_tag(route)],
        "summary": route.summary,
        "parameters": [_of_address(name, route) for name in _in_braces(route.path)],
    }
    match route:
        case Does():
            return described | _wish(route, described["parameters"])
        case Asks():
            return described | _question(route, described["parameters"])
        case Tells():
            answer = {"200": _answers("What is asked for.", {"type": "object"})}
            return described | {"security": [], "responses": answer}
        case Serves():
            return described | _served(route, described["parameters"])


def _wish(route: Does, parameters: list[Document]) -> Document:
    more: Document = {}
    if route.method == "DELETE":
        parameters += _of_query(On)
    else:
        name = route.command.__name__
        required = bool(_body(route, _schemas([route.command])[name]).get("required"))
        content = {"application/json": {"schema": {"$ref": _SCHEMAS.format(model=name)}}}
        more["requestBody"] = {"required": required, "content": content}
    parameters += [shapes.key(required=route.method == "POST"), shapes.IF_MATCH]
    headers = {"ETag": shapes.refer("headers", "ETag")}
    responses = {"200": _answers("It is so.", shapes.refer("schemas", "CommandAnswer"), headers)}
    if _creates(route):
        located = {**headers, "Location": shapes.refer("headers", "Location")}
        responses["201"] = _answers("Something was created.", shapes.refer("schemas", "CommandAnswer"), located)
    refused = set(_OF_A_WISH) - ({408, 413, 415} if route.method == "DELETE" else set())
    return more | {
        "responses": responses | _problems(sorted({*_ALWAYS, *refused})),
        "description": _who(route.rights, "May be wished for by"),
    }


def _question(route: Asks, parameters: list[Document]) -> Document:
    parameters += [*_of_query(route.parameters), shapes.IF_NONE_MATCH]
    listed = route.path.endswith(("/history", "/relationships"))
    shape = "ListAnswer" if listed else "StatusAnswer" if route.path.endswith("/status") else "QuestionAnswer"
    headers = {"ETag": shapes.refer("headers", "ETag")}
    answer = _answers("The answer.", shapes.refer("schemas", shape), headers)
    return {
        "responses": {
            "200": answer,
            "304": {"description": "What was answered under this ETag still holds."},
            **_problems(sorted({*_ALWAYS, *_OF_A_QUESTION})),
        },
        "description": _who(route.rights, "May be asked by"),
    }


def _served(route: Serves, parameters: list[Document]) -> Document:
    more: Document = {} if route.rights else {"security": []}
    if route.parameters is not None:
        parameters += _of_query(route.parameters)
    parameters += map(dict, route.headers)
    if route.body is not None:
        schema = _schemas([route.body])[route.body.__name__]
        more["requestBody"] = {"required": False, "content": {"application/json": {"schema": schema}}}
    if route.rights:
        more["description"] = _who(route.rights, "May be asked by")
    return more | {"responses": {**route.answers, **_problems(route.problems)}}


def _bodies(commands: dict[type[Command], Does]) -> dict[str, Document]:
    """The schemas of all bodies: those of the commands, without what the address says."""
    schemas = _schemas(commands)
    for command, route in commands.items():
        if route.method == "DELETE":
            del schemas[command.__name__]
        else:
            schemas[command.__name__] = _body(route, schemas[command.__name__])
    return schemas


def _schemas(models: Iterable[type[BaseModel]]) -> dict[str, Document]:
    _, made = models_json_schema([(model, "validation") for model in models], ref_template=_SCHEMAS)
    schemas: dict[str, Document] = {name: shapes.exact(schema) for name, schema in deepcopy(made["$defs"]).items()}
    return schemas


def _body(route: Does, schema: Document) -> Document:
    """The schema of a command without the fields that the address says, and with whom the caller acts for."""
    said = {route.fields.get(name, name) for name in _in_braces(route.path)}
    properties = {name: of for name, of in schema["properties"].items() if name not in said}
    if not route.rights.keys().isdisjoint(MAY_ACT_FOR_OTHERS):
        properties["on_behalf_of"] = shapes.ON_BEHALF_OF
    required = [name for name in schema.get("required", []) if name not in said]
    body = {**schema, "properties": properties, "required": required, **shapes.BEYOND.get(schema["title"], {})}
    if not required:
        del body["required"]
    return body


def _of_address(name: str, route: Route) -> Document:
    field = route.fields.get(name, name) if isinstance(route, Does) else name
    schema: Document = shapes.ID
    if isinstance(route, Does) and name not in shapes.IDS:
        schema = shapes.in_address(_schemas([route.command])[route.command.__name__]["properties"][field])
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _of_query(model: type[BaseModel]) -> list[Document]:
    schema = _schemas([model])[model.__name__]
    required = schema.get("required", [])
    found = []
    for name, of in schema["properties"].items():
        its = {key: value for key, value in shapes.present(of).items() if key != "title"}
        description = its.pop("description", "")
        found.append({"name": name, "in": "query", "required": name in required, "schema": its})
        if description:
            found[-1]["description"] = description
    return found


def _answers(description: str, schema: Document, headers: Document | None = None) -> Document:
    answer: Document = {"description": description, "content": {"application/json": {"schema": schema}}}
    return answer | ({"headers": headers} if headers else {})


def _problems(statuses: Iterable[int]) -> Document:
    return {
        str(status): shapes.refer("responses", HTTPStatus(status).name.title().replace("_", "")) for status in statuses
    }


def _problem(status: int) -> Document:
    content = {"application/problem+json": {"schema": shapes.refer("schemas", "Problem")}}
    headers = {"Retry-After": shapes.refer("headers", "RetryAfter")} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    found: Document = {"description": HTTPStatus(status).phrase, "content": content}
    return found | ({"headers": headers} if headers else {})


def _creates(route: Does) -> bool:
    """Whether something may come to be there: a stream of its own, or what the route names."""
    return route.creates is not None or "id" in route.command.model_fields


def _who(rights: Iterable[str], said: str) -> str:
    return f"{said}: {', '.join(sorted(rights))}."


def _name(route: Route) -> str:
    return route.command.__name__ if isinstance(route, Does) else _function(route).__name__


def _function(route: Asks | Tells | Serves) -> Any:
    match route:
        case Asks():
            return route.question
        case Tells():
            return route.telling
        case Serves():
            return route.serving


def _tag(route: Route) -> str:
    first = route.path.removeprefix("/v1/").partition("/")[0]
    return _TAGS.get(first, "Views" if isinstance(route, Asks) else "Server")


def _in_braces(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def release() -> str:
    """Which release this is, installed or in a checkout."""
    try:
        return version("mentoring-journal")
    except PackageNotFoundError:
        project = tomllib.loads(Path(__file__).parents[1].joinpath("pyproject.toml").read_text())
        return str(project["project"]["version"])
