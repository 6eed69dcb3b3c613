"""What an answer was made of, in a few numbers: while they stay as they are, so does the answer.

A record that changes has a higher position than any had before, so the highest position of some records tells whether
one of them has changed. What was frozen and heals does not rise; hence the frozen ones are part of every mark. What
was known at a past position stays so for good: of that, only what an answer takes from the views of today is marked.
"""

from collections.abc import Hashable
from typing import Any

from projections.records import Record
from projections.views import View

Frozen = list[dict[str, Any]]


def of_scope(view: View, program: Record | None, frozen: Frozen) -> Hashable:
    """Of the figures of a program and its terms: its relationships, and everybody's places. Without one, of all."""
    if program is None:
        return view.number, view.position, *_roots(frozen)
    [highest] = view.execute(
        "SELECT (SELECT max(position) FROM relationships WHERE program = ?), (SELECT max(position) FROM participants)",
        (program["id"],),
    )
    return view.number, program["position"], *highest, *_roots(frozen)


def of_mentor(view: View, person: Record, frozen: Frozen) -> Hashable:
    """Of the figures of a mentor: the relationships that they ever led or co-mentored, and their own record."""
    [highest] = view.execute(
        """SELECT count(*), max(r.position) FROM people p JOIN relationships r ON r.id = p.root
            WHERE p.person = ? AND p.serving_as <> 'mentee'""",
        (person["id"],),
    )
    return view.number, person["position"], *highest, *_roots(frozen)


def _roots(frozen: Frozen) -> list[tuple[str, int]]:
    return [(one["root"], one["position"]) for one in frozen]
