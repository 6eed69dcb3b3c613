"""One question over HTTP: parse, ask, respond. It is asked of one snapshot of the views, in a thread of its own."""

from datetime import date
from hashlib import blake2b
from time import monotonic
from typing import NoReturn, cast
from zlib import crc32

from pydantic import BaseModel

from api import parameters
from api.answers import Reply, tagged, unchanged
from api.identity import Identity
from api.parameters import Moments, Parameters
from api.policy import Object, Right, Verdict, may
from api.problems import RETRY_SECONDS, Ahead, NotYet, later
from api.route import Asks, Call
from api.unmoved import Holds
from domain.journal import Journal
from domain.refusals import Forbidden, Unknown
from projections import moments
from projections.views import View

WAIT_SECONDS = 5.0


class Unchanged(Exception):
    """What was answered before, under this tag, still holds."""

    def __init__(self, tag: str) -> None:
        self.tag = tag


class Asking:
    """One question on its way: who asks, about what, of which snapshot."""

    def __init__(self, route: Asks, call: Call, identity: Identity, asked: BaseModel, view: View) -> None:
        self.journal: Journal = call.service.journal
        self.view = view
        self.identity = identity
        self.path = call.path
        self.asked = asked
        self.tag = ""
        self.holds: Holds | None = None
        """For how long the answer holds, where that can be told without asking again."""
        self._rights = route.rights
        self._query: bytes = call.scope["query_string"]
        self._known = _known(call)

    @property
    def right(self) -> Right:
        """What their role may ask about."""
        return self._rights[self.identity.role]

    def allow(self, object: Object) -> None:
        """Go on if they may ask about this: Unknown when it is not there or not theirs to know of, else Forbidden."""
        verdict = may(self.identity, self._rights, object)
        if verdict is Verdict.HIDDEN or (verdict is Verdict.ALLOWED and not object.exists):
            missing(object)
        if verdict is Verdict.FORBIDDEN:
            raise Forbidden(f"the role {self.identity.role} may not see this")

    def version(self, version: int, *, alone: bool = True) -> None:
        """The answer shows this version of a stream, and nothing that moves with the day.

        It holds as long as the version stays, but where what this reader may see of it depends on more than it `alone`.
        """
        self.tag = f'"{version}"'
        if alone:
            self._tagged(self.tag)

    def moment(self, as_of: date | str = "", journal: int = 0) -> None:
        """The answer shows the views at this position, made by these figures, as of this day, to this reader.

        `journal`: where the journal itself stood before it was read, for an answer that shows more than the views do.

        What is frozen is part of the tag, and then one must ask whether it holds: when it heals, the position stays.
        """
        view = self.view
        seen = [view.figures, *(f"{one.root}@{one.position}" for one in view.frozen())]
        if len(seen) > 1:
            self.holds = None
        if journal > view.position:
            seen.append(str(journal))
        made = f"{crc32(' '.join(seen).encode()):08x}"
        self._tagged(f'"{view.position}-{as_of}-{view.number}-{made}-{_whose(self.identity, self._query)}"')

    def today(self, asked: Moments, time_zone: str) -> None:
        """The same, as of the day that is asked for; else of today, and then it holds for no longer than that."""
        as_of = asked.as_of or moments.today(time_zone)
        day = "" if asked.as_of else as_of.isoformat()
        self.holds = Holds(self.view.number, self.view.position, day, time_zone)
        self.moment(as_of)

    def _tagged(self, tag: str) -> None:
        self.tag = tag
        if tag in self._known or "*" in self._known:
            raise Unchanged(tag)


def missing(object: Object) -> NoReturn:
    raise Unknown(f"there is no {object.noun} {object.id}; check the id", object.noun)


def reached(journal: Journal, after: int) -> int:
    """The journal's last position, which cannot lie before the one that a reader has seen: `Ahead` otherwise."""
    position = journal.position()
    if after > position:
        raise Ahead(position, after)
    return position


async def answer(route: Asks, call: Call) -> Reply:
    """Parse, ask, respond."""
    identity, address, unmoved = call.identity(route.rights), call.scope["path"], call.service.unmoved
    for tag in _known(call):
        if tag.endswith(f'-{_whose(identity, call.scope["query_string"])}"') and unmoved.holds(address, tag):
            return unchanged(tag)
    asked = parameters.read(route.parameters, call.scope["query_string"])
    wanted, end = cast(Parameters, asked).wait_for or 0, monotonic() + WAIT_SECONDS
    await _wait(call, wanted, end)

    def ask() -> Reply:
        with call.service.views.read() as view:
            unmoved.saw(view.number, view.position)
            if view.position < wanted:
                call.service.live.set_back(view.position)
                raise _not_yet(view.position, wanted)
            asking = Asking(route, call, identity, asked, view)
            try:
                reply = tagged(route.question(asking), asking.tag)
            except Unchanged as known:
                reply = unchanged(known.tag)
        if asking.holds is not None:
            unmoved.give(address, asking.tag, asking.holds)
        return reply

    try:
        return await call.service.ask(ask)
    except NotYet:
        await _wait(call, wanted, end)
        return await call.service.ask(ask)


def _known(call: Call) -> set[str]:
    """The tags of the answers that the caller has."""
    said = call.headers.get(b"if-none-match")
    return set() if said is None else {one.strip().removeprefix("W/") for one in said.decode("latin-1").split(",")}


def _whose(identity: Identity, query: bytes) -> str:
    """What tells an answer to this reader from one to another, and to this query."""
    programs = None if identity.programs is None else sorted(identity.programs)
    who = (identity.role, identity.person, programs, query)
    return blake2b(repr(who).encode(), digest_size=6).hexdigest()


async def _wait(call: Call, position: int, end: float) -> None:
    live = call.service.live
    if not await live.reached(position, end - monotonic()):
        raise _not_yet(live.position, position)


def _not_yet(reached: int, wanted: int) -> NotYet:
    return NotYet(
        f"the views have reached position {reached}, not {wanted} yet; ask again",
        headers=later(RETRY_SECONDS),
        more={"position": reached},
    )
