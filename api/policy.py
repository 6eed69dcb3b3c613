"""Who may what: one function, deny by default. docs/policy.md tells it as a table.

A route says what each role may do there, as one of these rights. A role that is not named may nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from api.identity import Identity, Role


class Right(Enum):
    """On which things a role may do something."""

    ALL = auto()
    """On any."""
    PARTY = auto()
    """On a relationship they belong to now, or on themselves."""
    MEMBER = auto()
    """The same, and on a relationship they once belonged to."""
    SELF = auto()
    """On a relationship they belong to now, where it is about themselves."""
    PROGRAM = auto()
    """On what belongs to a program that they coordinate."""
    PUBLIC = auto()
    """On what everybody may know: a program that is published, or one that they coordinate."""


class Verdict(Enum):
    """What comes of asking."""

    ALLOWED = auto()
    FORBIDDEN = auto()
    """They may know of it, but not do this."""
    HIDDEN = auto()
    """They may not even know whether it is there."""


Rights = Mapping[Role, Right]

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Object:
    """What matters about a thing when someone asks whether they may."""

    noun: str
    id: str
    exists: bool = True
    present: frozenset[str] = NOBODY
    """The parties, but for those who left; of a participant, the participant."""
    former: frozenset[str] = NOBODY
    """Those who left."""
    programs: Mapping[str, frozenset[str]] | None = None
    """The programs it belongs to, each with those who coordinate it now."""
    public: bool = False
    subject: str | None = None
    """The one person whom the wish is about."""


def may(identity: Identity, rights: Rights, object: Object | None) -> Verdict:
    """Whether they may do what these rights are about; without an object, to the organization as a whole."""
    if may_all(identity, rights):
        return Verdict.ALLOWED
    right = rights.get(identity.role)
    if right is None or object is None:
        return Verdict.FORBIDDEN
    if _holds(identity, right, object):
        return Verdict.ALLOWED
    return Verdict.FORBIDDEN if _may_know(identity, object) else Verdict.HIDDEN


def may_all(identity: Identity, rights: Rights) -> bool:
    """Whether they may do it on any: then nobody need look what it is about."""
    return rights.get(identity.role) is Right.ALL


def coordinates(identity: Identity, object: Object) -> bool:
    """Whether it belongs to a program that they coordinate now, and that their token does not leave out."""
    return identity.role == "coordinator" and any(
        identity.person in coordinators and (identity.programs is None or program in identity.programs)
        for program, coordinators in (object.programs or {}).items()
    )


def _holds(identity: Identity, right: Right, object: Object) -> bool:
    match right:
        case Right.ALL:
            return True
        case Right.PARTY:
            return identity.person in object.present
        case Right.MEMBER:
            return identity.person in object.present or identity.person in object.former
        case Right.SELF:
            return identity.person in object.present and identity.person == object.subject
        case Right.PROGRAM:
            return coordinates(identity, object)
        case Right.PUBLIC:
            return object.public or coordinates(identity, object)


def _may_know(identity: Identity, object: Object) -> bool:
    """Whether they may know that it is there, or that it is not."""
    match identity.role:
        case "administrator" | "auditor" | "safeguarding":
            return True
        case "participant":
            return object.public or identity.person in object.present or identity.person in object.former
        case "coordinator":
            return object.public or coordinates(identity, object)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader sees of a relationship that they may see."""

    since: str | None = None
    """Only what happened on this day or later."""
    until: str | None = None
    """Only what happened on this day or earlier."""
    reader: str | None = None
    """The party who reads: of feedback, and of what is written for staff, only their own."""
    text: bool = False
    """Whether they read personal text."""

    def shows(self, day: str) -> bool:
        """Whether what happened on this day is seen."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def sight(identity: Identity, object: Object, times: Mapping[str, tuple[str, str | None]]) -> Sight:
    """What this reader sees. `times` says of each co-mentor from when to when (None: still) they belonged."""
    match identity.role:
        case "participant":
            assert identity.person is not None
            if identity.person in object.present:
                return Sight(reader=identity.person, text=True)
            since, until = times[identity.person]
            return Sight(since, until, identity.person, text=True)
        case "coordinator" | "safeguarding":
            return Sight(text=True)
        case "auditor" | "administrator":
            return Sight()
