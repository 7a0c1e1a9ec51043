"""The sandbox engine: every service as processes in namespaces of its own, with nothing but Python.

Import what is needed from its modules; the supervisor must stay small, so nothing is gathered here.
"""

from __future__ import annotations

from conlink_compose.engines import EngineRefusedError


class SandboxError(EngineRefusedError):
    """The sandbox cannot do what was asked. The message is a sentence for the user."""


class StoppingError(SandboxError):
    """Just now the project is being stopped; a moment later nothing is left of it."""
