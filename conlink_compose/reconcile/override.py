"""What is asked of one interface that runs, over what the files say. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conlink_compose.topology import Endpoint, Netem
from conlink_compose.topology_json import dump, load_as


@dataclass(frozen=True, slots=True)
class Override:
    """What somebody asked of one interface that runs, over what the files say of it, for as long as
    they want it. None leaves that to the files."""

    up: bool | None = None
    netem: tuple[Netem, ...] | None = None

    def beside(self, before: Override) -> Override:
        """With what was asked before, where it leaves that open."""
        return Override(
            before.up if self.up is None else self.up,
            before.netem if self.netem is None else self.netem,
        )

    def over(self, endpoint: Endpoint) -> Endpoint:
        """`endpoint` as it shall be."""
        return replace(
            endpoint,
            up=endpoint.up if self.up is None else self.up,
            netem=endpoint.netem if self.netem is None else self.netem,
        )


NONE = Override()


def as_text(override: Override) -> str:
    """One line of JSON; empty for nothing."""
    return "" if override == NONE else dump(override)


def of_text(text: str) -> Override:
    """What `as_text` wrote. Raises ValueError, KeyError or TypeError for any other text."""
    override: Override = load_as(Override, text) if text else NONE
    return override
