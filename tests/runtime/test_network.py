"""What a user is promised of a network that is up. Real namespaces, real packets."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.project import Project, eventually, project
from tests.runtime.pinging import lost, pings

pytestmark = pytest.mark.namespaces

PAIR = """
services:
  a:
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: [10.0.0.1/24, "fd00::1/64"]}]}
  b:
    network_mode: none
    x-conlink:
      links:
        - {bridge: lan, ip: 10.0.0.2/24}
        - {bridge: other, dev: eth1, ip: 10.1.0.2/24}
  c:
    network_mode: none
    x-conlink: {links: [{bridge: other, dev: eth1, ip: 10.1.0.3/24}]}
"""


def test_every_interface_is_as_declared_and_a_second_plan_has_nothing_to_do(tmp_path: Path) -> None:
    with project(tmp_path, PAIR) as lab:
        lab.up()
        assert lab.addresses("a", "eth0") == {"10.0.0.1/24", "fd00::1/64"}
        lab.inside("a", "ping", "-c1", "-W2", "10.0.0.2")
        assert "nothing to do" in lab.plan()
        again = lab.up()
        assert "3 of 3 nodes, 4 of 4 links" in again.stderr


def test_a_process_sees_all_its_interfaces_when_it_starts(tmp_path: Path) -> None:
    text = PAIR.replace("  c:\n", "  c:\n    command: ip -j address show dev eth1\n")
    with project(tmp_path, text) as lab:
        lab.run("up", "-d")
        eventually(lambda: lab.ps()["c-1"]["state"] == "exited")
        assert lab.ps()["c-1"]["exit_code"] == 0
        assert lab.plan().splitlines()[0].startswith("start   node c-1")
        (seen,) = json.loads(lab.run("logs", "--no-log-prefix", "c").stdout)
        assert "10.1.0.3" in [info["local"] for info in seen["addr_info"]]
        assert "UP" in seen["flags"]


def test_an_edited_address_changes_that_only_and_no_packet_of_another_link_is_lost(
    tmp_path: Path,
) -> None:
    with project(tmp_path, PAIR) as lab:
        lab.up()
        before = lab.ip("b", "link", "show", "dev", "eth0")
        with pings(lab, "c", "10.1.0.2") as ping:
            lab.write(PAIR.replace("10.0.0.1/24", "10.0.0.9/24"))
            assert [line.split("   #")[0] for line in lab.plan().splitlines()] == [
                "add     address 10.0.0.9/24 on a-1:eth0",
                "remove  address 10.0.0.1/24 on a-1:eth0",
            ]
            lab.up()
        assert lost(ping) == 0
        assert lab.addresses("a", "eth0") == {"10.0.0.9/24", "fd00::1/64"}
        assert lab.ip("b", "link", "show", "dev", "eth0") == before


def test_pings_go_on_when_the_runtime_is_killed_and_it_comes_back(tmp_path: Path) -> None:
    with project(tmp_path, PAIR) as lab:
        lab.up()
        first = lab.runtime()
        with pings(lab, "c", "10.1.0.2") as ping:
            os.kill(first, signal.SIGKILL)
            eventually(lambda: lab.runtime() not in (0, first))
            assert "nothing to do" in lab.plan()
        assert lost(ping) == 0


@pytest.mark.parametrize(
    "harm",
    [
        ("ip", "link", "delete", "eth1"),
        ("ip", "link", "set", "eth1", "down"),
        ("ip", "link", "set", "eth1", "mtu", "1280"),
        ("ip", "address", "flush", "dev", "eth1"),
    ],
    ids=" ".join,
)
def test_harm_done_by_hand_is_repaired(tmp_path: Path, harm: tuple[str, ...]) -> None:
    with project(tmp_path, PAIR) as lab:
        lab.up()
        lab.inside("c", *harm)
        eventually(lambda: "nothing to do" in lab.plan())
        lab.inside("c", "ping", "-c1", "-W2", "10.1.0.2")


def test_what_a_user_added_by_hand_is_left_alone(tmp_path: Path) -> None:
    with project(tmp_path, PAIR) as lab:
        lab.up()
        lab.inside("a", "ip", "link", "add", "mine", "type", "bridge")
        lab.inside("a", "ip", "address", "add", "10.9.0.1/24", "dev", "eth0")
        lab.inside("a", "ip", "route", "add", "10.8.0.0/16", "via", "10.0.0.2")
        lab.up()
        assert "10.9.0.1/24" in lab.addresses("a", "eth0")
        assert lab.ip("a", "route", "show", "10.8.0.0/16")
        assert lab.ip("a", "link", "show", "mine")


def test_a_restarted_node_is_wired_again_with_the_same_mac(tmp_path: Path) -> None:
    with project(tmp_path, PAIR) as lab:
        lab.up()
        (before,) = lab.ip("b", "link", "show", "dev", "eth0")
        for _ in range(3):
            lab.run("restart", "b")
        eventually(lambda: lab.ps()["b-1"]["ready"] and lab.ps()["b-1"]["state"] == "running")
        (after,) = lab.ip("b", "link", "show", "dev", "eth0")
        assert after["address"] == before["address"]
        assert after["ifindex"] != before["ifindex"]
        lab.inside("c", "ping", "-c1", "-W2", "10.1.0.2")


def test_a_link_taken_out_goes_and_a_service_taken_out_is_an_orphan(tmp_path: Path) -> None:
    with project(tmp_path, PAIR) as lab:
        lab.up()
        lab.write(
            PAIR[: PAIR.index("  c:")].replace(
                "        - {bridge: other, dev: eth1, ip: 10.1.0.2/24}\n", ""
            )
        )
        assert "c-1" in lab.up().stderr
        assert [link["ifname"] for link in lab.ip("b", "link")] == ["lo", "eth0"]
        lab.up("--remove-orphans")
        eventually(lambda: set(lab.ps()) == {"a-1", "b-1"})


def test_scaling_adds_and_removes_replicas_only(tmp_path: Path) -> None:
    text = """
services:
  n:
    network_mode: none
    scale: {scale}
    x-conlink: {{links: [{{bridge: lan, ip: 10.0.0.1/24, mac: "02:00:00:00:00:01"}}]}}
"""
    with project(tmp_path, text.format(scale=1)) as lab:
        lab.up()
        first = lab.ip("n-1", "link", "show", "dev", "eth0")
        lab.write(text.format(scale=3))
        planned = [line.split("   #")[0].split(None, 1) for line in lab.plan().splitlines()]
        assert [words[1].split(" ")[0] for words in planned] == ["node"] * 2 + [
            *("veth", "veth", "address", "address")
        ]
        assert {words[0] for words in planned} == {"add"}
        lab.up()
        assert list(lab.ps()) == ["n-1", "n-2", "n-3"]
        assert lab.addresses("n-3", "eth0") == {"10.0.0.3/24"}
        lab.inside("n-3", "ping", "-c1", "-W2", "n-1")
        assert lab.ip("n-1", "link", "show", "dev", "eth0")[0]["ifindex"] == first[0]["ifindex"]
        lab.write(text.format(scale=1))
        lab.up()
        eventually(lambda: set(lab.ps()) == {"n-1"})


def test_commands_run_when_the_links_are_up_and_again_after_a_restart(tmp_path: Path) -> None:
    text = (
        PAIR
        + """
x-conlink:
  commands:
    - {service: a, command: ["sh", "-c", "ip -br address show dev eth0"]}
    - {service: b, command: "exit 3"}
"""
    )
    with project(tmp_path, text) as lab:
        done = lab.run("up", "-d", "--wait", check=False)
        assert done.returncode == 1
        assert "a command of b-1 ended with 3" in done.stderr
        assert lab.run("logs", "a").stdout.count("10.0.0.1/24") == 1
        lab.run("restart", "a")
        eventually(lambda: lab.run("logs", "a").stdout.count("10.0.0.1/24") == 2)


def test_nothing_is_left_after_a_kill_of_everything_and_down(tmp_path: Path) -> None:
    with project(tmp_path, PAIR) as lab:
        lab.up()
        assert lab.processes()
        for pid in lab.processes():
            with contextlib.suppress(ProcessLookupError):  # it died with the supervisor
                os.kill(pid, signal.SIGKILL)
        lab.run("down")
        eventually(lambda: not lab.processes())
        assert "was not up" in lab.run("down").stderr


def test_ctrl_c_takes_all_down(tmp_path: Path) -> None:
    text = PAIR.replace("  c:\n", "  c:\n    command: sh -c 'echo hello; exec sleep 60'\n")
    with project(tmp_path, text) as lab:
        attached = up_until(lab, "hello")
        attached.send_signal(signal.SIGINT)
        attached.communicate(timeout=30)
        assert attached.returncode == 130
        assert not lab.processes()


def up_until(lab: Project, word: str) -> subprocess.Popen[str]:
    """`up` in the foreground, once its output holds `word`."""
    attached = subprocess.Popen(
        # A shell's background job, as these tests may be, ignores SIGINT, and so do its children.
        ["env", "--default-signal=INT", *lab.argv("up")],
        cwd=lab.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert attached.stdout
    assert any(word in line for line in attached.stdout)
    return attached


def test_a_knob_taken_out_of_the_file_is_turned_back_and_a_kernel_route_metric_settles(
    tmp_path: Path,
) -> None:
    bridge = (
        "x-conlink: {bridges: {lan: {mode: linux, mcast_snooping: false, group_fwd_mask: 16384}}}\n"
    )
    routed = 'ip: [10.0.0.1/24, "fd00::1/64"], route: {to: "fd01::/64", via: "fd00::2", metric: 0}'
    text = PAIR.replace('ip: [10.0.0.1/24, "fd00::1/64"]', routed)
    with project(tmp_path, text + bridge) as lab:
        lab.up()
        assert "nothing to do" in lab.plan()
        lab.write(text)
        assert "mcast_snooping no -> yes" in lab.plan()
        lab.up()
        assert "nothing to do" in lab.plan()


def test_a_changed_process_is_planned_as_a_restart(tmp_path: Path) -> None:
    text = PAIR.replace("  c:\n", "  c:\n    command: sleep 100\n")
    with project(tmp_path, text) as lab:
        lab.up()
        lab.write(text.replace("sleep 100", "sleep 200"))
        assert "restart node c-1" in lab.plan()
        assert lab.run("plan", "--exit-code", check=False).returncode == 4
        lab.up()
        assert "nothing to do" in lab.plan()


def test_a_project_of_a_long_name_comes_up(tmp_path: Path) -> None:
    with project(tmp_path, PAIR) as lab:
        lab.name += "x" * (128 - len(lab.name))
        lab.up()
        lab.run("down")
        done = lab.run("-p", "y" * 129, "up", "-d", check=False)
        assert "at most 128 characters" in done.stderr


def test_what_a_process_says_while_it_is_stopped_is_shown(tmp_path: Path) -> None:
    command = """sh -c 'trap "echo good bye; exit 0" TERM; echo hello; sleep 60 & wait'"""
    with project(tmp_path, PAIR.replace("  c:\n", f"  c:\n    command: {command}\n")) as lab:
        attached = up_until(lab, "hello")
        attached.send_signal(signal.SIGINT)
        rest = attached.communicate(timeout=30)[0]
        assert "good bye" in rest
        assert f"{lab.name} is down" in rest
