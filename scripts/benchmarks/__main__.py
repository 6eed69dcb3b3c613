"""`python -m scripts.benchmarks`: measures, prints one JSON document, and a table for people on standard error."""

import argparse
import json
import sys

from scripts.benchmarks.report import table
from scripts.benchmarks.run import ENGINES, WHAT, Run


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description="How fast the journal is on this machine.")
    parser.add_argument("--events", type=int, default=1_000_000, help="about how long the journal is")
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    parser.add_argument("--what", default=",".join(WHAT), help=f"some of {','.join(WHAT)}")
    parser.add_argument("--repeats", type=int, default=3, help="how often each figure is taken")
    parser.add_argument("--json", action="store_true", help="only the JSON, without the table")
    asked = parser.parse_args()
    what = set(asked.what.split(","))
    if unknown := what - set(WHAT):
        parser.error(f"--what knows {', '.join(WHAT)}, not {', '.join(sorted(unknown))}")
    engines = ENGINES if asked.engine == "both" else (asked.engine,)
    answer = Run(asked.events, what, asked.repeats).measured(engines)
    if not asked.json:
        print(table(answer), file=sys.stderr)
    print(json.dumps(answer, indent=2))


if __name__ == "__main__":
    main()
