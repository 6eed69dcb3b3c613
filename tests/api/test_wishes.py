"""Wishes over HTTP: what they answer, how they are repeated, how they are refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.api import house as h
from tests.api.house import House
from tests.support.deciding import on

SESSIONS = f"/v1/relationships/{h.RELATIONSHIP}/sessions"


_DAYS = (on("2025-06-01") + timedelta(days=number) for number in count())


def held(**details: Any) -> dict[str, Any]:
    """A session on a day on which nobody has recorded one yet."""
    return {"session": str(uuid4()), "minutes": 60, "held_on": next(_DAYS).isoformat(), **details}


@pytest.fixture
def mentee(home: House) -> dict[str, str]:
    return home.bearer("participant", h.MENTEE)


@pytest.fixture
def administrator(home: House) -> dict[str, str]:
    return home.bearer("administrator")


def test_a_wish_answers_with_what_was_written_and_where(home: House, mentee: dict[str, str]) -> None:
    before = home.journal.position()
    answer = home.wish("POST", SESSIONS, mentee, held())
    version = int(answer.headers["etag"].strip('"'))
    assert (answer.status_code, answer.headers["location"]) == (201, f"/v1/relationships/{h.RELATIONSHIP}")
    assert answer.json() == {
        "id": h.RELATIONSHIP,
        "version": version,
        "position": before + 1,
        "events": ["SessionHeld"],
        "state": "active",
    }
    [entry] = home.journal.entries(after=before)
    assert (entry.actor, entry.role, entry.via, entry.on_behalf_of) == (h.MENTEE, "participant", "api", None)
    assert entry.data()["asserted_by"] == h.MENTEE


def test_what_is_so_already_writes_nothing(home: House, administrator: dict[str, str]) -> None:
    id = str(uuid4())
    address, body = f"/v1/participants/{id}", {"interests": ["music"]}
    first, again = (home.wish("PUT", address, administrator, body) for _ in range(2))
    assert (first.status_code, first.headers["location"], first.json()["events"]) == (
        201,
        address,
        ["ParticipantRegistered"],
    )
    assert (again.status_code, again.json()["events"], again.json()["version"]) == (200, [], 1)


def test_the_same_key_gives_the_same_answer_once(home: House, mentee: dict[str, str]) -> None:
    key, body = {"Idempotency-Key": "once"}, held(topics=["career"])
    before = home.journal.position()

    def send(_: int) -> tuple[int, str]:
        answer = home.wish("POST", SESSIONS, mentee, body, key)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(10) as threads:
        answers = set(threads.map(send, range(50)))
    assert (len(answers), home.journal.position()) == (1, before + 1)
    assert answers.pop()[0] == 201


def test_a_key_belongs_to_its_caller_and_to_one_body(home: House, mentee: dict[str, str]) -> None:
    key, body = {"Idempotency-Key": "mine"}, held()
    assert home.wish("POST", SESSIONS, mentee, body, key).status_code == 201
    other = home.wish("POST", SESSIONS, mentee, {**body, "minutes": 61}, key)
    assert (other.status_code, other.json()["code"]) == (422, "KEY_REUSED")
    mentor = home.bearer("participant", h.MENTOR)
    assert home.wish("POST", SESSIONS, mentor, held(), key).status_code == 201


@pytest.mark.parametrize("key", [None, "", "x" * 256, "tab\there"])
def test_a_post_without_a_proper_key_is_not_taken(key: str | None, home: House, mentee: dict[str, str]) -> None:
    headers = {"content-type": "application/json", **mentee, **({} if key is None else {"Idempotency-Key": key})}
    answer = home.client.post(SESSIONS, json=held(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "UNREADABLE")


def test_a_version_that_has_passed_is_refused(home: House, mentee: dict[str, str]) -> None:
    tag = home.ask(f"/v1/relationships/{h.RELATIONSHIP}", mentee).headers["etag"]
    assert home.wish("POST", SESSIONS, mentee, held(), {"If-Match": tag}).status_code == 201
    stale = home.wish("POST", SESSIONS, mentee, held(), {"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "STALE_VERSION")
    for unreadable in ("5", "*", 'W/"5"', '"five"'):
        assert home.wish("POST", SESSIONS, mentee, held(), {"If-Match": unreadable}).status_code == 412


def test_a_refusal_by_rule_has_its_code_and_its_field(home: House, mentee: dict[str, str]) -> None:
    answer = home.wish("POST", SESSIONS, mentee, held(minutes=2))
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == 409
    sentence = "a session lasts 5 to 480 minutes, not 2; say how long it was"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": sentence,
        "instance": SESSIONS,
        "code": "BAD_DURATION",
        "errors": [{"pointer": "/minutes", "code": "BAD_DURATION", "detail": sentence}],
    }


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/session", "/minutes"]),
        ({"session": "no id", "minutes": "60"}, ["/session", "/minutes"]),
        ({"session": h.NOBODY, "minutes": 60, "surprise": 1}, ["/surprise"]),
        ({"session": h.NOBODY, "minutes": 60, "relationship": h.FOREIGN}, ["/relationship"]),
        ({"session": h.NOBODY, "minutes": 60, "held_on": "20250301"}, ["/held_on"]),
        ({"session": h.NOBODY, "minutes": 60, "topics": ["fine", "not fine"]}, ["/topics/1"]),
        ({"session": h.NOBODY, "minutes": 60, "on_behalf_of": "me"}, ["/on_behalf_of"]),
        ({"session": h.NOBODY, "minutes": True}, ["/minutes"]),
    ],
)
def test_an_invalid_body_is_pointed_at(
    body: dict[str, Any], pointers: list[str], home: House, mentee: dict[str, str]
) -> None:
    answer = home.wish("POST", SESSIONS, mentee, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers


def test_a_whole_number_may_be_written_with_a_point(home: House, mentee: dict[str, str]) -> None:
    assert home.wish("POST", SESSIONS, mentee, held(minutes=60.0)).status_code == 201
    for number in (60.5, 2**31, -(2**31), 2**63, 2**70, 1e300):
        assert home.wish("POST", SESSIONS, mentee, held(minutes=number)).status_code == 422


def test_a_day_written_as_a_number_is_no_day_also_inside(home: House, administrator: dict[str, str]) -> None:
    body = {"begins_on": "2025-01-01", "evaluations": [{"code": "midterm", "on": "1740787200"}]}
    answer = home.wish("PUT", f"/v1/programs/{h.PROGRAM}/terms/2025", administrator, body)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/evaluations/0/on"]


@pytest.mark.parametrize("name", ["2025/26", "Frühjahr 2026", "100 %", "a+b"])
def test_a_name_may_have_a_slash_where_the_address_says_it_encoded(
    home: House, administrator: dict[str, str], name: str
) -> None:
    address = f"/v1/programs/{h.PROGRAM}/terms/{quote(name, safe='')}"
    assert home.wish("PUT", address, administrator, {"begins_on": "2025-01-01"}).status_code == 200
    shown = home.ask(f"/v1/programs/{h.PROGRAM}", administrator).json()["data"]["terms"]
    assert name in shown


def test_a_moment_beyond_the_calendar_is_refused(home: House, mentee: dict[str, str]) -> None:
    answer = home.wish("POST", SESSIONS, mentee, held(held_on=None, starts_at="0001-01-01T00:00:00+23:59"))
    assert answer.status_code == 422


def test_a_coordinator_acts_for_a_party_and_both_are_kept(home: House) -> None:
    who = home.bearer("coordinator", h.COORDINATOR)
    body = held(on_behalf_of=h.MENTOR)
    before = home.journal.position()
    assert home.wish("POST", SESSIONS, who, body).status_code == 201
    [entry] = home.journal.entries(after=before)
    assert (entry.actor, entry.role, entry.on_behalf_of) == (h.COORDINATOR, "coordinator", h.MENTOR)
    assert entry.data()["asserted_by"] == h.MENTOR


def test_nobody_acts_for_a_stranger_or_without_being_staff(home: House, mentee: dict[str, str]) -> None:
    coordinator = home.bearer("coordinator", h.COORDINATOR)
    tries = [
        (coordinator, h.STRANGER, 403, "FORBIDDEN"),
        (coordinator, h.NOBODY, 404, "UNKNOWN"),
        (mentee, h.MENTOR, 403, "FORBIDDEN"),
    ]
    for who, whom, status, code in tries:
        answer = home.wish("POST", SESSIONS, who, held(on_behalf_of=whom))
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_co_mentor_leaves_on_the_day_that_is_said(own: House) -> None:
    who = own.bearer("participant", h.CO_MENTOR)
    address = f"/v1/relationships/{h.RELATIONSHIP}/co-mentors/{h.CO_MENTOR}"
    left = own.wish("DELETE", f"{address}?on=2025-05-01", who)
    assert (left.status_code, left.json()["events"]) == (200, ["CoMentorLeft", "MentorSlotReleased"])
    entries = list(own.journal.entries(root=h.RELATIONSHIP, kinds=["CoMentorLeft"]))
    assert entries[-1].occurred_on == "2025-05-01"
    assert own.wish("DELETE", f"{address}?on=soon", who).status_code == 400


def test_a_whole_program_is_set_up_over_http(own: House) -> None:
    who = own.bearer("administrator")
    id, mentor, mentee, relationship, goal = (str(uuid4()) for _ in range(5))
    program, pair, aim = f"/v1/programs/{id}", f"/v1/relationships/{relationship}", f"/v1/goals/{goal}"
    feedback = str(uuid4())
    wishes: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", program, {"name": "Autumn", "time_zone": "Europe/Berlin"}),
        ("PUT", f"{program}/roles/mentor", {"expectations": ["listens"]}),
        ("PUT", f"{program}/roles/mentee", {"expectations": ["prepares"]}),
        ("PUT", f"{program}/criteria/skills", {"weight": 5, "required": True}),
        ("PUT", f"{program}/terms/2025 autumn", {"begins_on": "2025-09-01"}),
        ("PUT", f"{program}/coordinators/{h.COORDINATOR}", {}),
        ("POST", f"{program}/publish", {}),
        ("PUT", f"/v1/participants/{mentor}", {"skills": ["python"]}),
        ("PUT", f"/v1/participants/{mentor}/capacity", {"max": 1}),
        ("PUT", f"/v1/participants/{mentee}", {}),
        (
            "PUT",
            pair,
            {"mentor": mentor, "mentee": mentee, "program": id, "term": "2025 autumn", "starts_on": "2025-09-02"},
        ),
        ("POST", f"{pair}/co-mentors", {"mentor": h.STRANGER, "joined_on": "2025-09-03"}),
        ("PUT", aim, {"relationship": relationship, "title": "to speak up", "occurred_on": "2025-09-03"}),
        ("POST", f"{aim}/agree", {"occurred_on": "2025-09-03"}),
        ("POST", f"{aim}/progress", {"percent": 40, "occurred_on": "2025-09-10"}),
        ("POST", f"{pair}/sessions", {"session": h.SESSION, "minutes": 60, "held_on": "2025-09-09"}),
        ("POST", f"{pair}/sessions/{h.SESSION}/correct", {"minutes": 45, "reason": "typo"}),
        ("POST", f"{pair}/sessions/{h.SESSION}/void", {"reason": "duplicate"}),
        ("POST", f"{pair}/sessions/{h.SESSION}/reinstate", {"reason": "mistake"}),
        ("POST", f"{aim}/meet", {"met_on": "2025-09-20"}),
        ("POST", f"{aim}/retract", {"reason": "mistake", "occurred_on": "2025-09-21"}),
        ("POST", f"{pair}/milestones", {"code": "halfway", "on": "2025-09-22"}),
        ("POST", f"{pair}/pause", {"reason": "holidays", "occurred_on": "2025-09-23"}),
        ("POST", f"{pair}/resume", {"occurred_on": "2025-09-25"}),
        ("POST", f"{aim}/abandon", {"reason": "time", "occurred_on": "2025-09-26"}),
        (
            "POST",
            f"{pair}/feedback",
            {"feedback": feedback, "to": mentor, "ratings": {"patience": 5}, "on_behalf_of": mentee},
        ),
        ("POST", f"{pair}/feedback/{feedback}/revise", {"ratings": {"patience": 4}, "on_behalf_of": mentee}),
        ("POST", f"{pair}/feedback/{feedback}/retract", {"reason": "mistake", "on_behalf_of": mentee}),
        (
            "POST",
            f"{pair}/close",
            {"reason": "goals_met", "initiated_by": "both", "anticipated": True, "ended_on": "2025-12-01"},
        ),
        ("POST", f"{pair}/reopen", {"reason": "mistake", "occurred_on": "2025-12-02"}),
    ]
    for method, address, body in wishes:
        answer = own.wish(method, address, who, body)
        assert answer.status_code in (200, 201), (address, answer.text)
        assert answer.json()["events"], address
    shown = own.ask(f"{program}/dashboard", own.bearer("coordinator", h.COORDINATOR), term="2025 autumn").json()
    assert shown["data"]["sessions"]["count"] == 1
