"""What everybody is told, also without a token: that the server is there, and what its words mean."""

from api.service import Service

_GLOSSARY = {
    "mentor": "An experienced guide. One person may be a mentor here and a mentee there.",
    "mentee": "A less experienced person who is guided.",
    "relationship": "One run of mentoring: one mentee, a mentor who leads, and possibly co-mentors.",
    "co-mentor": "A further mentor in a relationship.",
    "pairing": "The act that starts a relationship.",
    "program": "Structured mentoring: roles with expectations, selection criteria and a timeline are fixed in advance.",
    "term": "One run of a program, with its calendar.",
    "informal mentoring": "Begun by the people themselves; goals and cadence are theirs to choose.",
    "capacity": "The most open relationships that a mentor accepts.",
    "session": "A meeting that was held. It can be corrected or voided; nothing is ever deleted.",
    "goal": "What the two work towards: proposed, agreed, and met, not met or abandoned.",
    "milestone": "A point on the way that the program, or the two, had marked.",
    "feedback": "Ratings and a comment from one party about another, or of a mentor about themselves.",
    "closure": "The end of a relationship, with its reason. A premature one comes well before the plan.",
    "re-opening": "A closure undone.",
    "correction": "A recorded fact put right, with what it was, what it is, and why.",
    "void": "The session did not happen, or does not belong here.",
    "retraction": "The author takes back what they said.",
    "occurred on": "The day on which something was true in the world.",
    "recorded at": "The moment at which the journal learned of it.",
    "as of": "Of a question: as it was at the end of that day of the world.",
    "known at": "Of a question: everything that was recorded by then, and nothing later.",
    "rules": "The versioned thresholds, windows and weights behind the figures.",
    "source": "How a fact came here: live, backfilled (recorded long after it was true) or imported.",
}


def glossary(service: Service) -> dict[str, dict[str, str]]:
    """What the words mean."""
    return {"words": _GLOSSARY}


def healthz(service: Service) -> dict[str, str]:
    """Whether the server is there."""
    return {"status": "ok"}
