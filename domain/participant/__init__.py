"""People who take part: who they are, and how many places they have as mentors."""

from domain.participant.capacity import SetCapacity
from domain.participant.registering import RegisterParticipant, participant_id
from domain.participant.state import Participant, Slot

__all__ = ["Participant", "RegisterParticipant", "SetCapacity", "Slot", "participant_id"]
