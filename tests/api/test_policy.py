"""docs/policy.md is true: every role on every route, on one's own things, on others', and on what is not there."""

import re
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from api.identity import ROLES, Role
from api.route import Tells
from api.routes import ROUTES
from tests.api import house as h
from tests.api.house import House
from tests.api.wishing import body

POLICY = Path(__file__).parents[2] / "docs" / "policy.md"

ALLOWED, FORBIDDEN, HIDDEN = "allowed", 403, 404


def table() -> dict[tuple[str, str], dict[Role, str]]:
    """What docs/policy.md says: by method and path, what each role may."""
    found = {}
    for line in POLICY.read_text(encoding="utf-8").splitlines():
        row = re.fullmatch(r"\| `(GET|PUT|POST|DELETE) (\S+)` \|(.+)\|", line)
        if row:
            cells = [cell.strip() for cell in row[3].split("|")]
            found[row[1], row[2]] = dict(zip(ROLES, cells, strict=True))
    return found


def test_the_table_names_every_route() -> None:
    told = {(route.method, route.path) for route in ROUTES if not isinstance(route, Tells) and route.rights}
    assert table().keys() == told


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_what_the_table_says_and_nothing_else(role: Role, own: House) -> None:
    wrong = []
    for (method, path), rights in sorted(table().items(), key=lambda row: row[0][1]):
        for what, person, ids, expected in tries(role, method, path, rights[role]):
            answer = tried(own, method, path, own.bearer(role, person), ids)
            if verdict(answer) != expected:
                wrong.append((method, path, what, expected, answer.status_code, answer.text))
    assert wrong == []


def test_what_is_hidden_looks_like_what_is_not_there(home: House) -> None:
    who = home.bearer("participant", h.STRANGER)
    for path, there, nowhere in (
        ("/v1/relationships/{}", h.FOREIGN, h.NOBODY),
        ("/v1/relationships/{}/history", h.FOREIGN, h.NOBODY),
        ("/v1/goals/{}", h.FOREIGN_GOAL, h.NOBODY),
        ("/v1/programs/{}", h.OTHER_DRAFT, h.NOBODY),
        ("/v1/participants/{}", h.MENTOR, h.NOBODY),
    ):
        hidden, absent = (home.ask(path.format(id), who) for id in (there, nowhere))
        assert hidden.text.replace(there, "ID") == absent.text.replace(nowhere, "ID")
        assert hidden.status_code == 404
    hidden, absent = (
        home.wish("POST", f"/v1/relationships/{id}/pause", who, {"reason": "holidays"}) for id in (h.FOREIGN, h.NOBODY)
    )
    assert hidden.text.replace(h.FOREIGN, "ID") == absent.text.replace(h.NOBODY, "ID")


def test_a_coordinator_who_was_released_loses_their_rights_at_once(own: House) -> None:
    who = own.bearer("coordinator", h.COORDINATOR)
    pause = ("POST", f"/v1/relationships/{h.RELATIONSHIP}/pause", who, {"reason": "holidays"})
    assert own.wish(*pause).status_code == 200
    released = own.wish("DELETE", f"/v1/programs/{h.PROGRAM}/coordinators/{h.COORDINATOR}", own.bearer("administrator"))
    assert released.json()["events"] == ["CoordinatorReleased"]
    assert own.wish(*pause).status_code == 404
    assert own.ask(f"/v1/relationships/{h.RELATIONSHIP}", who).status_code == 404
    assert own.ask("/v1/relationships", who).json()["items"] == []


def test_a_token_may_narrow_a_coordinator_and_never_widens_them(home: House) -> None:
    narrow = home.bearer("coordinator", h.COORDINATOR, frozenset({h.DRAFT}))
    wide = home.bearer("coordinator", h.COORDINATOR, frozenset({h.OTHER_PROGRAM}))
    for who in (narrow, wide):
        assert home.ask(f"/v1/relationships/{h.RELATIONSHIP}", who).status_code == 404
        assert home.ask(f"/v1/programs/{h.OTHER_PROGRAM}/dashboard", who).status_code == 403
        assert home.ask("/v1/relationships", who).json()["items"] == []
    assert home.ask(f"/v1/programs/{h.DRAFT}/dashboard", narrow).status_code == 200


def tries(role: Role, method: str, path: str, cell: str) -> list[tuple[str, str | None, dict[str, str], str | int]]:
    """(what it is, whose token, ids for the address, what is to come of it)."""
    noun = path.split("/")[2] if path.count("/") > 2 else ""
    mine, theirs, absent = THINGS[noun]
    person = {"participant": h.MENTEE, "coordinator": h.COORDINATOR}.get(role)
    if noun in ("participants", "mentors") and role == "coordinator":
        mine = {"id": h.MENTOR}
    starting = (method, path) in (("PUT", "/v1/participants/{id}"), ("PUT", "/v1/programs/{id}"))
    gone = ALLOWED if starting else HIDDEN
    absent = {"id": str(uuid4())} if starting else absent
    if not noun:
        return [("the organization", person, {}, ALLOWED if cell == "all" else FORBIDDEN)]
    match cell:
        case "-":
            return [
                (what, person, ids, FORBIDDEN)
                for what, ids in zip(("own", "foreign", "absent"), (mine, theirs, absent), strict=True)
            ]
        case "all":
            return [
                ("own", person, mine, ALLOWED),
                ("foreign", person, theirs, ALLOWED),
                ("absent", person, absent, gone),
            ]
        case "published":
            drafts = [("own draft", person, {"id": h.DRAFT}, ALLOWED if role == "coordinator" else HIDDEN)]
            return [
                *drafts,
                ("foreign", person, theirs, ALLOWED),
                ("foreign draft", person, {"id": h.OTHER_DRAFT}, HIDDEN),
                ("absent", person, absent, HIDDEN),
            ]
        case "oneself":
            return [
                ("other's place", person, {**mine, "person": h.CO_MENTOR}, FORBIDDEN),
                ("own place", h.CO_MENTOR, {**mine, "person": h.CO_MENTOR}, ALLOWED),
                ("foreign", person, theirs, HIDDEN),
                ("absent", person, absent, HIDDEN),
            ]
        case _:
            assert cell in ("own", "own, once"), cell
    about_a_program = noun == "programs" or (method, path) == ("PUT", "/v1/relationships/{id}")
    known = FORBIDDEN if about_a_program else HIDDEN
    found: list[tuple[str, str | None, dict[str, str], str | int]] = [
        ("own", person, mine, ALLOWED),
        ("foreign", person, theirs, known),
        ("absent", person, absent, HIDDEN),
    ]
    if noun == "programs":
        found.append(("foreign draft", person, {"id": h.OTHER_DRAFT}, HIDDEN))
    if role == "participant" and noun in ("relationships", "goals"):
        found.append(("left", h.FORMER, mine, ALLOWED if cell == "own, once" else FORBIDDEN))
    return found


THINGS: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str]]] = {
    "participants": ({"id": h.MENTEE}, {"id": h.OTHER_MENTEE}, {"id": h.NOBODY}),
    "mentors": ({"id": h.MENTEE}, {"id": h.OTHER_MENTOR}, {"id": h.NOBODY}),
    "programs": ({"id": h.PROGRAM}, {"id": h.OTHER_PROGRAM}, {"id": h.NOBODY}),
    "relationships": (
        {"id": h.RELATIONSHIP},
        {"id": h.FOREIGN, "session": h.FOREIGN_SESSION, "feedback": h.FOREIGN_FEEDBACK},
        {"id": h.NOBODY},
    ),
    "goals": ({"id": h.GOAL}, {"id": h.FOREIGN_GOAL}, {"id": h.NOBODY}),
    "": ({}, {}, {}),
}
"""For each noun one's own thing, somebody else's, and one that is not there."""


def tried(house: House, method: str, path: str, who: dict[str, str], ids: dict[str, str]) -> httpx.Response:
    named_there = {
        "session": h.SESSION,
        "feedback": h.FEEDBACK,
        "person": h.STRANGER,
        "role": "mentor",
        "code": "skills",
        "term": "2025",
        **ids,
    }
    address = path.format(**named_there)
    if method == "GET":
        return house.ask(address, who)
    return house.wish(method, address, who, body(address, ids))


def verdict(answer: httpx.Response) -> str | int:
    """Allowed, unless it was refused for who asks. A refusal by rule means: it was theirs to wish."""
    if answer.status_code in (FORBIDDEN, HIDDEN):
        return answer.status_code
    assert answer.status_code in (200, 201, 202, 409), answer.text
    return ALLOWED
