"""Another process at the same journal: it does what it reads, line by line, and says what came of it.

`["ask", "pairing", "bond", "ann", "ben"]` asks for `pairing("bond", "ann", "ben")`; `["storm", "first"]` asks without
end, from eight threads, for milestones with keys of their own, and names each as soon as it is answered.
"""

import json
import sys
from itertools import count
from threading import Lock, Thread

from domain.journal import Journal
from domain.refusals import Refused
from tests.journal import asking


def say(*words: object) -> None:
    """One line to whoever started this process."""
    print(json.dumps(words), flush=True)


def ask(journal: Journal, wish: str, *names: str) -> None:
    """Ask once."""
    try:
        answer = asking.ask(journal, getattr(asking, wish)(*names))
    except Refused as refused:
        say("refused", refused.code)
    else:
        say("answered", *answer.events)


def storm(journal: Journal, name: str) -> None:
    """Ask until this process is killed."""
    speaking = Lock()

    def go_on(thread: int) -> None:
        for number in count():
            code = f"{name}.{thread}.{number}"
            asking.ask(journal, asking.milestone(code), key=code)
            with speaking:
                say(code)

    for thread in range(8):
        Thread(target=go_on, args=(thread,)).start()


if __name__ == "__main__":
    journal = Journal.open(sys.argv[1])
    say("ready")
    for line in sys.stdin:
        what, *words = json.loads(line)
        (ask if what == "ask" else storm)(journal, *words)
    journal.close()
