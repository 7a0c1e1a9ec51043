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


def test_a_host_has_what_it_declares_and_keeps_whether_it_forwards(tmp_path: Path) -> None:
    """Of all others the kernel tells nobody who turns them."""
    with project(tmp_path, TEXT) as lab:
        lab.up()
        assert sysctls(lab) == DECLARED
        assert "ttl=33 " in lab.inside("b", "ping", "-c1", "-W2", "10.0.0.1")
        lab.inside("b", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        for name in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"):
            lab.inside("a", "sysctl", "-qw", f"{name}=0")
            eventually(lambda: sysctls(lab) == DECLARED, 5)
        assert "= 1" in lab.inside("b", "sysctl", "net.ipv4.ip_forward"), "of which nothing is said"
        lab.run("restart", "a")
        lab.up()
        assert sysctls(lab) == DECLARED, "after a restart"


def test_forwarding_is_changed_in_place_and_others_make_that_host_anew(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        before = [number(lab, node) for node in "ab"]
        edited = TEXT.replace("forwarding: 1", "forwarding: 0")
        lab.write(edited)
        assert [line.split("   #")[0] for line in lab.plan().splitlines()] == [
            "change  IPv6 forwarding of a"
        ]
        lab.up()
        wanted = {**DECLARED, "net.ipv6.conf.all.forwarding": "0"}
        assert sysctls(lab) == wanted
        assert [number(lab, node) for node in "ab"] == before
        lab.run("restart", "a")
        lab.up()
        assert sysctls(lab) == wanted
        before = [number(lab, node) for node in "ab"]
        edited = edited.replace("rp_filter: 2", "rp_filter: 1").replace("ip_f", "conf.all.f")
        lab.write(edited.replace("conf.all.forward: 1", "conf.all.forwarding: 0"))
        lab.up()
        wanted = {**wanted, "net.ipv4.conf.eth0.rp_filter": "1", "net.ipv4.ip_forward": "0"}
        assert sysctls(lab) == wanted
        after = [number(lab, node) for node in "ab"]
        assert before[0] != after[0]
        assert before[1] == after[1]
