"""How people and programs are called: by reference and by name, as the first event about them says."""

import re
from collections.abc import Iterable

from domain.journal import Entry, Journal
from projections.history.reading import UNFIT

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_SAYS = {"ParticipantRegistered": "reference", "ProgramDrafted": "name"}


class Names:
    """Asks the journal once for each id. What is no id, such as an operator's signature, is its own name."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known: dict[str, str] = {}

    def __call__(self, id: str | None) -> str:
        if id is None:
            return "someone"
        if id not in self._known:
            self.learn([id])
        return self._known.setdefault(id, id)

    def learn(self, ids: Iterable[str | None]) -> None:
        """Ask for all of these at once: they will be called by name."""
        new = [id for id in ids if id is not None and id not in self._known and _ID.fullmatch(id)]
        firsts = self._journal.firsts(new)
        self._known.update((id, _said(firsts.get(id)) or short(id)) for id in new)


def _said(first: Entry | None) -> str:
    """What the first event about somebody or something calls it; empty where it says no name, or cannot be read."""
    said = _SAYS.get(first.kind) if first is not None else None
    if first is None or said is None:
        return ""
    try:
        return str(first.data()[said] or "")
    except UNFIT:
        return ""


def short(id: str) -> str:
    """The end of an id, which tells it from others even where ids begin with the time they were made."""
    return f"…{id[-8:]}"
