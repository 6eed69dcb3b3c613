"""A wish that is made again with its key: one event, and the same answer."""

import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from domain.journal import Journal
from tests.support.scenes import named
from tests.support.serving import Heard, Server
from tests.support.waiting import until

MILESTONES = f"/v1/relationships/{named('bond')}/milestones"
BODY = {"code": "halfway"}


def test_a_lost_answer_is_given_when_the_wish_is_made_again(journal: Journal, server: Server) -> None:
    said = (
        f"POST {MILESTONES} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {server.token()}\r\n"
        'Idempotency-Key: once\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{"code":"halfway"}'
    )
    before = journal.position()
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(said.encode())
        until(lambda: journal.position() > before)
    with server.client() as client:
        first, second = (client.ask("POST", MILESTONES, BODY, "once") for _ in range(2))
        other = client.ask("POST", MILESTONES, {"code": "other"}, "once")
    assert (first.status, first.body["events"], first.body["position"]) == (200, ["MilestoneReached"], before + 1)
    assert second.body == first.body
    assert (other.status, other.body["code"]) == (422, "KEY_REUSED")
    assert journal.position() == before + 1


def test_fifty_who_wish_the_same_at_once_get_the_same_answer(journal: Journal, server: Server) -> None:
    ready, before = Barrier(50), journal.position()

    def wish(_: int) -> Heard:
        with server.client() as client:
            ready.wait()
            return client.ask("POST", MILESTONES, BODY, "once")

    with ThreadPoolExecutor(50) as pool:
        heard = list(pool.map(wish, range(50)))
    assert [(one.status, one.body) for one in heard] == [(200, heard[0].body)] * 50
    assert heard[0].body["events"] == ["MilestoneReached"]
    assert journal.position() == before + 1
