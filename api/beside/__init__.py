"""Processes beside the server, each with an interpreter of its own: one that writes, one that follows."""
