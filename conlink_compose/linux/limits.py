"""How many files this process may have open."""

from __future__ import annotations

import resource

WANTED = 65536
"""The supervisor holds five descriptors a node, the runtime two, a reader of logs one: the usual
soft limit of 1,024 would be reached with 200 nodes. Not more, though the hard limit may allow it:
a fork closes every number below the limit, one by one before Linux 5.9 (no close_range)."""


def raise_file_limit() -> int:
    """Raise the soft limit to `WANTED` where it is lower, as far as the hard limit lets us: then an
    open says EMFILE. Returns the soft limit that was before, which whatever is executed gets back.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    if soft != unlimited and soft < WANTED:
        wanted = WANTED if hard == unlimited else min(hard, WANTED)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return soft
