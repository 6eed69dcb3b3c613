"""How people and programs are called: by reference and by name, as the first event about them says."""

import re

from domain.journal import Journal

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Names:
    """Asks the journal once for each id. What is no id, such as an operator's signature, is its own name."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known: dict[str, str] = {}

    def __call__(self, id: str | None) -> str:
        if id is None:
            return "someone"
        if id not in self._known:
            self._known[id] = self._look_up(id) if _ID.fullmatch(id) else id
        return self._known[id]

    def _look_up(self, id: str) -> str:
        for first in self._journal.entries(root=id, limit=1):
            if first.kind == "ParticipantRegistered":
                return first.data()["reference"] or short(id)
            if first.kind == "ProgramDrafted":
                return str(first.data()["name"])
        return short(id)


def short(id: str) -> str:
    """The end of an id, which tells it from others even where ids begin with the time they were made."""
    return f"…{id[-8:]}"
