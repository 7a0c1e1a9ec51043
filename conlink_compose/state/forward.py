"""A port of the hub that leads to a node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.packet_rule import PacketRule
from conlink_compose.state.thing import Key


@dataclass(frozen=True, slots=True)
class Forward(PacketRule):
    """What comes from outside to `port` of the hub, `protocol` tcp or udp, goes to the port `inner`
    of `address`, over the interface `over` of the hub and as if it came from `source`; its answers
    come back. There is one for each family. `whole`: its rules are as they shall be."""

    IN_PLACE: ClassVar[tuple[str, ...]] = ("address", "inner", "over", "source")

    netns: str
    protocol: str
    port: int
    address: str
    inner: int
    over: str
    source: str
    whole: bool = True
    owned: bool = True

    @property
    def key(self) -> Key:
        family = "6" if ":" in self.address else "4"
        return ("forward", self.netns, self.protocol, str(self.port), family)

    @property
    def target(self) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{address}:{self.inner}"

    @property
    def title(self) -> str:
        return f"forward {self.netns}:{self.port}/{self.protocol} -> {self.target} over {self.over}"

    @property
    def called(self) -> str:
        return f"forward of port {self.port}/{self.protocol} of {self.where} to {self.target}"
