"""Rows of sysctls."""

from __future__ import annotations

from collections.abc import Mapping

from conlink_compose.state import Sysctl
from tests.state.case import IN_PLACE, OURS, ByHand, Case

_NEVER = {
    "add": "each host has it, and each interface",
    "remove": "its host is made anew: nobody knows what it was before",
    "replace": IN_PLACE,
    "taken away": "nobody can delete it",
    "conflict": OURS,
}


def _of(path: str, other: str) -> Case:
    file = f"/proc/sys/{path}"
    return Case(
        Sysctl,
        ("sysctl", "a", path),
        f"cat {file}",
        drift=ByHand(f"echo {other} >{file}", {"value": other}),
        never=_NEVER,
    )


SYSCTLS: Mapping[str, Case] = {
    "sysctl": _of("net/ipv4/ip_default_ttl", "77"),
    "sysctl-of-interface": _of("net/ipv6/conf/eth0/accept_ra", "2"),
}
