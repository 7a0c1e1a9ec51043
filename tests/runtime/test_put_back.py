"""What the kernel makes by itself of what is declared, harmed by hand, is put back as well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.project import Project, eventually, project
from tests.runtime.pinging import lost, pings

pytestmark = pytest.mark.namespaces

ROUTED = """
x-conlink:
  links:
    - {endpoints: ["r1:wan", "r2:eth0"]}
services:
  n:
    network_mode: none
    x-conlink:
      links:
        - {bridge: lan, ip: [10.1.0.9/24, "fd00:1::9/64"], route: [default via 10.1.0.1, default via fd00:1::1]}
  r1:
    network_mode: none
    sysctls: {net.ipv4.ip_forward: 1, net.ipv6.conf.all.forwarding: 1}
    x-conlink:
      links:
        - {bridge: lan, dev: lan0, ip: [10.1.0.1/24, "fd00:1::1/64"]}
        - {dev: wan, ip: [192.0.2.0/31, "fd00:2::/127"]}
  r2:
    network_mode: none
    x-conlink:
      links:
        - {dev: eth0, ip: [192.0.2.1/31, "fd00:2::1/127"], route: [default via 192.0.2.0, "default via fd00:2::"]}
"""  # noqa: E501

Harm = tuple[str, tuple[str, ...]]


def routes(lab: Project) -> dict[str, list[str]]:
    """All of them, of all nodes, as `ip` tells them."""
    return {
        node: sorted(
            str(sorted(route.items()))
            for family in ("-4", "-6")
            for route in lab.ip(node, family, "route")
        )
        for node in ("n", "r1", "r2")
    }


def pings_all(lab: Project) -> bool:
    for address in ("192.0.2.1", "fd00:2::1"):
        lab.inside("n", "ping", "-c1", "-W2", address)
    return True


@pytest.mark.parametrize(
    "harm",
    [
        ("r1", ("ip", "route", "delete", "192.0.2.0/31")),
        ("r2", ("ip", "-6", "route", "delete", "fd00:2::/127")),
        ("n", ("ip", "route", "flush", "table", "main")),
        ("n", ("ip", "-6", "route", "flush", "table", "main")),
        ("r1", ("ip", "link", "set", "lo", "down")),
    ],
    ids=lambda harm: " ".join((harm[0], *harm[1])),
)
def test_it_comes_back_by_itself_and_up_has_nothing_to_do(tmp_path: Path, harm: Harm) -> None:
    with project(tmp_path, ROUTED) as lab:
        lab.up()
        before = routes(lab)
        lab.inside(harm[0], *harm[1])
        eventually(lambda: routes(lab) == before)
        assert "UP" in lab.ip(harm[0], "link", "show", "dev", "lo")[0]["flags"]
        assert "nothing to do" in lab.plan()
        assert pings_all(lab)
        log = lab.runtime_log()
        assert "WARNING" not in log
        assert log.count("add     route 10.1.0.0/24") == (
            "flush" in harm[1] and "-6" not in harm[1]
        )


def test_a_port_that_is_held_back_by_hand_forwards_again(tmp_path: Path) -> None:
    with project(tmp_path, ROUTED) as lab:
        lab.up()
        for state in ("0", "4"):
            lab.in_hub("bridge", "link", "set", "dev", "n_1-eth0", "state", state)
            eventually(lambda: port(lab, "n_1-eth0") == "forwarding")
        assert pings_all(lab)
        assert "disabled -> none" in lab.runtime_log()


def test_a_port_without_carrier_is_the_kernels_to_disable(tmp_path: Path) -> None:
    text = ROUTED.replace("{bridge: lan, ip:", "{bridge: lan, up: false, ip:").replace(
        ", route: [default via 10.1.0.1, default via fd00:1::1]", ""
    )
    with project(tmp_path, text) as lab:
        lab.up()
        assert port(lab, "n_1-eth0") == "disabled"
        assert "nothing to do" in lab.plan()
        assert "change" not in lab.runtime_log()


def test_what_stands_is_not_interrupted_when_a_route_beside_it_is_put_back(tmp_path: Path) -> None:
    with project(tmp_path, ROUTED) as lab:
        lab.up()
        with pings(lab, "n", "10.1.0.1") as ping:
            lab.inside("r1", "ip", "route", "delete", "192.0.2.0/31")
            eventually(lambda: lab.ip("r1", "route", "show", "192.0.2.0/31"))
        assert lost(ping) == 0


def test_somebodys_own_route_in_its_place_is_told_and_left_alone(tmp_path: Path) -> None:
    with project(tmp_path, ROUTED) as lab:
        lab.up()
        lab.inside("r1", "ip", "route", "replace", "10.1.0.0/24", "via", "192.0.2.1")
        said = lab.run("up", "-d", check=False)
        assert said.returncode == 1
        assert "r1-1 has a route to 10.1.0.0/24 that is neither ours nor" in said.stderr
        assert [one["gateway"] for one in lab.ip("r1", "route", "show", "10.1.0.0/24")] == [
            "192.0.2.1"
        ]
        lab.inside("r1", "ip", "route", "delete", "10.1.0.0/24")
        eventually(lambda: lab.ip("r1", "route", "show", "10.1.0.0/24"))
        assert pings_all(lab)


def test_a_fresh_network_is_made_without_a_word_about_what_the_kernel_makes(tmp_path: Path) -> None:
    with project(tmp_path, ROUTED) as lab:
        lab.up()
        told = [line for line in lab.runtime_log().splitlines() if "controller: " in line]
        made = [line.split("controller: ")[1].split("   #")[0] for line in told]
        assert len(made) == len(set(made)), "each is said once"
        assert not [line for line in made if line.startswith(("change", "remove"))]
        assert [
            line for line in made if line.startswith("add     route") and " via " not in line
        ] == []


def port(lab: Project, name: str) -> str:
    """The state that the bridge has it in."""
    (found,) = json.loads(lab.in_hub("bridge", "-j", "link", "show", "dev", name))
    state: str = found["state"]
    return state
