"""sysctls of hosts that are of other namespaces than the network's. To set them takes root before
Linux 6.9."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import Project, project

pytestmark = pytest.mark.root

TEXT = """
x-conlink:
  hosts:
    a: {sysctls: {kernel.msgmnb: 4096, kernel.domainname: lab}, links: [{bridge: lan}]}
"""


def sysctls(lab: Project) -> list[str]:
    return lab.inside("a", "sysctl", "-n", "kernel.msgmnb", "kernel.domainname").split()


def test_they_are_put_back_and_changed_in_place(tmp_path: Path) -> None:
    machines = Path("/proc/sys/kernel/msgmnb").read_text()
    with project(tmp_path, TEXT) as lab:
        lab.up()
        assert sysctls(lab) == ["4096", "lab"]
        before = lab.ip("a", "link", "show", "dev", "eth0")[0]["ifindex"]
        lab.inside("a", "sysctl", "-qw", "kernel.msgmnb=8192", "kernel.domainname=other")
        lab.up()
        assert sysctls(lab) == ["4096", "lab"]
        lab.write(TEXT.replace("4096", "2048"))
        plan = [line.split("   #")[0] for line in lab.plan().splitlines()]
        assert plan == ["change  sysctl kernel.msgmnb of a"]
        lab.up()
        assert sysctls(lab) == ["2048", "lab"]
        assert lab.ip("a", "link", "show", "dev", "eth0")[0]["ifindex"] == before
    assert Path("/proc/sys/kernel/msgmnb").read_text() == machines
