"""Memory, once a process has started: what is there stays, and what comes is looked through less often."""

import gc

_THRESHOLDS = 10_000, 20, 50
"""After so many new objects the young are looked through; Python's own 700 come with a tenth of one answer."""


def settle() -> None:
    """Nobody looks for circles among what is here now any more: that would stop everybody, again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
