"""How many open relationships a mentor carries."""

from domain.participant import Participant, SetCapacity
from domain.participant.capacity import slot_released, slot_taken
from domain.participant.events import CapacitySet
from domain.refusals import Refusal
from domain.rules import Pairing, Rules
from tests.support.deciding import TODAY, Scene, given, on
from tests.support.scenes import MENTEE, MENTOR, PROGRAM, REGISTERED, STRANGER, named

ALICE = REGISTERED[0]
COUNT_CO_MENTORS = Rules(pairing=Pairing(co_mentors_count=True))


def mentor(scene: Scene) -> Participant:
    return scene.states.get(Participant, MENTOR)


def test_a_mentor_says_how_many_they_accept() -> None:
    scene = given(ALICE).when(SetCapacity(participant=MENTOR, max=5)).then([CapacitySet(max=5, occurred_on=TODAY)])
    assert mentor(scene).capacity(Rules()) == 5


def test_who_never_said_accepts_what_the_rule_says() -> None:
    assert mentor(given(ALICE)).capacity(Rules(pairing=Pairing(default_capacity=4))) == 4


def test_saying_the_same_number_again_writes_nothing() -> None:
    given(ALICE, SetCapacity(participant=MENTOR, max=0)).when(SetCapacity(participant=MENTOR, max=0)).then([])


def test_only_who_takes_part_has_a_capacity() -> None:
    given().when(SetCapacity(participant=MENTOR, max=5)).refused(Refusal.UNKNOWN, "participant")


def test_a_capacity_is_not_set_from_a_day_to_come() -> None:
    wish = SetCapacity(participant=MENTOR, max=5, occurred_on=on("2025-07-01"))
    given(ALICE).when(wish).refused(Refusal.FUTURE_DATE, "occurred_on")


def test_a_capacity_is_not_set_from_before_the_day_of_the_last_one() -> None:
    scene = given(ALICE, SetCapacity(participant=MENTOR, max=5, occurred_on=on("2025-03-01")))
    early = SetCapacity(participant=MENTOR, max=1, occurred_on=on("2025-02-28"))
    scene.when(early).refused(Refusal.WRONG_ORDER, "occurred_on")
    scene.when(early.model_copy(update={"occurred_on": on("2025-03-01")})).then(
        [CapacitySet(max=1, occurred_on=on("2025-03-01"))]
    )


def test_places_count_while_they_are_taken_and_those_of_co_mentors_only_by_rule() -> None:
    led, joined = named("led"), named("joined")
    scene = given(
        ALICE,
        slot_taken(MENTOR, led, "lead", MENTEE, PROGRAM, on("2025-01-01")),
        slot_taken(MENTOR, joined, "co", STRANGER, None, on("2025-02-01")),
    )
    assert (mentor(scene).load(Rules()), mentor(scene).load(COUNT_CO_MENTORS)) == (1, 2)
    scene.states.write([slot_released(MENTOR, led, on("2025-03-01"))])
    assert (mentor(scene).load(Rules()), mentor(scene).load(COUNT_CO_MENTORS)) == (0, 1)


def test_the_load_on_a_day_goes_by_the_worlds_clock() -> None:
    led = named("led")
    scene = given(
        ALICE,
        slot_taken(MENTOR, led, "lead", MENTEE, None, on("2025-01-01")),
        slot_released(MENTOR, led, on("2025-03-01")),
    )

    def load(day: str, but: str = "") -> int:
        return mentor(scene).load_on(on(day), Rules(), but=but)

    days = ("2024-12-31", "2025-01-01", "2025-02-28", "2025-03-01")
    assert [load(day) for day in days] == [0, 1, 1, 0]
    assert load("2025-02-01", but=led) == 0
