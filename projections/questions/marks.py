"""What an answer was made of, in a few numbers: while they stay as they are, so does the answer.

A record that changes has a higher position than any had before, so the highest position of some records tells whether
one of them has changed. What was frozen and heals does not rise; hence the frozen ones are part of every mark.
"""

from collections.abc import Hashable

from projections.records import Record
from projections.views import View


def of_scope(view: View, program: Record | None) -> Hashable:
    """Of the figures of a program and its terms: its relationships, and everybody's places. Without one, of all."""
    if program is None:
        return view.number, view.position, *_frozen(view)
    [highest] = view.execute(
        "SELECT (SELECT max(position) FROM relationships WHERE program = ?), (SELECT max(position) FROM participants)",
        (program["id"],),
    )
    return view.number, program["position"], *highest, *_frozen(view)


def of_mentor(view: View, person: Record) -> Hashable:
    """Of the figures of a mentor: the relationships that they ever led or co-mentored, and their own record."""
    [highest] = view.execute(
        """SELECT count(*), max(r.position) FROM people p JOIN relationships r ON r.id = p.root
            WHERE p.person = ? AND p.serving_as <> 'mentee'""",
        (person["id"],),
    )
    return view.number, person["position"], *highest, *_frozen(view)


def _frozen(view: View) -> tuple[tuple[str, int], ...]:
    return tuple((one.root, one.position) for one in view.frozen())
