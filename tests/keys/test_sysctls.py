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
OTHERS = {
    "net.ipv4.ip_forward": "0",
    "net.ipv6.conf.all.forwarding": "0",
    "net.ipv4.conf.eth0.rp_filter": "1",
    "net.ipv6.conf.eth0.accept_ra": "2",
    "net.ipv4.ip_default_ttl": "34",
}


def sysctls(lab: Project, node: str = "a") -> dict[str, str]:
    lines = lab.inside(node, "sysctl", *DECLARED).splitlines()
    return dict(line.split(" = ") for line in lines)


def number(lab: Project, node: str) -> int:
    """Of its interface."""
    return int(lab.ip(node, "link", "show", "dev", "eth0")[0]["ifindex"])


def edited(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace(f"{name}: {DECLARED[name]}\n", f"{name}: {value}\n")
    return text


def test_a_host_has_what_it_declares_and_keeps_it(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        assert sysctls(lab) == DECLARED
        assert "ttl=33 " in lab.inside("b", "ping", "-c1", "-W2", "10.0.0.1")
        assert "nothing to do" in lab.plan()
        others = sysctls(lab, "b")
        lab.inside("b", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        for name, value in OTHERS.items():
            lab.inside("a", "sysctl", "-qw", f"{name}={value}")
            # Of most the kernel tells nobody: they wait until something else happens.
            lab.inside("b", "ip", "address", "add", "10.9.9.9/32", "dev", "eth0")
            eventually(lambda: sysctls(lab) == DECLARED, 5)
            lab.inside("b", "ip", "address", "delete", "10.9.9.9/32", "dev", "eth0")
        assert sysctls(lab, "b") == {**others, "net.ipv4.ip_forward": "1"}, "it declares none"
        lab.run("restart", "a")
        lab.up()
        assert sysctls(lab) == DECLARED, "after a restart"


@pytest.mark.parametrize(
    "name", ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", "net.ipv4.conf.eth0.rp_filter"]
)
def test_what_the_kernel_tells_of_is_put_back_at_once(tmp_path: Path, name: str) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        lab.inside("a", "sysctl", "-qw", f"{name}={OTHERS[name]}")
        eventually(lambda: sysctls(lab) == DECLARED, 5)


def test_up_puts_all_of_them_back(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        before = number(lab, "a")
        lab.inside("a", "sysctl", "-qw", "net.ipv4.ip_default_ttl=34")
        lab.up()
        assert sysctls(lab) == DECLARED
        assert number(lab, "a") == before


def test_they_are_changed_in_place(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        before = [number(lab, node) for node in "ab"]
        lab.write(edited(TEXT, **OTHERS))
        plan = [line.split("   #")[0] for line in lab.plan().splitlines()]
        assert plan == [
            "change  IPv4 forwarding of a",
            "change  IPv6 forwarding of a",
            "change  sysctl net.ipv4.ip_default_ttl of a",
            "change  sysctl net.ipv4.conf.eth0.rp_filter of a",
            "change  sysctl net.ipv6.conf.eth0.accept_ra of a",
        ]
        lab.up()
        assert sysctls(lab) == OTHERS
        more = edited(TEXT, **OTHERS).replace(
            "      sysctls:\n", "      sysctls:\n        net.ipv4.tcp_rmem: 4096 5000 0x1800\n"
        )
        lab.write(more)
        lab.up()
        assert lab.inside("a", "sysctl", "-n", "net.ipv4.tcp_rmem").split() == [
            "4096",
            "5000",
            "6144",
        ]
        assert "nothing to do" in lab.plan()
        assert [number(lab, node) for node in "ab"] == before
        lab.run("restart", "a")
        lab.up()
        assert sysctls(lab) == OTHERS


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("        net.ipv4.ip_default_ttl: 33\n", ""),
        ("net.ipv4.ip_f", "net.ipv4.conf.default.f"),
    ],
    ids=["taken out", "a default"],
)
def test_what_cannot_be_undone_in_place_makes_that_host_anew(
    tmp_path: Path, now: str, then: str
) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        before = [number(lab, node) for node in "ab"]
        lab.write(TEXT.replace(now, then).replace("default.forward:", "default.forwarding:"))
        lab.up()
        after = [number(lab, node) for node in "ab"]
        assert before[0] != after[0]
        assert before[1] == after[1]
        fresh = sysctls(lab, "b")
        wanted = {name: value for name, value in DECLARED.items() if name not in now}
        if then:
            wanted.pop("net.ipv4.ip_forward")
        assert sysctls(lab) == {**fresh, **wanted}


REFUSED = """
x-conlink:
  hosts:
    a:
      sysctls:
        net.ipv4.tcp_available_congestion_control: cubic
        net.ipv4.conf.eth0.rp_filter: 2
        net.ipv4.ip_default_ttl: 33
      links: [{bridge: lan, ip: 10.0.0.1/24}]
      commands: [{command: touch /tmp/here}]
    b: {links: [{bridge: lan, ip: 10.0.0.2/24}]}
"""


def test_one_that_may_not_be_written_is_told_at_its_place_and_all_else_stands(
    tmp_path: Path,
) -> None:
    text = REFUSED.replace("/tmp/here", str(tmp_path / "here"))
    with project(tmp_path, text) as lab:
        told = lab.run("up", "-d", "--wait", check=False)
        assert told.returncode == 1
        assert (
            "error: compose.yaml:6:9: cannot change the sysctl "
            "net.ipv4.tcp_available_congestion_control of a: it may not be written here (EACCES)"
        ) in told.stderr
        assert told.stderr.count("error") == 1
        assert "ttl=33 " in lab.inside("b", "ping", "-c1", "-W2", "10.0.0.1")
        asked = ("sysctl", "-n", "net.ipv4.conf.eth0.rp_filter")
        assert lab.inside("a", *asked).strip() == "2"
        assert {one["state"] for one in lab.ps().values()} == {"running"}
        eventually((tmp_path / "here").exists)
