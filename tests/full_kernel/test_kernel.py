"""That the kernel of this lane has what it is there for."""

from __future__ import annotations

import pytest

from conlink_compose.kernel import Kernel
from tests.kernel.lab import Lab

KINDS = ("dummy", "vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "vxlan", "geneve", "ifb")


def test_it_has_every_kind_of_link(lab: Lab) -> None:
    kernel: Kernel = lab.kernel
    assert kernel.missing_kinds(KINDS) == frozenset()


@pytest.mark.parametrize("qdisc", ["netem delay 1ms", "tbf rate 1mbit burst 2k latency 1s"])
def test_it_has_every_qdisc(lab: Lab, qdisc: str) -> None:
    done = lab.run("a", "tc", "qdisc", "add", "dev", "lo", "root", *qdisc.split())
    assert done.returncode == 0, done.stderr
