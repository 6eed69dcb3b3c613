"""The command line: what an operator, an auditor or a program manager types."""

import sys
from collections.abc import Sequence

INTERRUPTED = 130


def main() -> None:
    """Run the command that was typed, and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line: 0 done, 1 refused or not equal, 2 wrong usage, 3 unreachable, 130 interrupted."""
    try:
        from scripts.cli.app import app
        from scripts.cli.failing import explained

        try:
            outcome = app(args=list(arguments), prog_name="journal", standalone_mode=False)
        except Exception as error:
            return explained(error, as_json="--json" in arguments)
    except KeyboardInterrupt:  # while modules are loaded, or an error is told
        return INTERRUPTED
    return outcome if isinstance(outcome, int) else 0
