"""What there is to ask over HTTP: for each address the question, and who may see how much of the answer."""

from datetime import date
from typing import Any, cast

from api import objects
from api.asking import Asking, missing, reached
from api.parameters import Figures, History, Moments, ProgramFigures, Relationships, Told
from api.policy import Object, Right, Sight, coordinates, sight
from api.sights import goal_text, own_facts, profile, told
from domain.refusals import Unknown
from domain.rules import Rules
from projections import check, questions
from projections.history import Part, Wanted, history, replay
from projections.questions.asked import RULES_VERSION
from projections.records import Record
from projections.records.relationship import within

Answer = dict[str, Any]


def participant(asking: Asking) -> Answer:
    """A person who takes part."""
    object, record = objects.participant(asking.view, asking.path["id"])
    asking.allow(object)
    assert record is not None
    asking.version(record["version"], alone=asking.right is not Right.PROGRAM)
    reads = asking.identity.role in ("participant", "coordinator", "safeguarding")
    text = profile(asking.journal, object.id) if reads else None
    if asking.right is Right.PROGRAM:
        theirs = _theirs(asking, object)
        record = {**record, "slots": [slot for slot in record["slots"] if slot[2] in theirs]}
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
    theirs = _theirs(asking, object) if asking.right is Right.PROGRAM else None
    own = asking.identity.person == object.id
    answer = questions.of_mentor(asking.journal, asking.view, object.id, asked=_when(asked), programs=theirs, own=own)
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
    asking.moment(journal=reached(asking.journal, asked.after))
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
    if seen.since is not None and as_of:
        as_of = max(as_of, date.fromisoformat(seen.since))
    part = Part(seen.since or "", seen.reader)
    answer = replay(asking.journal, record["id"], as_of, asked.known_at, part=part)
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
    its = within(record, seen.since, seen.until)["goals"].get(id)
    if its is None:
        missing(Object("goal", id))
    asking.version(its["version"], alone=asking.identity.person not in times)
    text = goal_text(asking.journal, record["id"], id) if seen.text else {}
    return _facts(asking, {"id": id, "relationship": record["id"], **its, **text})


def whole_history(asking: Asking) -> Answer:
    """What was recorded, in sentences, oldest first."""
    asked = cast(History, asking.asked)
    asking.moment(journal=reached(asking.journal, asked.after))
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


def _theirs(asking: Asking, object: Object) -> list[str]:
    """The programs of a person that they coordinate."""
    alone = ((id, Object("program", id, programs={id: who})) for id, who in (object.programs or {}).items())
    return [id for id, program in alone if coordinates(asking.identity, program)]


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
