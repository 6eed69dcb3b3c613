"""Questions over HTTP: what they show, at which moment, to whom, and when they need not be answered again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.goal import AgreeGoal, MeetGoal, ProposeGoal, ReportProgress
from domain.program import AssignCoordinator
from domain.relationship import (
    HoldSession,
    JoinCoMentor,
    LeaveCoMentor,
    Pair,
    PauseRelationship,
    ResumeRelationship,
)
from projections.follower import Follower, Looker
from projections.moments import rfc3339
from projections.places import place_of
from tests.api import house as h
from tests.api.house import House, house
from tests.support.deciding import on
from tests.support.scenes import named

ONE = f"/v1/relationships/{h.RELATIONSHIP}"


@pytest.fixture
def mentee(home: House) -> dict[str, str]:
    return home.bearer("participant", h.MENTEE)


@pytest.fixture
def auditor(home: House) -> dict[str, str]:
    return home.bearer("auditor")


def test_a_stream_shows_its_own_facts_under_its_version(home: House, mentee: dict[str, str]) -> None:
    answer = home.ask(ONE, mentee)
    data = answer.json()["data"]
    assert answer.headers["etag"] == f'"{data["version"]}"'
    assert {"goals", "last_day", "position"}.isdisjoint(data)
    assert (data["mentor"], data["state"], data["sessions"][h.SESSION]["minutes"]) == (h.MENTOR, "active", 60)
    assert [answer.json()[name] for name in ("as_of", "known_at", "rules")] == [None, None, None]


def test_an_answer_that_still_holds_is_not_given_again(own: House) -> None:
    who = own.bearer("administrator")
    addresses = (ONE, f"{ONE}/history", "/v1/relationships", f"/v1/programs/{h.PROGRAM}/dashboard", "/v1/dashboard")

    def ask(address: str, tag: str) -> httpx.Response:
        return own.client.get(address, headers={**who, "If-None-Match": tag})

    assert own.ask(ONE, who).status_code == 200
    tags = {address: ask(address, "").headers["etag"] for address in addresses}
    for address, tag in tags.items():
        again = ask(address, tag)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), address
        assert ask(address, '"other"').status_code == 200
        assert ask(address, f'"other", W/{tag}').status_code == 304
    own.record(HoldSession(relationship=h.RELATIONSHIP, session=named("new"), minutes=30, held_on=on("2025-06-01")))
    assert own.ask(ONE, who).status_code == 200
    for address, tag in tags.items():
        assert ask(address, tag).status_code == 200, address


def test_what_was_frozen_and_heals_is_seen_by_who_has_the_answer_from_before(own: House) -> None:
    follower, who = Follower(own.journal), own.bearer("auditor")
    own.ask(ONE, who)
    with follower.generations.writing() as (views, _):
        frozen = (h.RELATIONSHIP, "relationship", 1, "a fold that was wrong")
        views.execute("INSERT INTO frozen (root, noun, position, reason) VALUES (?, ?, ?, ?)", frozen)
    own.record(HoldSession(relationship=h.RELATIONSHIP, session=named("new"), minutes=30, held_on=on("2025-06-01")))
    addresses = ("/v1/dashboard", f"/v1/programs/{h.PROGRAM}/dashboard", "/v1/relationships", "/v1/status")
    tags = {address: own.ask(address, who).headers["etag"] for address in addresses}
    for address, tag in tags.items():
        assert own.ask(address, who, {"If-None-Match": tag}).status_code == 304, address
    assert follower.retry().retried == [h.RELATIONSHIP]
    for address, tag in tags.items():
        assert own.ask(address, who, {"If-None-Match": tag}).status_code == 200, address


def test_views_that_were_set_back_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.asking.WAIT_SECONDS", 1.0)
    with house(str(tmp_path / "journal.db"), way=Looker) as own:
        who, position = own.bearer("administrator"), own.journal.position()
        assert own.ask(ONE, who).status_code == 200
        with place_of(own.journal.database).connect(1) as views:
            stand = "UPDATE meta SET position = ?, hash = ?"
            views.execute(stand, (position - 1, own.journal.hash_at(position - 1).hex()))
            behind = own.ask(ONE, who)
            views.execute(stand, (position, own.journal.hash_at(position).hex()))
        assert (behind.status_code, behind.json()["code"]) == (503, "NOT_YET")
        assert behind.json()["position"] == position - 1
        assert own.ask(ONE, who).json()["position"] == position


def test_what_the_journal_tells_is_told_anew_though_nobody_moves_the_views(tmp_path: Path) -> None:
    with house(str(tmp_path / "journal.db"), way=Looker) as own:
        who = own.bearer("administrator")
        addresses = ("/v1/history", f"{ONE}/history", f"{ONE}/at", "/v1/status")

        def ask(address: str, tag: str = "") -> httpx.Response:
            return own.client.get(address, headers={**who, "If-None-Match": tag})

        for day in ("2025-06-01", "2025-06-02"):
            tags = {address: ask(address).headers["etag"] for address in addresses}
            assert {ask(address, tag).status_code for address, tag in tags.items()} == {304}
            own.record(HoldSession(relationship=h.RELATIONSHIP, session=named(day), minutes=30, held_on=on(day)))
            assert {ask(address, tag).status_code for address, tag in tags.items()} == {200}


def test_one_readers_tag_is_not_anothers(home: House, mentee: dict[str, str], auditor: dict[str, str]) -> None:
    mentor = home.bearer("participant", h.MENTOR)
    for address, reader, others in (
        ("/v1/relationships", mentee, (auditor, mentor)),
        (f"/v1/mentors/{h.MENTOR}/dashboard", mentor, (auditor,)),
    ):
        tag = home.ask(address, reader).headers["etag"]
        assert home.ask(address, reader, {"If-None-Match": tag}).status_code == 304
        for other in others:
            assert home.ask(address, other, {"If-None-Match": tag}).status_code == 200
        assert home.ask(address, {}, {"If-None-Match": tag}).status_code == 401
    day = {"as_of": "2025-03-01"}
    assert home.ask(f"/v1/mentors/{h.MENTOR}/dashboard", mentor, {"If-None-Match": tag}, **day).status_code == 200


def test_a_token_that_is_narrowed_to_no_program_has_tags_of_its_own(home: House) -> None:
    whole, narrow = (home.bearer("coordinator", h.COORDINATOR, programs) for programs in (None, frozenset[str]()))
    for address, status in (("/v1/relationships", 200), (f"/v1/programs/{h.PROGRAM}/dashboard", 403)):
        tag = home.ask(address, whole).headers["etag"]
        assert home.ask(address, narrow, {"If-None-Match": tag}).status_code == status


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_who_wrote_may_read_it_at_once(database: str) -> None:
    with house(database) as home:
        who = home.bearer("participant", h.MENTEE)
        for number in range(5):
            body = {"session": named(f"session {number}"), "minutes": 60, "held_on": f"2025-06-{number + 1:02}"}
            position = home.wish("POST", f"{ONE}/sessions", who, body).json()["position"]
            answer = home.client.get(ONE, params={"wait_for": position}, headers=who)
            assert body["session"] in answer.json()["data"]["sessions"]
            assert answer.json()["position"] >= position


def test_a_position_that_does_not_come_is_not_waited_for_forever(
    home: House, mentee: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.asking.WAIT_SECONDS", 0.05)
    home.ask(ONE, mentee)
    answer = home.client.get(ONE, params={"wait_for": 1_000_000}, headers=mentee)
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "NOT_YET", "1")
    assert answer.json()["position"] == home.journal.position()


def test_both_clocks_are_asked(own: House) -> None:
    who = own.bearer("auditor")
    known_at = datetime.now(UTC).isoformat()
    own.record(
        HoldSession(relationship=h.RELATIONSHIP, session=named("late one"), minutes=90, held_on=on("2025-02-11"))
    )

    def counted(**asked: str) -> tuple[int, int]:
        at = own.ask(f"{ONE}/at", who, **asked).json()
        dashboard = own.ask(f"/v1/programs/{h.PROGRAM}/dashboard", who, **asked).json()
        assert {name: at[name] for name in ("as_of", "rules")} == {name: dashboard[name] for name in ("as_of", "rules")}
        return at["data"]["state"]["sessions"]["counted"], dashboard["data"]["sessions"]["count"]

    assert counted() == (4, 4)
    assert counted(known_at=known_at) == (3, 3)
    assert counted(as_of="2025-02-10") == (2, 2)
    assert counted(as_of="2025-02-11") == (3, 3)
    assert counted(as_of="2025-02-11", known_at=known_at) == (2, 2)


@pytest.mark.parametrize(
    "query",
    [
        "as_of=yesterday",
        "as_of=20250301",
        "as_of=2025-02-30",
        "as_of=",
        "known_at=2025-03-01T12:00:00",
        "known_at=2025-03-01T12:00:00+01:00",  # an unescaped + is a space
        "known_at=1700000000",
        "wait_for=-1",
        "wait_for=1.0",
        "surprise=1",
        "as_of=2025-03-01&as_of=2025-03-02",
    ],
)
def test_a_question_that_cannot_be_read_is_told_which_parameter(
    query: str, home: House, mentee: dict[str, str]
) -> None:
    answer = home.client.get(f"{ONE}/at?{query}", headers=mentee)
    assert (answer.status_code, answer.json()["code"]) == (400, "UNREADABLE")
    if query.count("=") == 1:
        assert [error["parameter"] for error in answer.json()["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("address", "period"),
    [
        ("/v1/dashboard", {"from": "2026-06-01", "until": "2026-01-01"}),
        (f"/v1/mentors/{h.MENTOR}/dashboard", {"from": "2026-06-01", "until": "2026-05-31"}),
        ("/v1/history", {"since": "2026-06-01T00:00:00Z", "until": "2026-05-31T23:59:59Z"}),
    ],
)
def test_a_period_does_not_end_before_it_begins(
    address: str, period: dict[str, str], home: House, auditor: dict[str, str]
) -> None:
    answer = home.ask(address, auditor, **period)
    assert (answer.status_code, answer.json()["code"]) == (409, "WRONG_ORDER")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/until"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("asof=2026-03-01", "there is nothing of this name; there are wait_for, as_of, known_at, from, until"),
        ("since=2026-03-01", "there is nothing of this name; there are wait_for, as_of, known_at, from, until"),
        ("as_of=1.3.2026", "a day is written as 2026-03-01"),
        ("wait_for=-1", "this is a whole number without a sign, of 15 digits at most"),
    ],
)
def test_what_is_wrong_with_a_parameter_is_said_in_plain_words(
    query: str, sentence: str, home: House, auditor: dict[str, str]
) -> None:
    answer = home.client.get(f"/v1/dashboard?{query}", headers=auditor)
    assert [error["detail"] for error in answer.json()["errors"]] == [sentence]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_the_ends_of_the_calendar_are_no_trouble(moment: str, home: House, auditor: dict[str, str]) -> None:
    for address in (f"{ONE}/at", "/v1/dashboard", f"/v1/mentors/{h.MENTOR}/dashboard"):
        for day in ("0001-01-01", "9999-12-31"):
            assert home.ask(address, auditor, as_of=day, known_at=moment).status_code == 200
    assert home.ask("/v1/dashboard", auditor, **{"from": "9999-12-31", "until": "9999-12-31"}).status_code == 200


def test_lists_come_in_pages(home: House, auditor: dict[str, str]) -> None:
    items, after = [], None
    while True:
        page = home.ask("/v1/relationships", auditor, limit=1, **({"after": after} if after else {})).json()
        items += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert items == sorted([h.RELATIONSHIP, h.FOREIGN, h.INFORMAL])
    whole = home.ask("/v1/history", auditor, limit=200).json()
    first = home.ask("/v1/history", auditor, limit=3).json()
    second = home.ask("/v1/history", auditor, limit=3, after=first["next"]).json()
    assert [item["position"] for item in first["items"] + second["items"]] == [1, 2, 3, 4, 5, 6]
    assert (whole["items"][:3], whole["next"]) == (first["items"], None)
    for limit in (0, 201):
        assert home.ask("/v1/relationships", auditor, limit=limit).status_code == 400


def test_everyone_lists_what_is_theirs(home: House, auditor: dict[str, str]) -> None:
    def listed(who: dict[str, str], **asked: Any) -> set[str]:
        return {item["id"] for item in home.ask("/v1/relationships", who, **asked).json()["items"]}

    assert listed(auditor) == {h.RELATIONSHIP, h.FOREIGN, h.INFORMAL}
    assert listed(home.bearer("coordinator", h.COORDINATOR)) == {h.RELATIONSHIP}
    assert listed(home.bearer("participant", h.MENTEE)) == {h.RELATIONSHIP, h.INFORMAL}
    assert listed(home.bearer("participant", h.FORMER)) == set()
    assert listed(auditor, program=h.OTHER_PROGRAM) == {h.FOREIGN}
    assert listed(auditor, person=h.STRANGER) == {h.INFORMAL}
    assert listed(home.bearer("participant", h.MENTEE), person=h.STRANGER) == {h.INFORMAL}
    for nothing in ({"program": h.OTHER_DRAFT}, {"person": h.NOBODY}, {"program": h.NOBODY}, {"state": "closed"}):
        assert listed(home.bearer("participant", h.MENTEE), **nothing) == set()


def test_personal_text_is_shown_to_whom_it_is_for(home: House) -> None:
    def texts(who: dict[str, str]) -> set[str]:
        items = home.ask(f"{ONE}/history", who, limit=200).json()["items"]
        return {text for item in items for text in item.get("text", {}).values()}

    shared = {"the summary of a session", "the title of a goal"}
    everything = shared | {"the comment of a mentee"}
    assert texts(home.bearer("participant", h.MENTEE)) == everything
    assert texts(home.bearer("participant", h.MENTOR)) == shared
    assert texts(home.bearer("coordinator", h.COORDINATOR)) == everything
    assert texts(home.bearer("safeguarding")) == everything
    for role in ("auditor", "administrator"):
        assert texts(home.bearer(role)) == set()
        assert "title" not in home.ask(f"/v1/goals/{h.GOAL}", home.bearer(role)).json()["data"]
        assert "profile" not in home.ask(f"/v1/participants/{h.MENTEE}", home.bearer(role)).json()["data"]
    mentee = home.bearer("participant", h.MENTEE)
    assert home.ask(f"/v1/goals/{h.GOAL}", mentee).json()["data"]["title"] == "the title of a goal"
    assert home.ask(f"/v1/participants/{h.MENTEE}", mentee).json()["data"]["profile"] == f"I am {h.MENTEE[:4]}"


def test_feedback_reaches_the_one_it_is_about_only_as_a_figure(home: House) -> None:
    def seen(who: dict[str, str]) -> tuple[bool, bool, bool]:
        history = home.ask(f"{ONE}/history", who, limit=200).json()["items"]
        replayed = home.ask(f"{ONE}/at", who).json()["data"]["events"]
        kinds = [{item["kind"] for item in items} for items in (history, replayed)]
        shown = home.ask(ONE, who).json()["data"]["feedback"]
        return h.FEEDBACK in shown, "FeedbackGiven" in kinds[0], "FeedbackGiven" in kinds[1]

    def counted(who: dict[str, str]) -> set[int]:
        data = home.ask(f"{ONE}/at", who).json()["data"]
        states = [data["state"], *(event["state"] for event in data["events"])]
        return {state["feedback"]["live"] for state in states}

    for person, sees in ((h.MENTEE, True), (h.MENTOR, False), (h.CO_MENTOR, False)):
        assert seen(home.bearer("participant", person)) == (sees, sees, sees)
        assert counted(home.bearer("participant", person)) == ({0, 1} if sees else {0})
    assert seen(home.bearer("coordinator", h.COORDINATOR)) == (True, True, True)


def test_a_former_co_mentor_sees_what_happened_in_their_time(home: House) -> None:
    who = home.bearer("participant", h.FORMER)
    data = home.ask(ONE, who).json()["data"]
    assert list(data["sessions"]) == [h.SESSION]
    days = {item["occurred_on"] for item in home.ask(f"{ONE}/history", who, limit=200).json()["items"]}
    assert (min(days), max(days)) == ("2025-02-01", "2025-03-01")
    at = home.ask(f"{ONE}/at", who, as_of="2025-12-31").json()
    assert (at["as_of"], at["data"]["state"]["sessions"]["counted"]) == ("2025-03-01", 1)
    assert {event["occurred_on"] for event in at["data"]["events"]} == days


def test_a_former_co_mentor_sees_nothing_of_before_or_after_their_time(own: House) -> None:
    bond, goal = named("watched"), named("a goal")
    for command in (
        Pair(id=bond, mentor=h.MENTOR, mentee=h.OTHER_MENTEE, starts_on=on("2025-01-10")),
        HoldSession(relationship=bond, session=named("before"), held_on=on("2025-01-12"), minutes=77),
        PauseRelationship(relationship=bond, reason="travel", occurred_on=on("2025-01-14")),
        ResumeRelationship(relationship=bond, occurred_on=on("2025-01-16")),
        JoinCoMentor(relationship=bond, mentor=h.FORMER, joined_on=on("2025-02-01")),
        ProposeGoal(id=goal, relationship=bond, occurred_on=on("2025-02-02")),
        AgreeGoal(goal=goal, occurred_on=on("2025-02-03")),
        LeaveCoMentor(relationship=bond, mentor=h.FORMER, left_on=on("2025-03-01")),
        ReportProgress(goal=goal, percent=60, occurred_on=on("2025-03-02")),
        MeetGoal(goal=goal, met_on=on("2025-03-03")),
    ):
        own.record(command)
    who, address = own.bearer("participant", h.FORMER), f"/v1/relationships/{bond}"
    its = own.ask(f"/v1/goals/{goal}", who).json()["data"]
    assert (its["state"], its["agreed_on"], its["outcome"], its["progress"]) == ("agreed", "2025-02-03", None, [])
    shown = own.ask(address, who).json()["data"]
    assert (shown["sessions"], shown["paused"]) == ({}, [])
    for day in ("2025-01-15", "2025-02-10", "2026-01-01"):
        at = own.ask(f"{address}/at", who, as_of=day).json()
        assert "2025-02-01" <= at["as_of"] <= "2025-03-01"
        state = at["data"]["state"]
        assert (state["sessions"]["counted"], state["sessions"]["minutes"], state["paused"]) == (0, 0, [])
        assert state["goals"] == ({"agreed": 1} if day >= "2025-02-02" else {})
        assert {event["occurred_on"] for event in at["data"]["events"]} == {
            "2025-02-01",
            "2025-02-02",
            "2025-02-03",
            "2025-03-01",
        }
    [joined] = own.journal.entries(root=bond, kinds=["CoMentorJoined"])
    there = rfc3339(joined.recorded_at)
    for moment, sessions in (({"as_of": "2025-02-20"}, 1), ({"known_at": there}, 0), ({}, 0)):
        data = own.ask(f"/v1/mentors/{h.FORMER}/dashboard", who, **moment).json()["data"]
        told = [(one["sessions"], one["silent_since"]) for one in data["mentees"] if one["id"] == bond]
        assert told == ([(0, "2025-01-10")] if moment else [])
        assert data["sessions"]["count"] == sessions
    mentor = own.ask(f"{address}/at", own.bearer("participant", h.MENTOR)).json()["data"]["state"]
    assert (mentor["sessions"]["minutes"], mentor["goals"], len(mentor["paused"])) == (77, {"met": 1}, 1)


def test_what_depends_on_more_than_its_version_is_given_again(own: House) -> None:
    """Of a person, a coordinator sees the places in their programs; of a goal, a co-mentor what was in their time."""
    bond, goal, co_mentor = named("watched"), named("a goal"), own.bearer("participant", h.FORMER)
    coordinator = own.bearer("coordinator", h.COORDINATOR)
    for command in (
        Pair(id=bond, mentor=h.MENTOR, mentee=h.OTHER_MENTEE, program=h.OTHER_PROGRAM, starts_on=on("2025-01-10")),
        JoinCoMentor(relationship=bond, mentor=h.FORMER, joined_on=on("2025-02-01")),
        ProposeGoal(id=goal, relationship=bond, occurred_on=on("2025-02-02")),
        LeaveCoMentor(relationship=bond, mentor=h.FORMER, left_on=on("2025-03-01")),
        ReportProgress(goal=goal, percent=60, occurred_on=on("2025-03-02")),
    ):
        own.record(command)
    addresses = ((f"/v1/participants/{h.MENTOR}", coordinator), (f"/v1/goals/{goal}", co_mentor))
    before = [own.ask(address, who) for address, who in addresses]
    own.record(AssignCoordinator(program=h.OTHER_PROGRAM, person=h.COORDINATOR))
    own.record(JoinCoMentor(relationship=bond, mentor=h.FORMER, joined_on=on("2025-04-01")))
    after = [
        own.ask(address, who, {"If-None-Match": told.headers["etag"]})
        for (address, who), told in zip(addresses, before, strict=True)
    ]
    assert [len(told.json()["data"]["slots"]) for told in (before[0], after[0])] == [1, 2]
    assert [told.json()["data"]["progress"] for told in (before[1], after[1])] == [[], [["2025-03-02", 60]]]
    mentor = own.bearer("participant", h.MENTOR)
    for address, _ in addresses:
        tag = own.ask(address, mentor).headers["etag"]
        assert own.ask(address, mentor, {"If-None-Match": tag}).status_code == 304


def test_who_goes_on_from_beyond_the_end_of_a_history_hears_of_it(home: House, auditor: dict[str, str]) -> None:
    end = home.journal.position()
    for address in ("/v1/history", f"{ONE}/history"):
        assert home.ask(address, auditor, after=end).json()["items"] == []
        ahead = home.ask(address, auditor, after=end + 1)
        assert (ahead.status_code, ahead.json()["code"]) == (409, "AHEAD")


def test_a_coordinator_sees_of_a_mentor_what_is_in_their_programs(own: House) -> None:
    own.record(
        Pair(
            id=named("elsewhere"),
            mentor=h.MENTOR,
            mentee=h.OTHER_MENTEE,
            program=h.OTHER_PROGRAM,
            starts_on=on("2025-01-10"),
        )
    )
    address = f"/v1/mentors/{h.MENTOR}/dashboard"

    def mentees(who: dict[str, str]) -> set[str]:
        return {one["id"] for one in own.ask(address, who).json()["data"]["mentees"]}

    assert mentees(own.bearer("participant", h.MENTOR)) == {h.RELATIONSHIP, named("elsewhere")}
    assert mentees(own.bearer("coordinator", h.COORDINATOR)) == {h.RELATIONSHIP}
    assert mentees(own.bearer("coordinator", h.OTHER_COORDINATOR)) == {named("elsewhere")}

    def places(who: dict[str, str]) -> set[str]:
        return {slot[0] for slot in own.ask(f"/v1/participants/{h.MENTOR}", who).json()["data"]["slots"]}

    assert places(own.bearer("participant", h.MENTOR)) == {h.RELATIONSHIP, named("elsewhere")}
    assert places(own.bearer("coordinator", h.COORDINATOR)) == {h.RELATIONSHIP}
    assert places(own.bearer("coordinator", h.OTHER_COORDINATOR)) == {named("elsewhere")}


def test_views_that_are_gone_are_said_to_be_gone(own: House) -> None:
    who = own.bearer("auditor")
    own.ask("/v1/dashboard", who)
    number = place_of(own.journal.database).numbers()[-1]
    assert place_of(own.journal.database).remove(number)
    answer = own.client.get("/v1/dashboard", headers=who)
    assert (answer.status_code, answer.json()["code"]) == (503, "NO_VIEWS")
    assert "retry-after" in answer.headers
    held = {"session": named("still written"), "minutes": 30, "held_on": "2025-06-01"}
    assert own.wish("POST", f"{ONE}/sessions", own.bearer("administrator"), held).status_code == 201


@pytest.mark.parametrize("actor", ["%00", "a%0Ab", "", "%20"])
def test_an_actor_that_can_be_none_is_refused_on_either_engine(
    actor: str, home: House, auditor: dict[str, str]
) -> None:
    answer = home.client.get(f"/v1/history?actor={actor}", headers=auditor)
    assert (answer.status_code, answer.json()["code"]) == (400, "UNREADABLE")


def test_head_answers_as_get_does_without_the_body(home: House, mentee: dict[str, str]) -> None:
    got = home.ask(ONE, mentee)
    head = home.client.head(ONE, headers=mentee)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", got.headers["etag"])


def test_what_needs_no_token(home: House) -> None:
    assert home.client.get("/healthz").json() == {"status": "ok"}
    assert home.client.get("/v1/glossary").json()["words"]["mentor"]
