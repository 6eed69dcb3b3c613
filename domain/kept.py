"""A map that is never changed: putting something into it gives a new one, at a cost that hardly grows with size."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

FULL = 32
"""How many entries are copied at most to put one more."""


class Kept(Generic[K, V]):
    """A map in layers, the newest first, where a newer layer hides what older ones say of a key.

    Only the newest layer is copied; a full one is pushed down, and merged with older ones as they double.
    So states of a long stream share what they have in common, and none ever sees another's changes.
    """

    __slots__ = ("_layers",)

    def __init__(self, layers: tuple[Mapping[K, V], ...] = ()) -> None:
        self._layers = layers

    def get(self, key: K) -> V | None:
        """What is kept under this key; None when nothing is."""
        for layer in self._layers:
            if key in layer:
                return layer[key]
        return None

    def put(self, key: K, value: V) -> "Kept[K, V]":
        """The same map, with this under this key."""
        if not self._layers:
            return Kept(({key: value},))
        newest, *older = self._layers
        if len(newest) < FULL or key in newest:
            return Kept(({**newest, key: value}, *older))
        while older and len(older[0]) < 2 * len(newest):
            newest = {**older.pop(0), **newest}
        return Kept(({key: value}, newest, *older))

    def items(self) -> Iterator[tuple[K, V]]:
        """All that is kept, in the order in which the keys came. Reads everything."""
        whole: dict[K, V] = {}
        for layer in reversed(self._layers):
            whole.update(layer)
        return iter(whole.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kept) and dict(self.items()) == dict(other.items())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Kept({dict(self.items())!r})"
