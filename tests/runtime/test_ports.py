"""What is said of ports, and patches and tunnels, brought up whole by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import Project, eventually, project

namespaces = pytest.mark.namespaces
root = pytest.mark.root

LAB = """
x-conlink:
  bridges:
    cable: {mode: patch}
  tunnels:
    - {type: vxlan, bridge: lan, remote: 192.0.2.9, vni: 7}
services:
  a: {network_mode: none, x-conlink: {links: [{bridge: cable, ip: 10.0.0.1/24}, {bridge: lan, dev: eth1, ip: 10.1.0.1/24, isolated: true}]}}
  b: {network_mode: none, x-conlink: {links: [{bridge: cable, ip: 10.0.0.2/24}, {bridge: lan, dev: eth1, ip: 10.1.0.2/24, isolated: true}]}}
"""  # noqa: E501


def pings(lab: Project, address: str) -> bool:
    words = ("exec", "a", "ping", "-c1", "-W1", address)
    return lab.run(*words, check=False).returncode == 0


def joined(lab: Project) -> dict[str, str]:
    return {
        f"{name}:{interface['name']}": interface["peer"]
        for name, node in lab.ps().items()
        for interface in node["interfaces"]
    }


@namespaces
def test_they_are_brought_up_and_put_back(tmp_path: Path) -> None:
    with project(tmp_path, LAB) as lab:
        lab.up()
        assert joined(lab) == {
            "(hub):vxlan7": "192.0.2.9 vni 7, bridge lan",
            "a-1:eth0": "patch cable",
            "b-1:eth0": "patch cable",
            "a-1:eth1": "bridge lan",
            "b-1:eth1": "bridge lan",
        }
        assert pings(lab, "10.0.0.2")
        assert not pings(lab, "10.1.0.2"), "isolated"
        for harm in ("tc qdisc del dev a_1-eth0 clsact", "ip link del vxlan7"):
            lab.in_hub(*harm.split())
            eventually(lambda: "vxlan7" in lab.in_hub("ip", "link") and pings(lab, "10.0.0.2"))
        assert "nothing to do" in lab.plan()


@namespaces
def test_a_patch_becomes_a_bridge_while_it_runs(tmp_path: Path) -> None:
    with project(tmp_path, LAB) as lab:
        lab.up()
        lab.write(LAB.replace("mode: patch", "mode: linux"))
        assert "add     bridge (hub):cable" in lab.plan()
        lab.up()
        assert joined(lab)["a-1:eth0"] == "bridge cable"
        assert pings(lab, "10.0.0.2")


@namespaces
def test_what_the_kernel_lacks_is_told_before_anything_is_started(tmp_path: Path) -> None:
    """Where it lacks nothing, the same network is brought up."""
    text = LAB.replace("isolated: true", "vlan: 10")
    with project(tmp_path, text) as lab:
        done = lab.run("up", "-d", "--wait", check=False)
        if done.returncode == 0:
            assert joined(lab)["a-1:eth1"] == "bridge lan vlan 10"
            return
        assert "error[impossible-here]: bridge interface lan of the hub cannot" in done.stderr
        assert "CONFIG_BRIDGE_VLAN_FILTERING" in done.stderr
        assert lab.run("ps", check=False).stdout == ""


MACHINE = """
x-conlink:
  tunnels:
    - {{type: vxlan, bridge: lan, remote: 192.0.2.{other}, vni: 7}}
services:
  {node}: {{network_mode: none, x-conlink: {{links: [{{bridge: lan, ip: ["10.0.0.{number}/24", "fd00::{number}/64"]}}]}}}}
"""  # noqa: E501


@root
def test_two_projects_share_a_network_by_a_tunnel(tmp_path: Path) -> None:
    """The cable between their hubs is laid by hand, as that of two machines would be."""
    left, right = tmp_path / "left", tmp_path / "right"
    left.mkdir()
    right.mkdir()
    text = [MACHINE.format(node=node, number=n, other=3 - n) for n, node in ((1, "a"), (2, "b"))]
    with project(left, text[0]) as here, project(right, text[1]) as there:
        for lab in (here, there):
            lab.up()
        peer = f"link add out type veth peer name out netns {there.runtime()}"
        here.in_hub("ip", *peer.split())
        for number, lab in enumerate((here, there), 1):
            lab.in_hub("ip", "addr", "add", f"192.0.2.{number}/24", "dev", "out")
            lab.in_hub("ip", "link", "set", "out", "up")
        eventually(lambda: pings(here, "10.0.0.2"))
        assert pings(here, "fd00::2")
        assert "nothing to do" in here.plan()
        assert joined(there)["(hub):vxlan7"] == "192.0.2.1 vni 7, bridge lan"
