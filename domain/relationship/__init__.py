"""Relationships: one run of mentoring between a mentee, a lead mentor and perhaps co-mentors."""

from domain.relationship.feedback import GiveFeedback, RetractFeedback, ReviseFeedback
from domain.relationship.growth import ReachMilestone
from domain.relationship.pairing import JoinCoMentor, LeaveCoMentor, Pair
from domain.relationship.pausing import PauseRelationship, ResumeRelationship
from domain.relationship.sessions import CorrectSession, HoldSession, ReinstateSession, VoidSession
from domain.relationship.state import Relationship

__all__ = [
    "CorrectSession",
    "GiveFeedback",
    "HoldSession",
    "JoinCoMentor",
    "LeaveCoMentor",
    "Pair",
    "PauseRelationship",
    "ReachMilestone",
    "ReinstateSession",
    "Relationship",
    "ResumeRelationship",
    "RetractFeedback",
    "ReviseFeedback",
    "VoidSession",
]
