"""Imported before all else: `logging`, and the `threading` it imports, without their fork hooks.

Both have Python call functions in every forked child (os.register_at_fork), which renew the locks
of threads that a fork does not copy. This process has one thread, holds no lock when it forks, and
its children never log. Yet whatever those functions touch the kernel has to copy: 0.8 ms a node,
as much as the fork itself.
"""

from __future__ import annotations

import os


def _import_logging() -> None:
    register = os.register_at_fork
    os.register_at_fork = lambda **_: None
    try:
        import logging  # noqa: F401, PLC0415
    finally:
        os.register_at_fork = register


_import_logging()
