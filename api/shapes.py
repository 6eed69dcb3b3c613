"""The shapes of answers and headers for the description of the API, and what JSON Schema says of our own types."""

from typing import Any

Shape = dict[str, Any]

IDS = frozenset({"id", "session", "feedback", "person"})
"""The parameters of addresses that are ids; under an address with anything else in their place there is nothing."""

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ID: Shape = {"type": "string", "pattern": f"^{UUID}$"}
ON_BEHALF_OF: Shape = {
    "anyOf": [ID, {"type": "null"}],
    "default": None,
    "description": "Whom a coordinator or administrator acts for; both names are kept.",
}

_SPACE = r"\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_CONTROL = r"\x00-\x1f\x7f"
MOST_WHOLE = 2**31 - 1
"""The greatest whole number that is taken anywhere."""

_WHOLE: Shape = {"type": "integer", "minimum": 0}
_MAYBE = {"type": ["string", "null"]}


def refer(where: str, name: str) -> Shape:
    """A reference to a component."""
    return {"$ref": f"#/components/{where}/{name}"}


IF_MATCH: Shape = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "Only if the stream is still at this version, as an ETag said it; 412 otherwise.",
}
IF_NONE_MATCH: Shape = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "Only if the answer is another than the one with this ETag; 304 otherwise.",
}


def key(*, required: bool) -> Shape:
    """The header that makes a wish safe to repeat."""
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": required,
        "schema": {"type": "string", "pattern": "^[!-~]([ -~]{0,253}[!-~])?$"},
        "description": "Repeated with the same body within 30 days, it gives the same answer and writes nothing.",
    }


HEADERS: dict[str, Shape] = {
    "ETag": {"required": True, "schema": {"type": "string"}, "description": "The version, or what the views show."},
    "Location": {"required": True, "schema": {"type": "string"}, "description": "Where it can be seen."},
    "RetryAfter": {"required": True, "schema": {"type": "integer"}, "description": "Seconds until it may be better."},
}

ANSWERS: dict[str, Shape] = {
    "CommandAnswer": {
        "type": "object",
        "required": ["id", "version", "position", "events", "state"],
        "additionalProperties": False,
        "properties": {
            "id": {**ID, "description": "The stream that the wish was about."},
            "version": {**_WHOLE, "description": "How many events it has now."},
            "position": {**_WHOLE, "description": "Where in the journal it was written; ask with `wait_for` for it."},
            "events": {
                "type": "array",
                "items": {"type": "string"},
                "description": "What was written; empty: it was so.",
            },
            "state": {"type": "string"},
        },
    },
    "QuestionAnswer": {
        "type": "object",
        "required": ["position", "as_of", "known_at", "rules", "data"],
        "properties": {
            "position": {**_WHOLE, "description": "The last position of the journal that the answer shows."},
            "as_of": {**_MAYBE, "description": "The day; null for facts that do not move with it."},
            "known_at": {**_MAYBE, "description": "The moment; null likewise."},
            "rules": {"type": ["integer", "null"], "description": "The version of the rules; null likewise."},
            "data": {"type": "object"},
        },
    },
    "ListAnswer": {
        "type": "object",
        "required": ["position", "items", "next"],
        "properties": {
            "position": _WHOLE,
            "items": {"type": "array", "items": {"type": "object"}},
            "next": {"type": ["string", "integer", "null"], "description": "The `after` of the next page."},
        },
    },
    "StatusAnswer": {
        "type": "object",
        "required": ["journal", "epoch", "position", "generation", "views"],
        "properties": {
            "journal": {"type": "string"},
            "epoch": {"type": "integer"},
            "position": _WHOLE,
            "generation": {"type": ["integer", "null"]},
            "views": {"type": "array", "items": {"type": "object"}},
        },
    },
    "Problem": {
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "required": ["type", "title", "status", "detail", "instance", "code", "errors"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "A sentence that says what to do."},
            "instance": {"type": "string"},
            "code": {"type": "string", "description": "A stable code."},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "code", "detail"],
                    "properties": {
                        "pointer": {"type": "string", "description": "A JSON pointer into the body."},
                        "parameter": {"type": "string", "description": "The parameter of the query."},
                        "code": {"type": "string"},
                        "detail": {"type": "string"},
                    },
                },
            },
        },
    },
}

BEYOND: dict[str, Shape] = {
    "GiveFeedback": {
        "if": {"properties": {"about": {"const": "session"}}, "required": ["about"]},
        "then": {"properties": {"session": ID}, "required": ["session"]},
        "else": {"properties": {"session": {"type": "null"}}},
    },
}
"""What a command asks for over several of its fields."""


def exact(schema: Any, name: str = "") -> Any:
    """The same schema, as exact as what is accepted: labels are not blank, whole numbers have an end."""
    if isinstance(schema, list):
        return [exact(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: exact(value, key) for key, value in schema.items()}
    if found.get("type") == "string" and found.get("minLength") == 1 and "pattern" in found:
        del found["minLength"]
        found["pattern"] = _label(found.pop("maxLength"))
    if found.get("type") == "integer" and "maximum" not in found:
        found |= {"minimum": found.get("minimum", -MOST_WHOLE), "maximum": MOST_WHOLE}
    if name == "time_zone":
        found["format"] = "iana-time-zone"
    return found


def present(schema: Shape) -> Shape:
    """A schema of what may be absent: as it is when it is there."""
    alternatives = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(alternatives) != 1:
        return {name: value for name, value in schema.items() if name != "default" or value is not None}
    return {**{name: value for name, value in schema.items() if name not in ("anyOf", "default")}, **alternatives[0]}


def in_address(schema: Shape) -> Shape:
    """A schema of a text in an address, where a slash would begin something else."""
    found = {name: value for name, value in schema.items() if name != "title"}
    if _SPACE in found.get("pattern", ""):
        found["pattern"] = _label(300, but="/")
    return found


def _label(longest: int, but: str = "") -> str:
    """A text of so many characters, none of them a control character, with space around it that does not count."""
    visible, inside = rf"[^{_CONTROL}{_SPACE}{but}]", rf"[^{_CONTROL}{but}]"
    return rf"^[{_SPACE}]*{visible}({inside}{{0,{longest - 2}}}{visible})?[{_SPACE}]*$"
