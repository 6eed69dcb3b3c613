"""The words of a generated journal: small vocabularies, from which short and believable texts are put together."""

from typing import Any

from domain.relationship.events import Mode
from scripts.generate.chance import Chance

FIRST_NAMES = (
    "Ada",
    "Alejandra",
    "Anders",
    "Arturo",
    "Ben",
    "Camille",
    "Chidi",
    "Dana",
    "Dmitri",
    "Emeka",
    "Fatima",
    "Gabriel",
    "Hana",
    "Ines",
    "Ivan",
    "Jana",
    "Julia",
    "Lars",
    "Lena",
    "Lucas",
    "Malik",
    "Mateo",
    "Mina",
    "Nikhil",
    "Olga",
    "Paula",
    "Priya",
    "Rosa",
    "Sami",
    "Sofia",
    "Tariq",
    "Theo",
    "Uma",
    "Viktor",
    "Yara",
    "Zofia",
)
TEAMS = (
    "Support",
    "Platform",
    "Research",
    "Finance",
    "Sales",
    "Design",
    "Data",
    "Operations",
    "Legal",
    "People",
)
SKILLS = (
    "Python",
    "public speaking",
    "negotiation",
    "project planning",
    "data analysis",
    "writing",
    "leadership",
    "Go",
    "user research",
    "hiring",
    "finance basics",
    "systems design",
    "conflict resolution",
    "Kubernetes",
    "facilitation",
    "strategy",
)
INTERESTS = (
    "career change",
    "open source",
    "management",
    "networking",
    "teaching",
    "confidence",
    "craft",
    "research",
)
TOPICS = (
    "career.planning",
    "feedback",
    "presentation",
    "code_review",
    "networking",
    "time_management",
    "leadership",
    "wellbeing",
    "project",
    "learning_plan",
)
CATEGORIES = ("skill", "career", "confidence", "network", "project")
PROJECTS = ("Atlas", "Beacon", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Harbor")
MODES: tuple[Mode, ...] = ("video", "video", "video", "in_person", "in_person", "phone", "chat")
MINUTES = (30, 30, 45, 45, 45, 60, 60, 60, 60, 75, 90, 120)

_DID = (
    "We talked about",
    "Went through",
    "Worked on",
    "Looked back at",
    "Prepared",
    "A good conversation about",
    "Spent most of the time on",
)
_SUBJECTS = (
    "the next steps of the project",
    "how to give difficult feedback",
    "the talk for the team meeting",
    "a plan for the coming month",
    "what makes a design review useful",
    "the application for the new role",
    "how to say no kindly",
    "the first weeks in the new team",
    "reading list and exercises",
    "a conflict with a colleague",
)
_NEXT = (
    "Next time: bring an example.",
    "Agreed on two small steps.",
    "Will share notes by Friday.",
    "To be continued.",
    "Felt lighter afterwards.",
    "More practice needed.",
)
_AIMS = (
    "Lead a project on my own",
    "Give a talk to fifty people",
    "Move into a data role",
    "Write a design document that gets accepted",
    "Build a network outside my team",
    "Run better one-to-ones",
    "Ship a first open source contribution",
    "Speak up in large meetings",
    "Pass the certification",
    "Plan my week so that it holds",
)
_MEASURES = (
    "The team says so in the next review.",
    "Done twice, without help.",
    "Accepted by the reviewers.",
    "Three new contacts I can call.",
    "Confidence of 4 out of 5.",
    "The certificate.",
)
_EVIDENCE = (
    "The reviewers accepted it.",
    "Held the talk; good questions came.",
    "The offer letter is signed.",
    "Merged last week.",
    "The team noticed.",
    "We compared with where we began.",
)
_COMMENTS = (
    "Listens first, then asks the right question.",
    "Always prepared, always kind.",
    "I leave every session with something to try.",
    "Sometimes hard to reach, but worth it.",
    "Comes with good questions.",
    "Follows through on what we agree.",
    "Honest about what is difficult.",
    "We could use more structure.",
    "Grew a lot over these months.",
)
_EXPLANATIONS = (
    "Noticed it when going through my calendar.",
    "A busy time at work; we talked about it.",
    "Agreed between us on the phone.",
    "Typed the wrong line.",
    "Things changed at home.",
    "The coordinator asked us to check.",
)
_CONTACT = (
    "Coffee every few months.",
    "We stay in touch by mail.",
    "Open door, no fixed plan.",
    "None planned.",
)


def profile(chance: Chance) -> str:
    """Who I am: `Maya, Research. Interested in teaching.`"""
    return f"{chance.of(FIRST_NAMES)}, {chance.of(TEAMS)}. Interested in {chance.of(INTERESTS)}."


def summary(chance: Chance) -> str:
    """What a session was about; a fifth say nothing."""
    roll = chance.roll()
    if roll < 0.2:
        return ""
    told = f"{chance.of(_DID)} {chance.of(_SUBJECTS)}."
    return told if roll < 0.5 else f"{told} {chance.of(_NEXT)}"


def aim(chance: Chance) -> dict[str, Any]:
    """A goal's title and its measure."""
    return {"title": chance.of(_AIMS), "measure": chance.of(_MEASURES)}


def evidence(chance: Chance) -> str:
    return chance.of(_EVIDENCE)


def comment(chance: Chance) -> str:
    """What somebody writes beside ratings; a third write nothing."""
    return chance.of(_COMMENTS) if chance.roll() < 0.67 else ""


def explanation(chance: Chance) -> str:
    return chance.of(_EXPLANATIONS) if chance.roll() < 0.7 else ""


def contact_plan(chance: Chance) -> str:
    return chance.of(_CONTACT) if chance.roll() < 0.6 else ""


def judgment(chance: Chance, qualities: tuple[str, ...], leaning: float) -> dict[str, Any]:
    """Ratings of these qualities, an overall one that goes with them, and sometimes a fit.

    `leaning` is the rating that this pair tends to: most good programs are rated between 4 and 5.
    """
    ratings = {quality: _rating(chance, leaning) for quality in qualities if chance.roll() < 0.95}
    ratings = ratings or {qualities[0]: _rating(chance, leaning)}
    mean = sum(ratings.values()) / len(ratings)
    told: dict[str, Any] = {"ratings": ratings}
    if chance.roll() < 0.9:
        told["overall"] = min(5, int(mean + 0.5))
    if chance.roll() < 0.3:
        told["fit"] = "good" if mean >= 3.6 else "undecided" if mean >= 2.5 else "poor"
    return told


def _rating(chance: Chance, leaning: float) -> int:
    spread = chance.roll() + chance.roll() + chance.roll() - 1.5
    return max(1, min(5, round(leaning + spread * 1.3)))
