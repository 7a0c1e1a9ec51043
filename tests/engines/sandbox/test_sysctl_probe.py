"""What the kernel says of sysctls is told with its place, before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import project

pytestmark = pytest.mark.namespaces

TEXT = """
x-conlink:
  hosts:
    h1: {sysctls: {net.ipv4.ip_forward: yes}, links: [{bridge: lan}]}
services:
  a:
    network_mode: none
    command: sleep infinity
    sysctls: [net.ipv4.nonsense=1, net.ipv4.conf.eth0.rp_filter=2]
    x-conlink: {links: [{bridge: lan}]}
"""


@pytest.mark.parametrize("verb", ["plan", "up"])
def test_nothing_is_started(tmp_path: Path, verb: str) -> None:
    before = Path("/proc/sys/net/ipv4/ip_forward").read_text()
    with project(tmp_path, TEXT) as lab:
        done = lab.run(verb, check=False)
        assert done.returncode == 1
        assert "4:20: error[unknown-sysctl]: the kernel refuses the value 'yes'" in done.stderr
        assert "9:15: error[unknown-sysctl]: this machine's kernel has no sysctl" in done.stderr
        assert done.stderr.count("error[") == 2
        assert not lab.processes()
    assert Path("/proc/sys/net/ipv4/ip_forward").read_text() == before


def test_hosts_have_the_sysctls_they_declare(tmp_path: Path) -> None:
    text = """
x-conlink:
  hosts:
    h1:
      sysctls: {net.ipv4.ip_forward: 1, net.ipv4.conf.eth0.rp_filter: 2}
      links: [{bridge: lan}]
    h2: {sysctls: [net.ipv6.conf.all.forwarding=1]}
"""
    more = "x-conlink: {hosts: {h2: {sysctls: {net.ipv4.ip_forward: 1}}}}\n"
    with project(tmp_path, text, files=("compose.yaml", "more.yaml")) as lab:
        lab.write(more, "more.yaml")
        lab.up()
        for node, path, value in (
            ("h1", "ipv4/ip_forward", "1"),
            ("h1", "ipv4/conf/eth0/rp_filter", "2"),
            ("h1", "ipv6/conf/all/forwarding", "0"),
            ("h2", "ipv6/conf/all/forwarding", "1"),
            ("h2", "ipv4/ip_forward", "1"),
        ):
            assert lab.inside(node, "cat", f"/proc/sys/net/{path}").strip() == value, (node, path)
