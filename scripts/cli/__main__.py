"""`python -m scripts.cli`: the command line of a checkout."""

from scripts.cli import main

if __name__ == "__main__":
    main()
