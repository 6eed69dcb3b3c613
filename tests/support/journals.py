"""Journals that grow while a test looks on, and the views of them."""

from collections.abc import Iterable
from typing import Any

from domain.journal import Draft, Journal, connect
from domain.journal.appending import Kinds, Page, commit, lock, tip
from projections import tables
from projections.views import Views
from tests.support.chronicles import Chronicle


def written(journal: Journal, drafts: Iterable[Draft]) -> int:
    """Append events as they are, whatever rules would say; the position reached."""
    with connect(journal.database) as connection:
        lock(connection)
        kinds = Kinds()
        kinds.load(connection)
        page = Page(tip(connection), kinds, text=journal.engine == "sqlite")
        versions: dict[str, int] = {}
        for draft in drafts:
            if draft.stream not in versions:
                asked = "SELECT coalesce(max(version), 0) FROM events WHERE stream = ?"
                [(versions[draft.stream],)] = connection.execute(asked, (draft.stream,))
            versions[draft.stream] += 1
            page.add(draft, versions[draft.stream])
        page.write(connection)
        commit(connection)
    return page.position


def chronicle(wishes: int = 150) -> Chronicle:
    """A history of its own, the same every time."""
    return Chronicle(
        [((n * 7919) % 10_000, (n * 104_729) % 10_000, n % 47, (n * 611_953) % 10_000) for n in range(wishes)]
    )


def everything(views: Views) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every view, by its key; and under `position` where they stand."""
    with views.read() as view:
        rows: dict[str, list[tuple[Any, ...]]] = {"position": [(view.position,)]}
        for table in tables.TABLES:
            found = view.execute(f"SELECT {', '.join(table.names)} FROM {table.name}")
            rows[table.name] = sorted(found, key=lambda row: row[: table.key])
    return rows
