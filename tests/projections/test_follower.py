"""The follower keeps views up to date: alone or in company, and past what cannot be folded."""

from collections.abc import Iterator
from threading import Event, Thread

import orjson
import pytest

from domain.journal import Draft, Journal
from domain.participant.events import CapacitySet
from projections.folding import PoisonEvent
from projections.follower import At, Follower, Looker
from projections.rebuild import Plan, rebuild
from projections.views import Views
from tests.support.deciding import on
from tests.support.journals import chronicle, everything, written
from tests.support.scenes import named
from tests.support.stories import Story, held, paired, registered

FOLDED = Plan(None, "it is asked for")


def story() -> Story:
    told = Story().tell("ann", registered("ann")).tell("ben", registered("ben"))
    return told.tell("bond", paired("2026-01-02")).tell("bond", held("first", "2026-01-10"))


def poison() -> Draft:
    """A session of the bond that nobody recorded is corrected."""
    draft = story().tell("bond", held("lost", "2026-01-11")).drafts[-1]
    facts = {"session": named("nowhere"), "changes": {}, "rewritten": [], "reason": "typo", "by": "operator"}
    return draft._replace(kind="SessionCorrected", facts=orjson.dumps(facts))


@pytest.fixture
def journal(database: str) -> Iterator[Journal]:
    with story().written(database) as journal:
        yield journal


def test_it_folds_what_came_since(journal: Journal) -> None:
    rebuild(journal)
    more = story().tell("ann", CapacitySet(max=5, occurred_on=on("2026-01-12"))).drafts[-1:]
    last = written(journal, more)
    assert Follower(journal).catch_up() == last
    with Views(journal).read() as view:
        [(record,)] = view.execute("SELECT record FROM participants WHERE id = ?", (named("ann"),))
    assert orjson.loads(record)["capacity"] == [["2026-01-12", 5]]


def test_it_tells_where_it_is_also_on_a_long_way(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.follower._STEP", 2)
    first = rebuild(journal).position
    more = story()
    for maximum in range(5):
        more.tell("ann", CapacitySet(max=maximum, occurred_on=on("2026-01-12")))
    last = written(journal, more.drafts[-5:])
    told: list[int] = []
    Follower(journal).follow(lambda: last in told, lambda at: told.append(at.position))
    assert told == [first, first + 2, first + 4, last]


def test_it_tells_since_when_the_oldest_event_waited_that_moved_the_views(journal: Journal) -> None:
    first = rebuild(journal).position
    more = story()
    for maximum in range(2):
        more.tell("ann", CapacitySet(max=maximum, occurred_on=on("2026-01-12")))
    last = written(journal, more.drafts[-2:])
    [oldest, _] = journal.entries(after=first)
    told: list[At] = []

    def looked_twice() -> bool:
        if len(told) == 1:
            Follower(journal).follow(lambda: len(told) >= 3, told.append)
        return len(told) >= 4

    Looker(journal).follow(looked_twice, told.append, lambda problem: pytest.fail(str(problem)))
    looked_first, followed_first, followed, looked_again = told
    assert looked_first == followed_first == (1, first, 0)
    assert followed == looked_again == (1, last, oldest.recorded_at)


def test_with_nothing_new_it_stays_where_it_is(journal: Journal) -> None:
    made = rebuild(journal)
    before = everything(Views(journal))
    assert Follower(journal).catch_up() == made.position
    assert everything(Views(journal)) == before


def test_a_sum_that_comes_to_nothing_leaves_no_row(journal: Journal) -> None:
    with_session = story().tell("bond", held("second", "2026-02-01")).drafts
    rebuild(journal)
    written(journal, with_session[-1:])
    Follower(journal).catch_up()
    with Views(journal).read() as view:
        assert view.execute("SELECT count(*) FROM figures WHERE value = 0") == [(0,)]
        assert (
            view.execute("SELECT value FROM figures WHERE measure = ? AND day = ?", ("silent_since", "2026-01-10"))
            == []
        )


def test_any_number_of_followers_at_once_do_no_harm(database: str) -> None:
    drafts = chronicle(300).story.drafts
    with Journal.create(database) as journal:
        rebuild(journal)
        journal.append([drafts])
        problems = []

        def follow() -> None:
            follower = Follower(journal)
            try:
                for position in range(0, len(drafts) + 20, 20):
                    follower.catch_up(min(position, len(drafts)))
            except Exception as problem:
                problems.append(problem)

        followers = [Thread(target=follow) for _ in range(3)]
        for follower in followers:
            follower.start()
        for follower in followers:
            follower.join()
        assert problems == []
        live = everything(Views(journal))
        rebuild(journal, planned=FOLDED)
        assert everything(Views(journal)) == live


def test_it_follows_the_journal_and_its_views_onto_a_new_generation(journal: Journal) -> None:
    rebuild(journal)
    stop = Event()
    following = Thread(target=Follower(journal).follow, args=(stop.is_set,))
    following.start()
    views, told = Views(journal), story()
    try:
        for turn in range(3):
            last = written(journal, told.tell("bond", held(f"more {turn}", f"2026-02-0{turn + 1}")).drafts[-1:])
            position = 0
            while position < last:
                assert following.is_alive()
                with views.read() as view:
                    position = view.position
            rebuild(journal, workers=1, planned=FOLDED)
    finally:
        stop.set()
        following.join()


def test_a_poison_event_freezes_its_root_and_nothing_else(journal: Journal) -> None:
    rebuild(journal)
    before = everything(Views(journal))
    poisoned = written(journal, [poison()])
    told = story()
    told.tell("bond", held("after", "2026-02-02")).tell("cid", registered("cid"))
    last = written(journal, told.drafts[-2:])
    assert Follower(journal).catch_up() == last
    after = everything(Views(journal))
    assert after["relationships"] == before["relationships"]
    assert [row for row in after["figures"] if row[1] == "sessions"] == [
        row for row in before["figures"] if row[1] == "sessions"
    ]
    assert len(after["participants"]) == len(before["participants"]) + 1
    with Views(journal).read() as view:
        [frozen] = view.frozen()
    assert frozen[:3] == (named("bond"), "relationship", poisoned)
    assert frozen.reason.startswith("SessionCorrected: KeyError")


def test_a_root_that_begins_with_poison_has_no_record(journal: Journal) -> None:
    rebuild(journal)
    draft = story().tell("dot", registered("dot")).drafts[-1]
    written(journal, [draft._replace(kind="CapacitySet", facts=b'{"max":1}')])
    Follower(journal).catch_up()
    with Views(journal).read() as view:
        assert [poison.root for poison in view.frozen()] == [named("dot")]
        assert view.execute("SELECT 1 FROM participants WHERE id = ?", (named("dot"),)) == []


@pytest.mark.parametrize("facts", [b"no JSON", b"[]", b'{"max":"many"}', b'{"max":1}],[1,2,3,4,5,6'])
def test_facts_that_cannot_be_read_are_poison_to_follower_and_rebuild_alike(journal: Journal, facts: bytes) -> None:
    rebuild(journal)
    draft = story().tell("ann", CapacitySet(max=1, occurred_on=on("2026-01-12"))).drafts[-1]
    slot = story().tell("ann", CapacitySet(max=1, occurred_on=on("2026-01-12"))).drafts[-1]
    taken = {"relationship": named("bond"), "as": "lead", "mentee": named("ben"), "program": None}
    first = slot._replace(kind="MentorSlotTaken", facts=orjson.dumps(taken))
    poisoned = written(journal, [first, draft._replace(facts=facts)])
    Follower(journal).catch_up()
    views = Views(journal)
    live = everything(views)
    with views.read() as view:
        assert [(poison.root, poison.position) for poison in view.frozen()] == [(named("ann"), poisoned)]
    rebuild(journal, planned=FOLDED, accept=True)
    assert everything(views) == live
    with views.read() as view:
        assert [(poison.root, poison.position) for poison in view.frozen()] == [(named("ann"), poisoned)]


def test_what_cannot_be_added_up_is_poison_to_follower_and_rebuild_alike(journal: Journal) -> None:
    rebuild(journal)
    facts = {"reason": ["of", "two", "sorts"], "initiated_by": "mentor", "anticipated": True}
    draft = story().tell("bond", held("last", "2026-01-20")).drafts[-1]
    poisoned = written(journal, [draft._replace(kind="Closed", facts=orjson.dumps(facts), personal=None)])
    Follower(journal).catch_up()
    views = Views(journal)
    live = everything(views)
    assert any(row[1] == "sessions" for row in live["figures"])
    rebuild(journal, planned=FOLDED, accept=True)
    assert everything(views) == live
    with views.read() as view:
        assert [(poison.root, poison.position) for poison in view.frozen()] == [(named("bond"), poisoned)]


def test_a_rebuild_is_strict_unless_poison_is_accepted(journal: Journal) -> None:
    rebuild(journal)
    position = written(journal, [poison()])
    Follower(journal).catch_up()
    live = everything(Views(journal))
    with pytest.raises(PoisonEvent, match=f"position {position} .* relationship {named('bond')}: SessionCorrected"):
        rebuild(journal, planned=FOLDED)
    assert everything(Views(journal)) == live
    assert rebuild(journal, planned=FOLDED, accept=True).position == position
    assert everything(Views(journal)) == live


def test_what_is_frozen_heals_when_it_can_be_folded_at_last(journal: Journal) -> None:
    """As after a release that folds what the one before could not: here a root was frozen by mistake."""
    rebuild(journal)
    whole = everything(Views(journal))
    follower = Follower(journal)
    number = follower.generations.current()
    assert number is not None
    with follower.generations.connect(number) as views:
        views.execute(
            "INSERT INTO frozen (root, noun, position, reason) VALUES (?, ?, ?, ?)",
            (named("bond"), "relationship", 4, "a fold that was wrong"),
        )
    more = story().tell("bond", held("second", "2026-02-01")).drafts[-1:]
    written(journal, more)
    follower.catch_up()
    assert everything(Views(journal))["relationships"] == whole["relationships"]
    assert follower.retry(named("somebody else")).retried == []
    answer = follower.retry(named("bond"))
    assert (answer.retried, answer.frozen) == ([named("bond")], [])
    healed = everything(Views(journal))
    rebuild(journal, planned=FOLDED)
    assert everything(Views(journal)) == healed


def test_what_is_still_poison_stays_frozen_when_it_is_tried_again(journal: Journal) -> None:
    rebuild(journal)
    written(journal, [poison()])
    follower = Follower(journal)
    follower.catch_up()
    live = everything(Views(journal))
    answer = follower.retry()
    assert answer.retried == []
    assert [poison.root for poison in answer.frozen] == [named("bond")]
    assert everything(Views(journal)) == live
