"""The contents page: every address, what is wished for or asked there, and what each role may."""

from functools import cache
from typing import Any

from api import questions as ask
from api.openapi import document
from api.parameters import Figures, History, Moments, ProgramFigures, Relationships, Told
from api.policy import Right, Rights
from api.route import Asks, Does, Route, Tells
from api.running import RUNNING
from api.service import Service
from api.telling import glossary, healthz
from domain.closing import CloseRelationship, ReopenRelationship
from domain.goal import AbandonGoal, AgreeGoal, MeetGoal, MissGoal, ProposeGoal, ReportProgress, RetractGoalMet
from domain.participant import RegisterParticipant, SetCapacity
from domain.program import (
    AssignCoordinator,
    DefineRole,
    DraftProgram,
    PublishProgram,
    ReleaseCoordinator,
    SetSelectionCriterion,
    SetTerm,
)
from domain.relationship import (
    CorrectSession,
    GiveFeedback,
    HoldSession,
    JoinCoMentor,
    LeaveCoMentor,
    Pair,
    PauseRelationship,
    ReachMilestone,
    ReinstateSession,
    ResumeRelationship,
    RetractFeedback,
    ReviseFeedback,
    VoidSession,
)

ALL, PARTY, MEMBER, SELF, PROGRAM, PUBLIC = Right

ADMINISTRATORS: Rights = {"administrator": ALL}
STAFF: Rights = {"administrator": ALL, "coordinator": PROGRAM}
PARTIES: Rights = {"administrator": ALL, "coordinator": PROGRAM, "participant": PARTY}
AUTHORS: Rights = {"administrator": ALL, "coordinator": PROGRAM, "participant": MEMBER}
LEAVING: Rights = {"administrator": ALL, "coordinator": PROGRAM, "participant": SELF}
REGISTERING: Rights = {"administrator": ALL, "coordinator": ALL, "participant": PARTY}
ONESELF: Rights = {"administrator": ALL, "participant": PARTY}

OVERSEERS: Rights = {"administrator": ALL, "auditor": ALL}
WATCHERS: Rights = {**OVERSEERS, "safeguarding": ALL}
READERS: Rights = {**WATCHERS, "coordinator": PROGRAM, "participant": MEMBER}
THEIRS: Rights = {**WATCHERS, "coordinator": PROGRAM, "participant": PARTY}
PROGRAM_READERS: Rights = {**WATCHERS, "coordinator": PUBLIC, "participant": PUBLIC}
PROGRAM_FIGURES: Rights = {**OVERSEERS, "coordinator": PROGRAM}
MENTOR_FIGURES: Rights = {**OVERSEERS, "coordinator": PROGRAM, "participant": PARTY}

P = "/v1/participants/{id}"
G = "/v1/programs/{id}"
R = "/v1/relationships/{id}"
O = "/v1/goals/{id}"  # noqa: E741
OF_RELATIONSHIP = {"id": "relationship"}
OF_PROGRAM = {"id": "program"}
OF_GOAL = {"id": "goal"}


def openapi(service: Service) -> dict[str, Any]:
    """This description."""
    return _described()


@cache
def _described() -> dict[str, Any]:
    return document(ROUTES)


ROUTES: tuple[Route, ...] = (
    Does("POST", f"{R}/sessions", HoldSession, PARTIES, OF_RELATIONSHIP, "SessionHeld"),
    Does("POST", f"{R}/sessions/{{session}}/correct", CorrectSession, PARTIES, OF_RELATIONSHIP),
    Does("POST", f"{R}/sessions/{{session}}/void", VoidSession, PARTIES, OF_RELATIONSHIP),
    Does("POST", f"{R}/sessions/{{session}}/reinstate", ReinstateSession, PARTIES, OF_RELATIONSHIP),
    Does("POST", f"{R}/feedback", GiveFeedback, PARTIES, OF_RELATIONSHIP, "FeedbackGiven"),
    Does("POST", f"{R}/feedback/{{feedback}}/revise", ReviseFeedback, AUTHORS, OF_RELATIONSHIP),
    Does("POST", f"{R}/feedback/{{feedback}}/retract", RetractFeedback, AUTHORS, OF_RELATIONSHIP),
    Does("POST", f"{R}/co-mentors", JoinCoMentor, STAFF, OF_RELATIONSHIP, "CoMentorJoined"),
    Does(
        "DELETE",
        f"{R}/co-mentors/{{person}}",
        LeaveCoMentor,
        LEAVING,
        {**OF_RELATIONSHIP, "person": "mentor"},
    ),
    Does("POST", f"{R}/milestones", ReachMilestone, PARTIES, OF_RELATIONSHIP),
    Does("POST", f"{R}/pause", PauseRelationship, PARTIES, OF_RELATIONSHIP),
    Does("POST", f"{R}/resume", ResumeRelationship, PARTIES, OF_RELATIONSHIP),
    Does("POST", f"{R}/close", CloseRelationship, PARTIES, OF_RELATIONSHIP),
    Does("POST", f"{R}/reopen", ReopenRelationship, STAFF, OF_RELATIONSHIP),
    Does("PUT", R, Pair, STAFF),
    Asks(R, ask.relationship, READERS),
    Asks(f"{R}/history", ask.relationship_history, READERS, Told),
    Asks(f"{R}/at", ask.relationship_at, READERS, Moments),
    Asks("/v1/relationships", ask.relationships, THEIRS, Relationships),
    #
    Does("PUT", O, ProposeGoal, PARTIES),
    Does("POST", f"{O}/agree", AgreeGoal, PARTIES, OF_GOAL),
    Does("POST", f"{O}/progress", ReportProgress, PARTIES, OF_GOAL),
    Does("POST", f"{O}/meet", MeetGoal, PARTIES, OF_GOAL),
    Does("POST", f"{O}/retract", RetractGoalMet, PARTIES, OF_GOAL),
    Does("POST", f"{O}/miss", MissGoal, PARTIES, OF_GOAL),
    Does("POST", f"{O}/abandon", AbandonGoal, PARTIES, OF_GOAL),
    Asks(O, ask.goal, READERS),
    #
    Does("PUT", P, RegisterParticipant, REGISTERING),
    Does("PUT", f"{P}/capacity", SetCapacity, ONESELF, {"id": "participant"}),
    Asks(P, ask.participant, THEIRS),
    #
    Does("PUT", G, DraftProgram, ADMINISTRATORS),
    Does("PUT", f"{G}/roles/{{role}}", DefineRole, STAFF, OF_PROGRAM),
    Does("PUT", f"{G}/criteria/{{code}}", SetSelectionCriterion, STAFF, OF_PROGRAM),
    Does("PUT", f"{G}/terms/{{term}}", SetTerm, STAFF, OF_PROGRAM),
    Does("PUT", f"{G}/coordinators/{{person}}", AssignCoordinator, ADMINISTRATORS, OF_PROGRAM),
    Does("DELETE", f"{G}/coordinators/{{person}}", ReleaseCoordinator, ADMINISTRATORS, OF_PROGRAM),
    Does("POST", f"{G}/publish", PublishProgram, STAFF, OF_PROGRAM),
    Asks(G, ask.program, PROGRAM_READERS),
    Asks(f"{G}/dashboard", ask.program_dashboard, PROGRAM_FIGURES, ProgramFigures),
    #
    Asks("/v1/mentors/{id}/dashboard", ask.mentor_dashboard, MENTOR_FIGURES, Figures),
    Asks("/v1/dashboard", ask.organization_dashboard, OVERSEERS, Figures),
    Asks("/v1/history", ask.whole_history, WATCHERS, History),
    Asks("/v1/status", ask.status, OVERSEERS),
    #
    Tells("/v1/glossary", glossary),
    Tells("/openapi.json", openapi),
    Tells("/healthz", healthz),
    #
    *RUNNING,
)
