"""The history told from the journal itself: replay of one relationship, and the audit of everything."""

from projections.history.audit import Wanted, history
from projections.history.replay import replay
from projections.history.states import Part

__all__ = ["Part", "Wanted", "history", "replay"]
