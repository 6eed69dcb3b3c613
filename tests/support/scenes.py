"""People, programs and relationships that tests speak of by name."""

from uuid import NAMESPACE_OID, uuid5

from domain.participant import RegisterParticipant
from domain.program import DefineRole, DraftProgram, PublishProgram, SetSelectionCriterion, SetTerm
from domain.relationship import Pair
from tests.support.deciding import on


def named(name: str) -> str:
    """The id of what a test calls so."""
    return str(uuid5(NAMESPACE_OID, name))


MENTOR, MENTEE, CO_MENTOR, STRANGER = map(named, ("mentor", "mentee", "co-mentor", "stranger"))
PROGRAM, RELATIONSHIP, GOAL = map(named, ("program", "relationship", "goal"))
SESSION, OTHER_SESSION, FEEDBACK = map(named, ("session", "other session", "feedback"))

REGISTERED = tuple(RegisterParticipant(id=id) for id in (MENTOR, MENTEE, CO_MENTOR, STRANGER))

DRAFTED = DraftProgram(id=PROGRAM, name="Spring", time_zone="Europe/Berlin")
PUBLISHED = (
    DRAFTED,
    DefineRole(program=PROGRAM, role="mentor", expectations=("meets every month",)),
    DefineRole(program=PROGRAM, role="mentee", expectations=("prepares",)),
    SetSelectionCriterion(program=PROGRAM, code="skills", weight=3),
    SetTerm(program=PROGRAM, term="2025", begins_on=on("2025-01-01"), ends_on=on("2025-12-31")),
    PublishProgram(program=PROGRAM),
)

PAIR = Pair(id=RELATIONSHIP, mentor=MENTOR, mentee=MENTEE, kind="informal", starts_on=on("2025-01-10"))
"""An informal relationship, in the organization's time zone: UTC."""
PAIRED = (*REGISTERED, PAIR)

PAIR_IN_PROGRAM = Pair(
    id=RELATIONSHIP,
    mentor=MENTOR,
    mentee=MENTEE,
    program=PROGRAM,
    term="2025",
    starts_on=on("2025-01-10"),
    planned_end=on("2025-12-31"),
)
PAIRED_IN_PROGRAM = (*REGISTERED, *PUBLISHED, PAIR_IN_PROGRAM)
"""A structured relationship, in Berlin."""
