"""A request is served or taken back, never both, and whoever holds it is told once."""

from concurrent.futures import CancelledError, ThreadPoolExecutor
from threading import Barrier

import pytest

from domain.journal import Answer, Request, Unreachable, Wish
from tests.journal.asking import ANN, capacity

ANSWER = Answer("ann", 2, 7, ("CapacitySet",), "registered", created=False)


@pytest.fixture
def request_() -> Request:
    """A request that nobody has claimed."""
    return Request(Wish(capacity("ann", 1), ANN), b"secret")


def test_an_answer_comes_to_who_waits_and_to_who_is_to_be_called(request_: Request) -> None:
    called: list[Request] = []
    request_.add_done_callback(called.append)
    assert request_.claim()
    assert (request_.running(), request_.done()) == (True, False)
    request_.outcome = ANSWER
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(request_.result)
        assert called == []
        request_.answer()
        assert waiting.result() == ANSWER
    assert (request_.running(), request_.done()) == (False, True)
    request_.add_done_callback(called.append)
    assert called == [request_, request_]
    assert request_.exception() is None


def test_what_came_in_the_way_is_raised_as_often_as_it_is_asked_for(request_: Request) -> None:
    request_.outcome = problem = Unreachable("gone")
    request_.answer()
    for _ in range(2):
        with pytest.raises(Unreachable):
            request_.result()
    assert request_.exception() is problem


def test_what_is_taken_back_is_not_served_and_what_is_served_is_not_taken_back(request_: Request) -> None:
    other = Request(request_.wish, b"secret")
    assert request_.cancel()
    assert not request_.claim()
    with pytest.raises(CancelledError):
        request_.result()
    assert other.claim()
    assert not other.cancel()


def test_of_many_who_claim_it_one_does() -> None:
    for _ in range(50):
        request = Request(Wish(capacity("ann", 1), ANN), b"secret")
        barrier = Barrier(8)

        def claim(_: int, request: Request = request, barrier: Barrier = barrier) -> bool:
            barrier.wait()
            return request.claim()

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(claim, range(8))) == 1
