"""Writing a whole history at once, into an empty journal: nobody is asked, everything was decided already."""

from collections.abc import Iterable

from domain.journal.appending import NOTHING, Kinds, Page, commit, lock, tip
from domain.journal.database import Conflict, Connection
from domain.journal.entry import Draft
from domain.journal.tables import loosen, tighten


def append(connection: Connection, chunks: Iterable[Iterable[Draft]]) -> int:
    """Write these drafts in their order, all or nothing; how many entries the journal has then."""
    lock(connection)
    try:
        if tip(connection) != NOTHING:
            raise Conflict("this journal has entries already; a whole history goes into an empty one only")
        loose = loosen(connection)
        kinds = Kinds()
        kinds.load(connection)
        page = Page(NOTHING, kinds, text=connection.engine == "sqlite")
        versions: dict[str, int] = {}
        for chunk in chunks:
            for draft in chunk:
                if draft.recorded_at < page.recorded_at:
                    raise ValueError(f"this draft was recorded before the one that it follows: {draft}")
                versions[draft.stream] = version = versions.get(draft.stream, 0) + 1
                page.add(draft, version)
            page.write(connection)
            page.turn()
        if loose:
            tighten(connection)
        commit(connection)
    except BaseException:
        connection.rollback()
        raise
    return page.position
