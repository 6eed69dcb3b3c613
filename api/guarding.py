"""Whether a caller may, asked by the writer under the lock: of the very states that the decision sees."""

from dataclasses import dataclass

from api import objects
from api.identity import Identity
from api.policy import Object, Rights, Verdict, may, may_all
from domain.decider import Command, States
from domain.participant import Participant
from domain.refusals import Forbidden, Unknown


@dataclass(frozen=True)
class Guarding:
    """A guard of a wish, as `Wish.guard` wants it. It can be told to another process."""

    identity: Identity
    rights: Rights
    command: Command
    on_behalf_of: str | None

    def __call__(self, states: States) -> None:
        if self.on_behalf_of is None and may_all(self.identity, self.rights):
            return
        object = objects.of_wish(self.command, states)
        _refuse(may(self.identity, self.rights, object), object)
        if self.on_behalf_of is not None:
            states.get(Participant, self.on_behalf_of, "on_behalf_of")
            if object is not None and object.noun in ("relationship", "goal") and object.exists:
                _refuse_stranger(self.on_behalf_of, object)


def _refuse(verdict: Verdict, object: Object | None) -> None:
    if verdict is Verdict.FORBIDDEN:
        raise Forbidden("this is not yours to do; who may is told in docs/policy.md")
    if verdict is Verdict.HIDDEN and object is not None:
        raise Unknown(f"there is no {object.noun} {object.id}; check the id", object.noun)


def _refuse_stranger(person: str, object: Object) -> None:
    if person not in object.present and person not in object.former:
        raise Forbidden(f"{person} does not belong to this {object.noun}; act for its parties", "on_behalf_of")
