"""A map that is never changed behaves like a dict, and what was there before stays as it was."""

from hypothesis import given
from hypothesis import strategies as st

from domain.kept import FULL, Kept

puts = st.lists(st.tuples(st.integers(0, 300), st.integers()), max_size=400)


@given(puts)
def test_it_keeps_what_a_dict_would(pairs: list[tuple[int, int]]) -> None:
    kept: Kept[int, int] = Kept()
    for key, value in pairs:
        kept = kept.put(key, value)
    assert dict(kept.items()) == dict(pairs)
    assert {key: kept.get(key) for key, _ in pairs} == dict(pairs)
    assert kept.get(-1) is None


def test_putting_leaves_the_earlier_map_alone() -> None:
    maps: list[Kept[int, int]] = [Kept()]
    for number in range(5 * FULL):
        maps.append(maps[-1].put(number, number))
    assert [len(list(kept.items())) for kept in maps] == list(range(5 * FULL + 1))
    changed = maps[-1].put(0, 7)
    assert (maps[-1].get(0), changed.get(0)) == (0, 7)


def test_two_maps_are_equal_when_they_keep_the_same() -> None:
    one: Kept[str, int] = Kept()
    other: Kept[str, int] = Kept()
    for number in range(2 * FULL):
        one, other = one.put(str(number), 0), other.put(str(2 * FULL - 1 - number), 0)
    assert one == other
    assert one != other.put("0", 1)
    assert "'0': 0" in repr(one)
