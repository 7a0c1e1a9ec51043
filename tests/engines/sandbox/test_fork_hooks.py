"""A fork of the supervisor runs nothing that it does not need."""

import subprocess
import sys

PROGRAM = """
import os, sys
hooks = []
os.register_at_fork = lambda **more: hooks.append(more)
import conlink_compose.engines.sandbox.supervisor.__main__
print(hooks, "logging" in sys.modules)
"""


def test_no_module_of_the_supervisor_has_a_fork_hook() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[] True\n"
