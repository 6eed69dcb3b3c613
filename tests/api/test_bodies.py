"""Requests that cannot be read: each is told in the one way, and nothing of them is repeated or logged."""

import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest

from api.bodies import MOST_BYTES
from api.problems import problem
from domain.journal import Conflict, Failure, NoRoom
from tests.api import house as h
from tests.api.house import House

SESSIONS = f"/v1/relationships/{h.RELATIONSHIP}/sessions"
CANARY = "canary-5bd1"
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "errors"}


@pytest.fixture
def mentee(home: House) -> dict[str, str]:
    return {**home.bearer("participant", h.MENTEE), "Content-Type": "application/json", "Idempotency-Key": str(uuid4())}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b'{"minutes": NaN}',
        b'{"minutes": Infinity}',
        b'{"minutes": 1e999}',
        b'{"minutes": 60, "minutes": 61}',
        b'{"minutes":60,"minutes" :61}',
        b'{"minutes":60,"summary":"a \\":","minutes":61}',
        b'{"evaluations":[{"on":1,"on":2}]}',
        b'{"summary": "\xff"}',
        b'{"summary": "\\ud800"}',
        b'{"a":' * 9 + b"1" + b"}" * 9,
        b"[" * 100_000,
    ],
)
def test_what_is_no_proper_json_is_unreadable(body: bytes, home: House, mentee: dict[str, str]) -> None:
    answer = home.client.post(SESSIONS, content=body, headers=mentee)
    assert (answer.status_code, answer.json()["code"]) == (400, "UNREADABLE")
    assert answer.json().keys() >= MEMBERS


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_another_content_type_is_not_taken(kind: str, home: House, mentee: dict[str, str]) -> None:
    answer = home.client.post(SESSIONS, content=b"{}", headers={**mentee, "Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "NOT_JSON")


def test_the_content_type_of_json_may_say_its_charset(home: House, mentee: dict[str, str]) -> None:
    answer = home.client.post(
        SESSIONS, content=b"{}", headers={**mentee, "Content-Type": "Application/JSON; charset=UTF-8"}
    )
    assert answer.status_code == 422


def test_a_body_that_is_encoded_once_more_is_not_taken(home: House, mentee: dict[str, str]) -> None:
    answer = home.client.post(SESSIONS, content=b"{}", headers={**mentee, "Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "NOT_JSON")


def test_of_very_many_faults_only_their_number_is_told(home: House, mentee: dict[str, str]) -> None:
    said = {"session": str(uuid4()), "minutes": 60, "topics": ["!"] * 50_000}
    answer = home.client.post(SESSIONS, json=said, headers=mentee)
    assert (answer.status_code, len(answer.content) < 1000) == (422, True)
    assert answer.json()["errors"] == [
        {"pointer": "", "code": "too_many", "detail": "50000 things are wrong with it; try it with fewer"}
    ]


def test_what_is_wrong_with_a_field_is_said_in_plain_words(home: House, mentee: dict[str, str]) -> None:
    said = {"session": str(uuid4()).upper(), "held_on": "2025-02-10", "minutes": 60, "topics": ["a b"], "place": "x"}
    answer = home.client.post(SESSIONS, json=said, headers=mentee)
    names = "session, held_on, starts_at, minutes, mode, topics, attended_by, distinct_from, summary"
    assert {error["pointer"]: error["detail"] for error in answer.json()["errors"]} == {
        "/session": "an id is a UUID in lower case, as 6f1c1f2e-0f0b-4a54-8f5e-0a4f3f5f7d11",
        "/topics/0": "this is a short word without spaces: 1 to 64 letters, digits, or any of _ . : -",
        "/place": f"there is nothing of this name; there are {names}",
    }


def test_a_field_has_the_one_name_that_is_described(home: House) -> None:
    said = {"mentor": h.MENTOR, "mentee": h.STRANGER, "relationship_kind": "informal"}
    answer = home.client.put(f"/v1/relationships/{uuid4()}", json=said, headers=home.bearer("administrator"))
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (
        422,
        ["/relationship_kind"],
    )


def test_a_delete_has_no_body(home: House) -> None:
    gone = f"/v1/relationships/{h.RELATIONSHIP}/co-mentors/{h.CO_MENTOR}"
    headers = home.bearer("participant", h.CO_MENTOR)
    answer = home.client.request("DELETE", gone, headers=headers, json={"on_behalf_of": h.MENTOR})
    assert (answer.status_code, answer.json()["code"]) == (400, "UNREADABLE")


def test_too_large_a_body_is_refused_whether_it_says_so_or_not(home: House, mentee: dict[str, str]) -> None:
    def streamed() -> Iterator[bytes]:
        yield from (b" " * 65536 for _ in range(MOST_BYTES // 65536 + 2))

    for content in (b" " * (MOST_BYTES + 1), streamed()):
        answer = home.client.post(SESSIONS, content=content, headers=mentee)
        assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")


def test_addresses_and_methods_that_are_none(home: House, mentee: dict[str, str]) -> None:
    for address in ("/", "/v1", "/v1/relationships/", "/v1/relationships/no-id", "/v1/goals/" + h.GOAL.upper()):
        answer = home.client.get(address, headers=mentee)
        assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN")
    answer = home.client.request("PATCH", f"/v1/relationships/{h.RELATIONSHIP}", headers=mentee)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, PUT")
    assert answer.json().keys() >= MEMBERS


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", f"Bearer {CANARY}.{CANARY}.{CANARY}", "Basic eDp5"])
def test_without_a_valid_token_nobody_comes_in(token: str, home: House) -> None:
    for method, address in (("GET", "/v1/relationships"), ("POST", SESSIONS), ("GET", f"/v1/goals/{h.GOAL}")):
        answer = home.client.request(method, address, headers={"Authorization": token} if token else {})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert CANARY not in answer.text


def test_every_answer_has_the_security_headers(home: House, mentee: dict[str, str]) -> None:
    answers = [
        home.client.get("/healthz"),
        home.client.get("/nowhere"),
        home.client.get("/v1/relationships", headers=mentee),
        home.client.get("/v1/relationships"),
        home.client.post(SESSIONS, content=b"{", headers=mentee),
        home.client.head("/healthz"),
    ]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["cache-control"] in ("no-store", "private, no-cache")
        assert answer.headers["x-frame-options"] == "DENY"


def test_every_answer_in_json_is_one_line(home: House, mentee: dict[str, str]) -> None:
    answers = [
        home.client.get("/healthz"),
        home.client.get("/nowhere"),
        home.client.get("/v1/relationships", headers=mentee),
        home.client.post(SESSIONS, content=b"{", headers=mentee),
        home.client.put(f"/v1/goals/{h.GOAL}", json={"relationship": h.RELATIONSHIP}, headers=mentee),
        home.client.get("/v1/events", headers=home.bearer("auditor")),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 200, 400, 200, 200]
    for answer in answers:
        assert answer.content.endswith(b"}\n")
        assert answer.content.count(b"\n") == 1


def test_what_people_write_and_tokens_are_in_no_log_and_no_problem(
    home: House, mentee: dict[str, str], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    person = {"summary": f"{CANARY} said", "minutes": 60}
    bodies = [
        {**person, "session": str(uuid4()), "minutes": 2},
        {**person, "session": CANARY},
        {**person, "minutes": CANARY, "mode": CANARY, "topics": [CANARY + " "], "starts_at": CANARY},
        {**person, "summary": CANARY * 2000},
        {**person, "summary": [CANARY]},
        {**person, "session": h.SESSION, "held_on": "0001-01-01", "starts_at": "0001-01-01T00:00:00+23:00"},
    ]
    answers = [home.wish("POST", SESSIONS, home.bearer("participant", h.MENTEE), body) for body in bodies]
    answers += [
        home.client.post(SESSIONS, content=f'{{"summary": "{CANARY}"'.encode(), headers=mentee),
        home.client.get("/v1/relationships", headers={"Authorization": f"Bearer {CANARY}"}),
        home.client.get("/v1/relationships", params={"state": CANARY, "limit": CANARY}, headers=mentee),
    ]
    assert [answer.status_code for answer in answers] == [409, 422, 422, 422, 422, 409, 400, 401, 400]
    said = capfd.readouterr()
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    logged = "".join(record.getMessage() for record in ours) + said.out + said.err
    assert CANARY not in "".join(answer.text for answer in answers) + logged
    assert mentee["Authorization"].removeprefix("Bearer ") not in logged


def test_what_nobody_expected_is_told_without_what_it_was_about(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise KeyError(CANARY)
    except KeyError as error:
        reply = problem(error, "/v1/somewhere")
    assert reply.status == 500
    assert CANARY not in reply.body.decode() + caplog.text
    [record] = caplog.records
    assert "unexpected KeyError" in record.getMessage()
    assert "test_bodies.py" in record.getMessage()


@pytest.mark.parametrize(
    ("failure", "status"),
    [(NoRoom("full"), 507), (Failure("lost"), 503), (Conflict("twice"), 409), (OverflowError(), 422)],
)
def test_failures_of_the_database_are_told_as_what_they_are(failure: Exception, status: int) -> None:
    reply = problem(failure, "/v1/somewhere")
    assert reply.status == status
    assert (b"retry-after" in dict(reply.headers)) == (status == 503)
