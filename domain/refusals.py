"""Why a wish is not granted: a stable code and a sentence a person can act on. Nothing is written.

Refused
 |- Unknown         nothing of that name is here, or it is not yours to know of
 |- Forbidden       you may not do this
 |- Stale           you looked at an older version than the one you would change
"""

from enum import StrEnum
from typing import Any


class Refusal(StrEnum):
    """The stable codes. Which refusals exist is fixed; their numbers are rules."""

    # pairing
    SELF_PAIRING = "SELF_PAIRING"
    OPEN_DUPLICATE = "OPEN_DUPLICATE"
    CAPACITY_FULL = "CAPACITY_FULL"
    NOT_A_MENTOR = "NOT_A_MENTOR"
    ALREADY_A_PARTY = "ALREADY_A_PARTY"
    REFERENCE_MISMATCH = "REFERENCE_MISMATCH"
    # sessions
    NOT_OPEN_ON_DATE = "NOT_OPEN_ON_DATE"
    FUTURE_SESSION = "FUTURE_SESSION"
    FUTURE_DATE = "FUTURE_DATE"
    START_OFF_DAY = "START_OFF_DAY"
    DUPLICATE_SESSION = "DUPLICATE_SESSION"
    BAD_DURATION = "BAD_DURATION"
    NOTHING_CHANGED = "NOTHING_CHANGED"
    NO_REASON = "NO_REASON"
    ALREADY_VOID = "ALREADY_VOID"
    NOT_VOID = "NOT_VOID"
    # feedback
    NOT_A_PARTY = "NOT_A_PARTY"
    RATING_RANGE = "RATING_RANGE"
    SECOND_FEEDBACK = "SECOND_FEEDBACK"
    # life of a relationship, a goal, a program
    WRONG_STATE = "WRONG_STATE"
    WRONG_ORDER = "WRONG_ORDER"
    NO_CLOSURE_REASON = "NO_CLOSURE_REASON"
    REOPEN_WINDOW = "REOPEN_WINDOW"
    GOAL_ORDER = "GOAL_ORDER"
    UNPUBLISHABLE = "UNPUBLISHABLE"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    # names and rights
    ID_TAKEN = "ID_TAKEN"
    UNKNOWN = "UNKNOWN"
    FORBIDDEN = "FORBIDDEN"
    STALE_VERSION = "STALE_VERSION"
    KEY_REUSED = "KEY_REUSED"


class Refused(Exception):
    """A wish that is not granted.

    `code` is one of `Refusal`; `sentence` says what to do; `pointer` names the command's field that is to blame.
    """

    def __init__(self, code: Refusal, sentence: str, pointer: str = "") -> None:
        super().__init__(code, sentence, pointer)
        self.code = code
        self.sentence = sentence
        self.pointer = pointer

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Told from one process to another, each kind is what it was, though it is made from less than it has."""
        return type(self).__new__, (type(self), *self.args), self.__dict__


class Unknown(Refused):
    """Nothing of that name is here, or it is not yours to know of."""

    def __init__(self, sentence: str, pointer: str = "") -> None:
        super().__init__(Refusal.UNKNOWN, sentence, pointer)


class Forbidden(Refused):
    """You may not do this."""

    def __init__(self, sentence: str, pointer: str = "") -> None:
        super().__init__(Refusal.FORBIDDEN, sentence, pointer)


class Stale(Refused):
    """You looked at an older version than the one you would change."""

    def __init__(self, sentence: str) -> None:
        super().__init__(Refusal.STALE_VERSION, sentence)
