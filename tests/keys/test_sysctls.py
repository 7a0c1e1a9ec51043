"""sysctls of hosts, of both families, of the whole host and of an interface."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import Project, project

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
        lab.write(TEXT.replace("ip_forward: 1", "ip_forward: 0").replace(": 33", ": 44"))
        lab.up()
        assert sysctls(lab) == {
            **DECLARED,
            "net.ipv4.ip_forward": "0",
            "net.ipv4.ip_default_ttl": "44",
        }
        assert [number(lab, node) == one for node, one in zip("ab", before, strict=True)] == [
            False,
            True,
        ]
