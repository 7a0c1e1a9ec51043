"""An address whose traffic goes to another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.packet_rule import PacketRule
from conlink_compose.state.thing import Key


@dataclass(frozen=True, slots=True)
class Nat(PacketRule):
    """What is sent to `address` in the node goes `to` another one, and its answers come back.

    `outward`: what `to` sends by `interface` comes from `address`; of each family one address of an
    interface is it. `whole`: its rules are as they shall be.
    """

    IN_PLACE: ClassVar[tuple[str, ...]] = ("to", "outward")

    netns: str
    interface: str
    address: str
    to: str
    outward: bool = True
    whole: bool = True
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("nat", self.netns, self.interface, self.address)

    @property
    def title(self) -> str:
        return f"nat {self.address} -> {self.to} on {self.netns}:{self.interface}"

    @property
    def called(self) -> str:
        return f"nat of {self.address} to {self.to} on {self.interface} of {self.where}"
