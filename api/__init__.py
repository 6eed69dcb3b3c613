"""How the outside reaches the journal."""
