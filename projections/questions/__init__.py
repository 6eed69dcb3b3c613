"""The questions that people ask of the views: lists and dashboards, at any day and as known at any moment."""

from projections.questions.asked import Asked
from projections.questions.dashboards import of_scope
from projections.questions.listing import relationships
from projections.questions.mentors import of_mentor

__all__ = ["Asked", "of_mentor", "of_scope", "relationships"]
