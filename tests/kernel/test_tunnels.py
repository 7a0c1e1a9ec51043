"""Bridges of two machines joined by a tunnel: two hubs with a cable between them."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable

import pytest

from conlink_compose.kernel import failure_diagnostic
from conlink_compose.reconcile.plan import plan
from conlink_compose.state import HUB
from tests.kernel.declared_lab import bound, bring_up, steps
from tests.kernel.lab import Lab

pytestmark = pytest.mark.root

UNDERLAY = {"v4": ("192.0.2.{}", 24), "v6": ("2001:db8::{}", 64)}


def join(left: Lab, right: Lab) -> None:
    """A cable between the two hubs, with addresses of both families."""
    # What is the first to use IPv6 in a machine loads it.
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close()
    left.change(HUB, f"link add out type veth peer name out netns {right.path(HUB)}")
    for number, lab in enumerate((left, right), 1):
        lab.change(HUB, f"addr add 192.0.2.{number}/24 dev out")
        lab.change(HUB, f"addr add 2001:db8::{number}/64 dev out nodad")
        lab.change(HUB, "link set out up")


def machine(node: str, number: int, tunnel: str, more: str = "") -> str:
    """A node on the bridge of one machine, and the tunnel to the other."""
    ip = f"ip: [10.0.0.{number}/24, 'fd00::{number}/64']"
    return (
        f"services: {{}}\nx-conlink:\n  tunnels:\n    - {{bridge: lan, {tunnel}}}\n"
        f"  hosts:\n    {node}: {{links: [{{bridge: lan, {ip}{more}}}]}}\n"
    )


@pytest.fixture
def machines(lab_of: Callable[..., Lab]) -> tuple[Lab, Lab]:
    left, right = lab_of("a"), lab_of("b")
    join(left, right)
    return left, right


def both_up(machines: tuple[Lab, Lab], words: str, more: str = "", family: str = "v4") -> None:
    left, right = machines
    address = UNDERLAY[family][0]
    bring_up(left, machine("a", 1, f"{words}, remote: '{address.format(2)}'", more))
    bring_up(right, machine("b", 2, f"{words}, remote: '{address.format(1)}'", more))


@pytest.mark.parametrize("family", UNDERLAY)
def test_nodes_of_two_machines_reach_each_other(machines: tuple[Lab, Lab], family: str) -> None:
    both_up(machines, "type: vxlan, vni: 7", family=family)
    left, _ = machines
    name = "vxlan7" if family == "v4" else "vxlan7v6"
    found = left.link(HUB, name)
    assert found
    assert (found["master"], found["mtu"], found["operstate"]) == ("lan", 1500, "UNKNOWN")
    data = found["linkinfo"]["info_data"]
    assert (data["id"], data["port"], data["learning"]) == (7, 4789, False)
    assert left.pings("a", "10.0.0.2")
    assert left.pings("a", "fd00::2")
    assert left.ip(HUB, f"-6 addr show dev {name}") == [], "the hub has no address in the network"


@pytest.mark.parametrize("family", UNDERLAY)
def test_packets_that_are_larger_than_the_way_pass(machines: tuple[Lab, Lab], family: str) -> None:
    both_up(machines, "type: vxlan, vni: 7", ", mtu: 4000", family)
    left, right = machines
    found = left.link(HUB, "vxlan7" if family == "v4" else "vxlan7v6")
    assert found
    assert found["mtu"] == 4000
    # IPv4 takes them in fragments. TCP asks for whole packets: it is told how large they may be.
    large = left.run("a", "ping", "-c1", "-W2", "-M", "dont", "-s", "3900", "10.0.0.2")
    assert (large.returncode == 0) == (family == "v4")
    server = ("nsenter", f"--net={right.path('b')}", "python3", "-c", _SERVER)
    with subprocess.Popen(server, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout
        assert serving.stdout.readline() == "ready\n"
        sent = left.run("a", "python3", "-c", _CLIENT)
        assert sent.returncode == 0, sent.stderr
        assert serving.stdout.readline() == "1000000\n"


_SERVER = """
import socket
listening = socket.create_server(("10.0.0.2", 5000))
print("ready", flush=True)
one, _ = listening.accept()
one.settimeout(10)
print(sum(len(part) for part in iter(lambda: one.recv(65536), b"")))
"""
_CLIENT = """
import socket
one = socket.create_connection(("10.0.0.2", 5000), 5)
one.settimeout(10)
one.sendall(bytes(1000000))
"""


def test_a_remote_is_changed_in_place_a_number_and_a_port_anew(machines: tuple[Lab, Lab]) -> None:
    both_up(machines, "type: vxlan, vni: 7")
    left, right = machines
    before = left.link(HUB, "vxlan7")
    node = left.link("a", "eth0")
    left.change(HUB, "addr add 192.0.2.9/24 dev out")
    right.change(HUB, "addr add 192.0.2.10/24 dev out")
    done = bring_up(left, machine("a", 1, "type: vxlan, vni: 7, remote: 192.0.2.10"))
    assert done == (
        "change  vxlan (hub):vxlan7   # remote 192.0.2.2 -> 192.0.2.10, compose.yaml:4:7\n"
    )
    after = left.link(HUB, "vxlan7")
    assert before
    assert after
    assert before["ifindex"] == after["ifindex"]
    assert after["linkinfo"]["info_data"]["remote"] == "192.0.2.10"
    assert left.pings("a", "10.0.0.2")
    bring_up(left, machine("a", 1, "type: vxlan, vni: 7, remote: 192.0.2.10, port: 4000"))
    assert not left.pings("a", "10.0.0.2")
    bring_up(right, machine("b", 2, "type: vxlan, vni: 7, remote: 192.0.2.1, port: 4000"))
    assert left.pings("a", "10.0.0.2")
    done = bring_up(left, machine("a", 1, "type: vxlan, vni: 8, remote: 192.0.2.10, port: 4000"))
    assert "add     vxlan (hub):vxlan8 mtu 1500 vni 8 remote 192.0.2.10 port 4000" in done
    assert "remove  vxlan (hub):vxlan7" in done
    assert left.link("a", "eth0") == node, "nothing else blinks"


def test_a_tunnel_to_the_other_family_is_another(machines: tuple[Lab, Lab]) -> None:
    both_up(machines, "type: vxlan, vni: 7")
    both_up(machines, "type: vxlan, vni: 7", family="v6")
    left, _ = machines
    assert left.link(HUB, "vxlan7") is None
    assert left.pings("a", "10.0.0.2")


def test_what_is_done_to_it_by_hand_is_put_right(machines: tuple[Lab, Lab]) -> None:
    left, _ = machines
    both_up(machines, "type: vxlan, vni: 7")
    wanted = machine("a", 1, "type: vxlan, vni: 7, remote: 192.0.2.2")
    assert steps(left, wanted) == ""
    for harm in (
        "link del vxlan7",
        "link set vxlan7 nomaster",
        "link set vxlan7 down",
        "link set vxlan7 mtu 1400",
        "link set vxlan7 type vxlan id 7 remote 192.0.2.77",
    ):
        left.change(HUB, harm)
        assert steps(left, wanted).count("\n") == 1, harm
        bring_up(left, wanted)
        assert left.pings("a", "10.0.0.2"), harm


def test_a_tunnel_of_somebody_else_is_told(machines: tuple[Lab, Lab]) -> None:
    left, _ = machines
    left.change(HUB, "link add theirs type vxlan id 7 remote 192.0.2.2 dstport 4789")
    wanted = machine("a", 1, "type: vxlan, vni: 7, remote: 192.0.2.2")
    found = plan(bound(left, wanted).state, left.observe().state)
    told = [failure_diagnostic(failure).message for failure in left.kernel.apply(found.plan)]
    assert told == [
        "cannot add vxlan interface vxlan7 of the hub: the hub has a tunnel of that vni and port "
        'already, or an interface of that name (EEXIST); the kernel says "A VXLAN device with the '
        'specified VNI already exists"'
    ]
    assert left.link(HUB, "theirs")


def test_a_tunnel_that_is_taken_out_of_the_file_goes(machines: tuple[Lab, Lab]) -> None:
    left, _ = machines
    both_up(machines, "type: vxlan, vni: 7")
    bring_up(left, "services: {}\nx-conlink: {hosts: {a: {links: [{bridge: lan}]}}}\n")
    assert left.link(HUB, "vxlan7") is None
    assert left.link(HUB, "lan")
