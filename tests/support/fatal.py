"""A command that breaks whoever decides it."""

import os

from domain.decider import Command, Fact, Stamp, States, Stream
from domain.participant import Participant


class Fatal(Command):
    """It ends the process (`way="exit"`), or raises what nobody foresees, with the way in it."""

    participant: str
    way: str

    @property
    def target(self) -> Stream:
        return Stream(Participant, self.participant)

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        if self.way == "exit":
            os._exit(1)
        raise ValueError(self.way)
