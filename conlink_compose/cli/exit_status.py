"""What the exit status says. `conlink-compose --help` and the README say the same."""

from __future__ import annotations

DONE = 0
MISTAKES = 1
"""The file has mistakes, its network is not up whole, or a process of it failed."""
USAGE = 2
"""The command line is not understood (click's own number)."""
NOT_UP = 3
"""There is no such project, node or engine to talk to."""
CHANGES = 4
"""`plan --exit-code`: there is something to do."""
INTERRUPTED = 130
