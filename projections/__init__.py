"""What people want to see: records folded from the journal, figures computed from records, and the history told."""
