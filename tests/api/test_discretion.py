"""What people write and the tokens they hold stay out of logs and failures, whatever is wished and however badly."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.route import Does
from api.routes import ROUTES
from domain.decider import Command
from domain.facts import PERSONAL
from tests.api import house as h
from tests.api.house import House
from tests.api.wishing import body
from tests.support.waiting import until

CANARY = "canary-7c40"
IDS = {"session": h.SESSION, "feedback": h.FEEDBACK, "person": h.STRANGER}
OWN = {
    "participants": {"id": h.MENTEE},
    "relationships": {"id": h.RELATIONSHIP},
    "goals": {"id": h.GOAL},
    "programs": {"id": h.PROGRAM},
}
LONGEST = 10_000


def personal(command: type[Command]) -> list[str]:
    """The fields of this command in which people write."""
    fields = command.model_fields.items()
    return [name for name, field in fields if PERSONAL in field.metadata or "PERSONAL" in repr(field.annotation)]


WRITTEN = [route for route in ROUTES if isinstance(route, Does) and personal(route.command)]


def bodies(route: Does, proper: dict[str, Any]) -> Iterator[tuple[dict[str, Any], set[int]]]:
    """Bodies with the canary in every place where it may stand, good and bad, and what may come of each."""
    texts = personal(route.command)
    said = {**proper, **dict.fromkeys(texts, f"{CANARY} said")}
    for name in texts:
        yield {**said, name: CANARY + "x" * LONGEST}, {422}
        yield {**said, name: [CANARY]}, {422}
    yield {**said, "unheard_of": CANARY}, {422}
    yield {**said, "on_behalf_of": CANARY}, {422}
    yield dict.fromkeys({*said, "occurred_on"}, CANARY), {422}
    yield {**said, "on_behalf_of": h.NOBODY}, {403, 404, 409}
    yield said, {200, 201, 403, 409}


def asked(home: House, route: Does) -> Iterator[httpx.Response]:
    """The answers to all of it, and to requests that are wrong in other ways."""
    ids = OWN[route.path.split("/")[2]]
    address = route.path.format(**{**IDS, **ids})
    absent = route.path.format(**{**IDS, "id": h.NOBODY})
    proper = body(address, ids)
    mentee, administrator = home.bearer("participant", h.MENTEE), home.bearer("administrator")
    secret = {**proper, **dict.fromkeys(personal(route.command), f"{CANARY} said")}
    mangled = f'{{"text": "{CANARY}", "text": "{CANARY}"}}'
    key = {"Idempotency-Key": str(uuid4())}

    for who, forbidden in ((mentee, {403}), (administrator, set())):
        for content, expected in bodies(route, proper):
            answer = home.wish(route.method, address, who, content)
            assert answer.status_code in expected | forbidden, (route.path, content, answer.text)
            yield answer
    yield home.wish(route.method, address, administrator, secret, {"If-Match": f'"{CANARY}"'})
    yield home.wish(route.method, address, administrator, secret, {"If-Match": '"1"'})
    yield home.wish(route.method, address, administrator, secret, {"Content-Type": "text/plain"})
    yield home.wish(route.method, absent, administrator, secret)
    yield home.wish(route.method, address, home.bearer("auditor"), secret)
    yield home.wish(route.method, address, {"Authorization": f"Bearer {CANARY}"}, secret)
    yield home.client.request(
        route.method, address, content=mangled, headers={**administrator, **key, "Content-Type": "application/json"}
    )
    yield home.wish(route.method, address, administrator, secret, key)
    yield home.wish(route.method, address, administrator, {**secret, personal(route.command)[0]: f"{CANARY} else"}, key)
    yield home.client.request(
        route.method, address, params={"text": CANARY}, json=secret, headers={**administrator, **key}
    )


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that the server has logged; what the tests' own client logs is no part of it."""
    ours = (record for record in caplog.records if not record.name.startswith(("httpx", "httpcore")))
    return "".join(str(vars(record)) for record in ours)


def test_people_write_in_many_places() -> None:
    assert {"RegisterParticipant", "HoldSession", "CorrectSession", "GiveFeedback", "ProposeGoal"} <= {
        route.command.__name__ for route in WRITTEN
    }


@pytest.mark.parametrize("route", WRITTEN, ids=lambda route: route.command.__name__)
def test_what_people_write_is_in_no_log_and_in_no_answer_to_a_wish(
    route: Does, home: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = list(asked(home, route))
    until(lambda: logged(caplog).count(f'"method":"{route.method}"') >= len(answers))
    told = (
        "".join(answer.text + str(answer.headers) for answer in answers) + logged(caplog) + "".join(capfd.readouterr())
    )
    assert CANARY not in told
    for answer in answers:
        token = answer.request.headers["authorization"].removeprefix("Bearer ")
        assert token not in told
    assert {400, 401, 403, 412, 415, 422} <= {answer.status_code for answer in answers}


def test_it_was_written_down_all_the_same(own: House) -> None:
    who = own.bearer("participant", h.MENTEE)
    answer = own.wish("POST", f"/v1/goals/{h.GOAL}/progress", who, {"percent": 33, "explanation": f"{CANARY} said"})
    assert answer.status_code == 200
    assert CANARY in own.ask(f"/v1/relationships/{h.RELATIONSHIP}/history", who).text
