"""Other rules make other figures, where they are: whole or not at all, whatever is written meanwhile."""

from collections.abc import Iterator
from threading import Event, Thread

import orjson
import pytest

from domain.journal import Journal
from domain.rules import Rules
from projections.check import check
from projections.figures import JUDGED, contribute, judge
from projections.follower import Follower
from projections.generations import Generations, OutdatedViews
from projections.meta import Meta
from projections.rebuild import Plan, rebuild
from projections.tables import HOMES
from projections.views import Views
from tests.support.journals import chronicle, everything, written
from tests.support.killing import killed
from tests.support.scenes import named
from tests.support.stories import held, registered

FOLDED = Plan(None, "it is asked for")
OTHER_RULES = Rules().model_copy(update={"sessions": Rules().sessions.model_copy(update={"counted_from": 45})})
THIRD_RULES = Rules().model_copy(update={"time_zone": "Europe/Berlin"})


@pytest.fixture
def journal(database: str) -> Iterator[Journal]:
    with chronicle().story.written(database) as journal:
        rebuild(journal)
        yield journal


def as_folded(journal: Journal, rules: Rules = OTHER_RULES) -> None:
    """The live views are those that folding the journal under these rules would make."""
    live = everything(Views(journal, rules))
    rebuild(journal, rules=rules, planned=FOLDED)
    assert everything(Views(journal, rules)) == live


def test_the_generation_stays_and_says_by_which_rules_its_figures_were_made(journal: Journal) -> None:
    with Views(journal).read() as view:
        before = view.number, view.figures
    assert rebuild(journal, rules=OTHER_RULES).generation == before[0]
    with Views(journal, OTHER_RULES).read() as view:
        assert view.number == before[0]
        assert view.figures != before[1]
    with pytest.raises(OutdatedViews), Views(journal).read():
        pass
    rebuild(journal)
    with Views(journal).read() as view:
        assert (view.number, view.figures) == before


def test_a_question_keeps_the_figures_it_began_with(journal: Journal) -> None:
    asked = "SELECT sum(value) FROM figures WHERE measure = 'sessions'"
    with Views(journal).read() as view:
        before = view.execute(asked)
        rebuild(journal, rules=OTHER_RULES)
        assert view.execute(asked) == before
    with Views(journal, OTHER_RULES).read() as view:
        assert view.execute(asked) != before


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_written_meanwhile_is_figured_too(journal: Journal, workers: int) -> None:
    story, bond = chronicle().story, chronicle().bonds[0].name
    told = 0

    def one_more(done: int, total: int) -> None:
        nonlocal told
        told += 1
        late = (held(f"late {told}", "2027-05-01"), registered(f"late {told}"))
        written(journal, story.tell(bond, late[0]).tell(f"late {told}", late[1]).drafts[-2:])
        Views(journal).catch_up()

    made = rebuild(journal, rules=OTHER_RULES, workers=workers, progress=one_more)
    assert told > 0
    assert made.position == journal.position()
    as_folded(journal)


def test_a_root_that_heals_meanwhile_is_figured_as_it_is_then(journal: Journal) -> None:
    bond = chronicle().bonds[0].name
    frozen = (named(bond), "relationship", 1, "it was said so")
    with Generations(journal).connect(1) as views:
        views.execute("INSERT INTO frozen (root, noun, position, reason) VALUES (?, ?, ?, ?)", frozen)
    written(journal, chronicle().story.tell(bond, held("late", "2027-05-01")).drafts[-1:])
    Views(journal).catch_up()
    healed: list[str] = []

    def heal(done: int, total: int) -> None:
        if not healed:
            healed.extend(Follower(journal).retry().retried)

    rebuild(journal, rules=OTHER_RULES, workers=1, progress=heal)
    assert healed == [named(bond)]
    as_folded(journal)


def test_a_root_that_heals_in_part_meanwhile_is_figured_as_it_is_then(journal: Journal) -> None:
    """It was frozen by mistake, and is frozen again farther on, where it is right."""
    bond = chronicle().bonds[0].name
    late, other = (
        chronicle().story.tell(bond, held("late", "2027-05-01")).tell(bond, held("x", "2027-05-02")).drafts[-2:]
    )
    facts = {"session": named("nowhere"), "changes": {}, "rewritten": [], "reason": "typo", "by": "operator"}
    poison = other._replace(kind="SessionCorrected", facts=orjson.dumps(facts))
    with Generations(journal).connect(1) as views:
        frozen = (named(bond), "relationship", 1, "it was said so")
        views.execute("INSERT INTO frozen (root, noun, position, reason) VALUES (?, ?, ?, ?)", frozen)
    written(journal, [late, poison])
    Views(journal).catch_up()
    told: list[object] = []

    def heal(done: int, total: int) -> None:
        if not told:
            told.append(Follower(journal).retry().frozen)

    rebuild(journal, rules=OTHER_RULES, workers=1, progress=heal)
    live = everything(Views(journal, OTHER_RULES))
    rebuild(journal, rules=OTHER_RULES, planned=FOLDED, accept=True)
    assert everything(Views(journal, OTHER_RULES)) == live


@pytest.mark.parametrize("damage", ["record = '{'", "record = '{}'"])
def test_where_records_cannot_be_read_the_journal_is_folded_instead(journal: Journal, damage: str) -> None:
    with Generations(journal).connect(1) as views:
        views.execute(f"UPDATE participants SET {damage} WHERE id = (SELECT min(id) FROM participants)")
    assert rebuild(journal, rules=OTHER_RULES).generation == 2
    as_folded(journal)


@pytest.mark.parametrize("others", [FOLDED, Plan(1, "others do so too")])
def test_views_that_somebody_else_makes_meanwhile_are_made_again_by_our_rules(journal: Journal, others: Plan) -> None:
    made: list[object] = []

    def intrude(done: int, total: int) -> None:
        if not made:
            made.append(rebuild(journal, rules=THIRD_RULES, workers=1, planned=others))

    rebuild(journal, rules=OTHER_RULES, workers=1, progress=intrude)
    assert len(made) == 1
    as_folded(journal)


def test_a_follower_adds_nothing_to_figures_made_by_other_rules(journal: Journal) -> None:
    """It found them its own, and then somebody else had the lock first."""
    found = Event()

    class Late(Follower):
        def must_be_ours(self, meta: Meta) -> None:
            super().must_be_ours(meta)
            found.set()

    refused: list[OutdatedViews] = []

    def follow() -> None:
        try:
            Late(journal).catch_up()
        except OutdatedViews as outdated:
            refused.append(outdated)

    bond = chronicle().bonds[0].name
    written(journal, chronicle().story.tell(bond, held("late", "2027-05-01")).drafts[-1:])
    before = everything(Views(journal))
    following = Thread(target=follow)
    with Generations(journal).connect(1) as views, views.transaction(write=True):
        meta = Meta.read(views, locking=True)
        following.start()
        assert found.wait(30)
        views.execute("UPDATE meta SET figures = ?", ("others",))
    following.join()
    assert len(refused) == 1
    with Generations(journal).connect(1) as views:
        views.execute("UPDATE meta SET figures = ?", (meta.figures,))
    assert everything(Views(journal)) == before


@pytest.mark.parametrize(
    ("step", "when", "workers"),
    [
        ("_Gathering.start", "return", 1),
        ("_Gathering.looking", "return", 1),
        ("_Gathering.looking", "return", 2),
        ("_Gathering.done", "call", 2),
        ("_replace", "call", 1),
        ("_replace", "return", 1),
    ],
)
def test_one_who_is_killed_leaves_the_figures_as_they_were(
    journal: Journal, step: str, when: str, workers: int
) -> None:
    before = everything(Views(journal))
    killed(journal.database, step, when, workers=workers, rules=OTHER_RULES)
    assert everything(Views(journal)) == before
    assert Generations(journal).tidy() == []
    written(journal, chronicle(155).story.tell("late", registered("late")).drafts[-1:])
    assert Views(journal).catch_up() == journal.position()
    assert check(journal).equal
    rebuild(journal, rules=OTHER_RULES)
    as_folded(journal)


def test_only_measures_that_say_so_depend_on_the_rules(journal: Journal) -> None:
    views = everything(Views(journal))
    for noun, home in HOMES.items():
        for record in (orjson.loads(row[-1]) for row in views[home.name]):
            ours, others = (list(contribute(noun, record, rules)) for rules in (Rules(), OTHER_RULES))
            assert {measure for measure, *_ in judge(noun, record, OTHER_RULES)} <= set(JUDGED)
            assert [one for one in ours if one[0] not in JUDGED] == [one for one in others if one[0] not in JUDGED]
