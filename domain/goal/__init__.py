"""Goals: proposed and agreed, worked towards, and met or not."""

from domain.goal.outcomes import AbandonGoal, MeetGoal, MissGoal, RetractGoalMet
from domain.goal.state import Goal
from domain.goal.striving import AgreeGoal, ProposeGoal, ReportProgress

__all__ = [
    "AbandonGoal",
    "AgreeGoal",
    "Goal",
    "MeetGoal",
    "MissGoal",
    "ProposeGoal",
    "ReportProgress",
    "RetractGoalMet",
]
