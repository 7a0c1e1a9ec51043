"""Commands of each place and each form, by what they leave in the kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import Project, eventually, project

pytestmark = pytest.mark.namespaces

TEXT = """
x-conlink:
  commands:
    - {service: n, command: ip route add blackhole 10.9.1.0/24}
    - {container: n-2, command: [ip, route, add, blackhole, 10.9.2.0/24]}
    - {host: h, command: ip route add blackhole 10.9.3.0/24}
  hosts:
    h:
      links: [{bridge: lan, ip: 10.0.0.9/24}]
      commands: [{command: ip route add blackhole 10.9.4.0/24}]
services:
  n:
    network_mode: none
    scale: 2
    x-conlink:
      links: [{bridge: lan, ip: 10.0.0.1/24}]
      commands: [{command: ip -6 route add blackhole fd09::/64}]
"""


def blackholes(lab: Project, node: str) -> list[str]:
    return [
        route["dst"]
        for family in ("-4", "-6")
        for route in lab.ip(node, family, "route", "show", "type", "blackhole")
    ]


def test_they_run_in_each_place_and_again_after_an_edit(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        eventually(lambda: blackholes(lab, "n-1") == ["10.9.1.0/24", "fd09::/64"])
        eventually(lambda: blackholes(lab, "n-2") == ["10.9.1.0/24", "10.9.2.0/24", "fd09::/64"])
        eventually(lambda: blackholes(lab, "h") == ["10.9.3.0/24", "10.9.4.0/24"])
        edited = TEXT.replace("host: h,", "container: n-1,").replace("n-2", "n-1")
        lab.write(edited.replace("10.9.2", "10.9.20"))
        lab.up()
        lab.run("restart", "n", "h")
        eventually(
            lambda: (
                blackholes(lab, "n-1")
                == ["10.9.1.0/24", "10.9.3.0/24", "10.9.20.0/24", "fd09::/64"]
            )
        )
        eventually(lambda: blackholes(lab, "n-2") == ["10.9.1.0/24", "fd09::/64"])
        eventually(lambda: blackholes(lab, "h") == ["10.9.4.0/24"])
