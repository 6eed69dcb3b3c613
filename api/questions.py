"""Questions over HTTP: parse, ask, respond. Each is asked of one snapshot of the views, in a thread of its own."""

from datetime import date
from hashlib import blake2b
from typing import Any, NoReturn, TypeVar, cast
from zlib import crc32

from pydantic import BaseModel

from api import objects, parameters
from api.answers import Reply, tagged, unchanged
from api.identity import Identity
from api.parameters import Figures, History, Moments, Parameters, ProgramFigures, Relationships, Told
from api.policy import Object, Right, Sight, Verdict, coordinates, may, sight
from api.problems import RETRY_SECONDS, NotYet, later
from api.route import Asks, Call
from api.sights import goal_text, own_facts, profile, told
from api.unmoved import Holds
from domain.journal import Journal
from domain.refusals import Forbidden, Unknown
from domain.rules import Rules
from projections import check, moments, questions
from projections.history import Wanted, history, replay
from projections.questions.asked import RULES_VERSION
from projections.records import Record
from projections.views import View

WAIT_SECONDS = 5.0
P = TypeVar("P", bound=BaseModel)
Answer = dict[str, Any]


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

    def version(self, version: int) -> None:
        """The answer shows this version of a stream, and nothing that moves with the day."""
        self._tagged(f'"{version}"')

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


async def answer(route: Asks, call: Call) -> Reply:
    """Parse, ask, respond."""
    identity, address, unmoved = call.identity(route.rights), call.scope["path"], call.service.unmoved
    for tag in _known(call):
        if tag.endswith(f'-{_whose(identity, call.scope["query_string"])}"') and unmoved.holds(address, tag):
            return unchanged(tag)
    asked = parameters.read(route.parameters, call.scope["query_string"])
    await _wait(call, cast(Parameters, asked).wait_for)

    def ask() -> Reply:
        with call.service.views.read() as view:
            unmoved.saw(view.number, view.position)
            asking = Asking(route, call, identity, asked, view)
            try:
                content = route.question(asking)
            except Unchanged as known:
                return unchanged(known.tag)
        if asking.holds is not None:
            unmoved.give(address, asking.tag, asking.holds)
        return tagged(content, asking.tag)

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


async def _wait(call: Call, position: int | None) -> None:
    live = call.service.live
    if position is not None and not await live.reached(position, WAIT_SECONDS):
        raise NotYet(
            f"the views have reached position {live.position}, not {position} yet; ask again",
            headers=later(RETRY_SECONDS),
            more={"position": live.position},
        )


# what there is to ask


def participant(asking: Asking) -> Answer:
    """A person who takes part."""
    object, record = objects.participant(asking.view, asking.path["id"])
    asking.allow(object)
    assert record is not None
    asking.version(record["version"])
    reads = asking.identity.role in ("participant", "coordinator", "safeguarding")
    text = profile(asking.journal, object.id) if reads else None
    return _facts(asking, {**own_facts(record), **({} if text is None else {"profile": text})})


def program(asking: Asking) -> Answer:
    """A program: its roles, criteria and terms, and who coordinates it."""
    object, record = objects.program(asking.view, asking.path["id"])
    asking.allow(object)
    assert record is not None
    asking.version(record["version"])
    return _facts(asking, own_facts(record))


def organization_dashboard(asking: Asking) -> Answer:
    """The figures of the whole organization."""
    asked = cast(Figures, asking.asked)
    asking.today(asked, Rules().time_zone)
    return questions.of_scope(asking.journal, asking.view, asked=_when(asked))


def program_dashboard(asking: Asking) -> Answer:
    """The figures of a program, or of one of its terms."""
    asked = cast(ProgramFigures, asking.asked)
    object, record = objects.program(asking.view, asking.path["id"])
    asking.allow(object)
    assert record is not None
    asking.today(asked, record["time_zone"])
    answer = questions.of_scope(asking.journal, asking.view, program=object.id, term=asked.term, asked=_when(asked))
    return _frozen_of_theirs(asking, answer)


def mentor_dashboard(asking: Asking) -> Answer:
    """A mentor's mentees, load and figures."""
    asked = cast(Figures, asking.asked)
    object, _ = objects.participant(asking.view, asking.path["id"])
    asking.allow(object)
    asking.today(asked, Rules().time_zone)
    theirs = None
    if asking.right is Right.PROGRAM:
        alone = ((id, Object("program", id, programs={id: who})) for id, who in (object.programs or {}).items())
        theirs = [id for id, program in alone if coordinates(asking.identity, program)]
    answer = questions.of_mentor(asking.journal, asking.view, object.id, asked=_when(asked), programs=theirs)
    return _frozen_of_theirs(asking, answer)


def relationships(asking: Asking) -> Answer:
    """The relationships that you may see, by id."""
    asked = cast(Relationships, asking.asked)
    asking.moment()
    identity, programs = asking.identity, None
    if asking.right is Right.PROGRAM:
        programs = objects.coordinated(asking.view, identity.person)
        programs &= identity.programs if identity.programs is not None else programs
    try:
        return questions.relationships(
            asking.view,
            program=asked.program,
            term=asked.term,
            person=asked.person,
            state=asked.state,
            after=asked.after or "",
            limit=asked.limit,
            party=identity.person if asking.right is Right.PARTY else None,
            programs=programs,
        )
    except Unknown:
        return {"position": asking.view.position, "items": [], "next": None}


def relationship(asking: Asking) -> Answer:
    """A relationship: who, since when, its sessions, feedback and milestones, and how it stands."""
    record, seen = _seen(asking, asking.path["id"])
    asking.version(record["version"])
    return _facts(asking, own_facts(record, seen))


def relationship_history(asking: Asking) -> Answer:
    """What was recorded of a relationship, in sentences, oldest first."""
    asked = cast(Told, asking.asked)
    record, seen = _seen(asking, asking.path["id"])
    asking.moment(journal=asking.journal.position())
    answer = history(asking.journal, Wanted(relationship=record["id"], after=asked.after, limit=asked.limit))
    return {**answer, "items": told(asking.journal, answer["items"], seen)}


def relationship_at(asking: Asking) -> Answer:
    """A relationship at a day, as known at a moment: event by event, with the state after each."""
    asked = cast(Moments, asking.asked)
    record, seen = _seen(asking, asking.path["id"])
    as_of = asked.as_of
    if seen.until is not None:
        last = date.fromisoformat(seen.until)
        as_of = min(as_of, last) if as_of else last
    answer = replay(asking.journal, record["id"], as_of, asked.known_at)
    asking.moment(answer["as_of"], answer["position"])
    return {
        "position": answer["position"],
        "as_of": answer["as_of"],
        "known_at": answer["known_at"],
        "rules": RULES_VERSION,
        "data": {
            "relationship": answer["relationship"],
            "state": answer["state"],
            "events": told(asking.journal, answer["events"], seen),
        },
    }


def goal(asking: Asking) -> Answer:
    """A goal: what it is, how far it is, and how it ended."""
    id = asking.path["id"]
    root = asking.journal.root_of(id)
    object, record, times = objects.relationship(asking.view, root or id)
    known = record is not None and id in record["goals"]
    asking.allow(Object("goal", id, known, object.present, object.former, object.programs))
    assert record is not None
    seen = sight(asking.identity, object, times)
    its = record["goals"][id]
    if not seen.shows(its["proposed_on"]):
        missing(Object("goal", id))
    asking.version(its["version"])
    text = goal_text(asking.journal, record["id"], id) if seen.text else {}
    return _facts(asking, {"id": id, "relationship": record["id"], **its, **text})


def whole_history(asking: Asking) -> Answer:
    """What was recorded, in sentences, oldest first."""
    asked = cast(History, asking.asked)
    asking.moment(journal=asking.journal.position())
    wanted = Wanted(
        asked.relationship, asked.person, asked.actor, asked.kind, asked.since, asked.until, asked.after, asked.limit
    )
    answer = history(asking.journal, wanted, asking.view)
    return {
        **answer,
        "items": told(asking.journal, answer["items"], Sight(text=asking.identity.role == "safeguarding")),
    }


def status(asking: Asking) -> Answer:
    """Where the journal and its views stand."""
    asking.moment(journal=asking.journal.position())
    return check.status(asking.journal)


def _seen(asking: Asking, id: str) -> tuple[Record, Sight]:
    """A relationship that they may see, and what of it."""
    object, record, times = objects.relationship(asking.view, id)
    asking.allow(object)
    assert record is not None
    return record, sight(asking.identity, object, times)


def _frozen_of_theirs(asking: Asking, answer: Answer) -> Answer:
    """The answer, naming of the records that stand still only the relationships that they may see."""
    if asking.right is Right.ALL:
        return answer
    named = [(one, objects.relationship(asking.view, one["root"])[0]) for one in answer["frozen"]]
    who = asking.identity
    seen = [one for one, object in named if coordinates(who, object) or who.person in object.present]
    return {**answer, "frozen": seen}


def _facts(asking: Asking, data: Answer) -> Answer:
    """A stream's own facts: they do not move with the day, so none is said."""
    return {"position": asking.view.position, "as_of": None, "known_at": None, "rules": None, "data": data}


def _when(asked: Figures) -> questions.Asked:
    return questions.Asked(asked.as_of, asked.known_at, asked.since, asked.until)
