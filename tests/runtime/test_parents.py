"""Links on an interface of the machine, and on one in the hub. A namespace of the test's own stands
for the machine's: `up` is run in there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kernel.lab import new_netns
from tests.project import Project, eventually, project

root = pytest.mark.root

TEXT = """
services:
  a:
    network_mode: none
    x-conlink: {links: [{type: macvlan, outer-dev: nic, ip: [10.0.0.1/24, "fd00::1/64"]}]}
  b:
    network_mode: none
    scale: 2
    x-conlink:
      links: [{type: macvtap, outer-dev: nic, ip: [10.0.0.2/24, "fd00::2/64"], route: 10.9.0.0/16}]
  c:
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: 10.1.0.1/24}]}
  d:
    network_mode: none
    x-conlink: {links: [{type: macvlan, outer-dev: lan, ip: 10.1.0.2/24}]}
"""


@dataclass
class Machine(Project):
    """Its `up` finds an interface `nic` in the namespace `fd`."""

    fd: int = -1

    def argv(self, *words: str) -> list[str]:
        here = ["nsenter", f"--net=/proc/{os.getpid()}/fd/{self.fd}"] if words[0] == "up" else []
        return [*here, *super().argv(*words)]

    def change(self, words: str) -> None:
        """Somebody's hand on the machine."""
        argv = ["nsenter", f"--net=/proc/{os.getpid()}/fd/{self.fd}", "ip", *words.split()]
        subprocess.run(argv, check=True)

    def plug_in(self) -> None:
        for words in (
            "link add nic type veth peer name behind",
            "link set nic up",
            "link set behind up",
        ):
            self.change(words)

    def links(self) -> dict[str, str]:
        """What `ps` says of each node's first link."""
        return {name: node["interfaces"][0]["state"] for name, node in self.ps().items()}


@pytest.fixture(name="machine")
def machine_fixture(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path, fd=new_netns())
    made.write(TEXT)
    try:
        yield made
    finally:
        made.run("down", "-t", "0", check=False)
        os.close(made.fd)


@root
def test_nodes_lie_on_an_interface_of_the_machine_and_on_a_bridge(machine: Machine) -> None:
    machine.plug_in()
    machine.up()
    macs = set()
    for replica, (four, six) in enumerate((("10.0.0.2", "fd00::2"), ("10.0.0.3", "fd00::3")), 1):
        machine.inside("a", "ping", "-c1", "-W2", four)
        machine.inside("a", "ping", "-c1", "-W2", six)
        (link,) = machine.ip(f"b-{replica}", "-d", "link", "show", "dev", "eth0")
        assert link["linkinfo"]["info_kind"] == "macvtap"
        macs.add(link["address"])
        assert Path(f"/dev/tap{link['ifindex']}").is_char_device()
        told = machine.ps()[f"b-{replica}"]["interfaces"][0]["peer"]
        assert told == f"parent nic of the machine, /dev/tap{link['ifindex']}"
    assert len(macs) == 2, "each replica has a MAC of its own"
    machine.inside("d", "ping", "-c1", "-W2", "10.1.0.1")
    assert machine.ps()["d-1"]["interfaces"][0]["peer"] == "parent lan"
    assert "nothing to do" in machine.plan()


@root
def test_who_waits_for_a_parent_is_told_and_the_others_run(machine: Machine) -> None:
    done = machine.run("up", "-d", "--wait-timeout", "3", check=False)
    assert done.returncode == 1, done.stderr
    place = "compose.yaml:5:25: macvlan interface eth0 of a-1 waits for its parent"
    assert f"{place}: there is no interface nic of the machine" in done.stderr
    waiting = {"a-1": "missing", "b-1": "missing", "b-2": "missing"}
    assert machine.links() == {**waiting, "c-1": "up", "d-1": "up"}
    assert machine.ps()["a-1"]["state"] == "waiting"
    machine.plug_in()
    eventually(lambda: set(machine.links().values()) == {"up"})
    machine.inside("a", "ping", "-c1", "-W2", "10.0.0.3")


@root
def test_a_parent_that_is_made_anew_gets_them_back(machine: Machine) -> None:
    machine.plug_in()
    machine.up()
    machine.change("link delete nic")
    eventually(lambda: machine.links()["a-1"] == "missing")
    machine.plug_in()
    eventually(lambda: set(machine.links().values()) == {"up"})
    assert machine.inside("b-2", "ip", "route", "show", "10.9.0.0/16")
    assert "nothing to do" in machine.plan()


@root
def test_another_parent_is_another_interface(machine: Machine) -> None:
    machine.plug_in()
    machine.up()
    machine.write(TEXT.replace("type: macvlan, outer-dev: nic", "type: macvlan, outer-dev: lan"))
    steps = [line.split(" mac ")[0].split("   #")[0] for line in machine.plan().splitlines()]
    assert steps[:2] == ["remove  macvlan a-1:eth0", "add     macvlan a-1:eth0 parent (hub):lan"]
    machine.up()
    assert machine.ps()["a-1"]["interfaces"][0]["peer"] == "parent lan"


@pytest.mark.namespaces
def test_an_ordinary_user_is_told_before_anything_starts(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as lab:
        done = lab.run("plan", check=False)
        told = "compose.yaml:5:25: error[impossible-here]"
        if os.geteuid() == 0:
            assert done.returncode == 0
            assert "parent (machine):nic" in done.stdout
        else:
            assert done.returncode == 1
            assert told in done.stderr
            assert "nic of the machine is out of reach here" in done.stderr
