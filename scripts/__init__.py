"""What an operator runs: the journal's commands, and what makes, measures and tries it."""
