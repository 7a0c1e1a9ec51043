"""Bridges of Open vSwitch between real containers: its programs are a service of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.docker.conftest import Engine
from tests.docker.lab import Lab, eventually, lab_of, losing_no_packet

NODE = """
    image: alpine
    network_mode: none
    command: sleep infinity
    stop_signal: SIGKILL"""
FILE = f"""
x-conlink:
  bridges: {{lan: {{mode: ovs}}}}
services:
  a:{NODE}
    x-conlink: {{links: [{{bridge: lan, ip: [10.0.0.1/24, "fd00::1/64"], vlan: 10}}]}}
  b:{NODE}
    x-conlink: {{links: [{{bridge: lan, ip: [10.0.0.2/24, "fd00::2/64"], vlan: 10}}]}}
  c:{NODE}
    x-conlink: {{links: [{{bridge: lan, ip: 10.0.0.3/24, vlan: 20}}]}}
"""
SOCKET = "--db=unix:/run/openvswitch/db.sock"


@pytest.fixture(name="lab", scope="module")
def lab_fixture(
    engine: Engine, network_image: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    del network_image
    with lab_of(engine, tmp_path_factory.mktemp("ovs"), FILE) as lab:
        lab.up()
        yield lab


def pings(lab: Lab, service: str, address: str) -> bool:
    argv = lab.argv_in(lab.id_of(service), "ping", "-c1", "-W1", address)
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def vsctl(lab: Lab, *words: str) -> str:
    return lab.docker("exec", lab.id_of("conlink-ovs"), "ovs-vsctl", SOCKET, *words)


def pid(lab: Lab, service: str) -> int:
    """0 while it does not run."""
    found = lab.containers(service)
    return lab.pid(str(found[0]["Id"])) if found else 0


def test_its_vlans_are_kept_apart_in_both_families(lab: Lab) -> None:
    assert pings(lab, "a", "10.0.0.2")
    assert pings(lab, "a", "fd00::2")
    assert not pings(lab, "a", "10.0.0.3")
    told = vsctl(lab, "show")
    assert "datapath_type: netdev" in told
    assert told.count("tag: 10") == 2
    assert "bridge lan (ovs, userspace) vlan 10" in lab.run("status").stdout


def test_no_packet_is_lost_with_the_runtime(lab: Lab) -> None:
    killed = pid(lab, "conlink")
    with losing_no_packet(lab, lab.id_of("a"), "10.0.0.2"):
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: lab.log().count("All links connected") == 2)
    assert pid(lab, "conlink") not in (0, killed)


def test_its_programs_come_back_and_are_told_all_again(lab: Lab) -> None:
    """The container's files are gone with its life."""
    killed = pid(lab, "conlink-ovs")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: pid(lab, "conlink-ovs") not in (0, killed))
    eventually(lambda: pings(lab, "a", "10.0.0.2"))
    eventually(lambda: not pings(lab, "a", "10.0.0.3") and pings(lab, "a", "fd00::2"))


def test_harm_by_hand_is_repaired(lab: Lab) -> None:
    vsctl(lab, "del-br", "lan")
    eventually(lambda: pings(lab, "a", "10.0.0.2"))


def test_a_hub_that_dies_takes_them_along(lab: Lab) -> None:
    """They start again beside the new one, and all is made anew there."""
    hub = pid(lab, "conlink-hub")
    os.kill(hub, signal.SIGKILL)
    eventually(lambda: pid(lab, "conlink-hub") not in (0, hub))
    eventually(lambda: pings(lab, "a", "10.0.0.2"))


def test_a_mode_that_is_edited(lab: Lab) -> None:
    """The hub stays, whatever is beside it. Without VLANs, which not every kernel's bridge has."""
    plain = re.sub(r", vlan: \d+", "", FILE)
    hub = pid(lab, "conlink-hub")
    for mode in ("linux", "ovs"):
        lab.write(plain.replace("mode: ovs", f"mode: {mode}"))
        lab.up("--remove-orphans")
        assert pings(lab, "a", "10.0.0.2")
        assert bool(lab.containers("conlink-ovs")) == (mode == "ovs")
        assert pid(lab, "conlink-hub") == hub
