"""sysctls of hosts, of both families, of the whole host and of an interface."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import Project, eventually, project

pytestmark = pytest.mark.namespaces

TEXT = """
x-conlink:
  hosts:
    a:
      sysctls:
        net.ipv4.ip_forward: 1
        net.ipv6.conf.all.forwarding: 1
        net.ipv4.conf.eth0.rp_filter: 2
        net.ipv6.conf.eth0.accept_ra: 0
        net.ipv4.ip_default_ttl: 33
      links: [{bridge: lan, ip: [10.0.0.1/24, "fd00::1/64"]}]
    b: {links: [{bridge: lan, ip: [10.0.0.2/24, "fd00::2/64"]}]}
"""
DECLARED = {
    "net.ipv4.ip_forward": "1",
    "net.ipv6.conf.all.forwarding": "1",
    "net.ipv4.conf.eth0.rp_filter": "2",
    "net.ipv6.conf.eth0.accept_ra": "0",
    "net.ipv4.ip_default_ttl": "33",
}


def sysctls(lab: Project) -> dict[str, str]:
    lines = lab.inside("a", "sysctl", *DECLARED).splitlines()
    return dict(line.split(" = ") for line in lines)


def number(lab: Project, node: str) -> int:
    """Of its interface."""
    return int(lab.ip(node, "link", "show", "dev", "eth0")[0]["ifindex"])


def test_a_host_has_what_it_declares(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        assert sysctls(lab) == DECLARED
        assert "ttl=33 " in lab.inside("b", "ping", "-c1", "-W2", "10.0.0.1")
        lab.run("restart", "a")
        lab.up()
        assert sysctls(lab) == DECLARED, "after a restart"


def test_an_edit_makes_that_host_anew_and_no_other(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        before = [number(lab, node) for node in "ab"]
        lab.write(TEXT.replace("rp_filter: 2", "rp_filter: 1").replace(": 33", ": 44"))
        lab.up()
        assert sysctls(lab) == {
            **DECLARED,
            "net.ipv4.conf.eth0.rp_filter": "1",
            "net.ipv4.ip_default_ttl": "44",
        }
        after = [number(lab, node) for node in "ab"]
        assert before[0] != after[0]
        assert before[1] == after[1]


def test_whether_it_forwards_is_changed_in_place(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        before = number(lab, "a")
        lab.write(TEXT.replace("forwarding: 1", "forwarding: 0"))
        assert [line.split("   #")[0] for line in lab.plan().splitlines()] == [
            "change  IPv6 forwarding of a"
        ]
        lab.up()
        assert sysctls(lab) == {**DECLARED, "net.ipv6.conf.all.forwarding": "0"}
        assert number(lab, "a") == before
        lab.write(TEXT.replace("ip_forward: 1", "conf.all.forwarding: 0"))
        lab.up()
        assert sysctls(lab) == {**DECLARED, "net.ipv4.ip_forward": "0"}
        lab.write(TEXT)
        lab.up()
        assert sysctls(lab) == DECLARED
        lab.write(TEXT.replace("forwarding: 1", "forwarding: 0"))
        lab.up()
        lab.run("restart", "a")
        lab.up()
        assert sysctls(lab) == {**DECLARED, "net.ipv6.conf.all.forwarding": "0"}


def test_whether_it_forwards_is_put_back(tmp_path: Path) -> None:
    """Of all others the kernel tells nobody who turns them."""
    with project(tmp_path, TEXT) as lab:
        lab.up()
        for name in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"):
            lab.inside("a", "sysctl", "-qw", f"{name}=0")
            eventually(lambda: sysctls(lab) == DECLARED, 5)
        lab.inside("b", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        lab.inside("a", "sysctl", "-qw", "net.ipv4.ip_forward=0")
        eventually(lambda: sysctls(lab) == DECLARED, 5)
        assert "= 1" in lab.inside("b", "sysctl", "net.ipv4.ip_forward"), "of which nothing is said"
        assert "nothing to do" in lab.plan()
