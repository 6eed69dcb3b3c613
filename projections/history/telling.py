"""The journal told event by event: each with its sentence, what it changed, and the record it leads to."""

from typing import Any, NamedTuple

from domain.journal import Entry
from projections.history.changes import Change, changes
from projections.history.names import Names
from projections.history.reading import UNFIT, Folding
from projections.history.sentences import Told, sentence
from projections.moments import rfc3339

_THROUGH = {
    "command line": "the command line",
    "import": "an import",
    "api": "the API",
    "generate": "the generator",
}


class Telling(NamedTuple):
    """An event in words. `fits` is False for one that could not be folded: the record stays as it was."""

    sentence: str
    changes: list[Change]
    fits: bool
    session: str | None
    """The session that it is about, if any."""


class Teller(Folding):
    """Tells entries while it folds them; those that need no words it only follows."""

    def __init__(self, name: Names) -> None:
        super().__init__()
        self.name = name

    def tell(self, entry: Entry) -> Telling:
        """Folds an entry and tells it. What cannot be told is named all the same: no event is left out."""
        try:
            data = entry.data()
            changed = changes(entry.kind, data, entry.stream, self.records.get(entry.root))
        except UNFIT:
            data, changed = {}, []
        fits = self.follow(entry)
        try:
            words = sentence(self._told(entry, data))
        except UNFIT:
            words = f"{entry.kind} is recorded, and cannot be told here."
        return Telling(words, changed, fits, data.get("session"))

    def _told(self, entry: Entry, data: dict[str, Any]) -> Told:
        return Told(
            entry.kind,
            data,
            entry.stream,
            entry.occurred_on,
            bool(entry.commitment),
            self.records.get(entry.root, {}),
            self.name,
        )


def envelope(entry: Entry, name: Names) -> dict[str, Any]:
    """Where, when and by whom an event was recorded; `who` says the latter in words."""
    return {
        "position": entry.position,
        "stream": entry.stream,
        "version": entry.version,
        "kind": entry.kind,
        "occurred_on": entry.occurred_on,
        "recorded_at": rfc3339(entry.recorded_at),
        "source": entry.source,
        "actor": entry.actor,
        "role": entry.role,
        "via": entry.via,
        "on_behalf_of": entry.on_behalf_of,
        "who": _who(entry, name),
    }


def _who(entry: Entry, name: Names) -> str:
    """`Ann, for Ben, as coordinator, through the command line`."""
    for_whom = f", for {name(entry.on_behalf_of)}" if entry.on_behalf_of else ""
    return f"{name(entry.actor)}{for_whom}, as {entry.role}, through {_THROUGH.get(entry.via, entry.via)}"
