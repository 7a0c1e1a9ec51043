"""Nodes as other programs see them: isolation, the gate, dependencies, apply."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conlink_compose.engines import Wanted
from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.topology import Owner
from conlink_compose.workload import Mount, Workload
from tests.engines.sandbox.supervisor import supervisor_pid

from .conftest import Lab

Make = Callable[..., Workload]


def test_a_node_waits_at_the_gate_until_its_lo_is_marked(lab: Lab, shell: Make) -> None:
    lab.start()
    lab.apply(shell("web", "echo begun; exec sleep 1000"))
    status = lab.wait_for("web-1", "waiting")
    assert status.life is not None
    assert lab.texts() == []
    links = json.loads(lab.inside("web-1", "ip", "-j", "link").stdout)
    assert [(link["ifname"], "UP" in link["flags"]) for link in links] == [("lo", True)]
    assert lab.inside("web-1", "ip", "link", "set", "lo", "alias", "another").returncode == 0
    assert lab.state("web-1") == "waiting"
    lab.open_gate("web-1")
    assert lab.wait_for("web-1", "running").life == status.life
    lab.wait_for_text("begun")


def test_a_node_sees_only_itself(lab: Lab, shell: Make) -> None:
    lab.up(shell("web", "exec sleep 1000", hostname="www"), Workload(Owner("host", "h1")))
    assert lab.inside("web-1", "hostname").stdout == "www\n"
    assert lab.inside("web-1", "cat", "/etc/hostname").stdout == "www\n"
    assert lab.inside("h1", "hostname").stdout == "h1\n"
    assert lab.inside("web-1", "ls", "/sys/class/net").stdout == "lo\n"
    processes = lab.inside("web-1", "ps", "-eo", "pid,args").stdout
    assert "1 sleep 1000" in processes
    assert "mininet:h1" not in processes
    spaces = ("net", "mnt", "uts", "ipc", "pid")
    seen = {
        space: {
            Path(f"/proc/{pid}/ns/{space}").stat().st_ino
            for pid in (lab.machine_pid("web-1"), lab.machine_pid("h1"), os.getpid())
        }
        for space in spaces
    }
    assert {space: len(inodes) for space, inodes in seen.items()} == dict.fromkeys(spaces, 3)


def test_exactly_one_process_bears_a_host_name_and_dies_with_it(lab: Lab, host: Make) -> None:
    name = f"h{lab.name}"
    lab.up(host(name))
    pgrep = ["pgrep", "-f", f"mininet:{name}"]
    found = subprocess.run(pgrep, capture_output=True, text=True, check=False).stdout.split()
    assert found == [str(lab.machine_pid(name))]
    lab.apply()
    lab.wait(lambda: not lab.control.nodes())
    assert subprocess.run(pgrep, capture_output=True, check=False).returncode == 1


def test_without_a_sleep_of_its_own_a_host_idles_all_the_same(lab: Lab) -> None:
    name = f"h{lab.name}"
    lab.up(Workload(Owner("host", name), environment=(("PATH", "/nowhere"),)))
    lab.wait_for(name, "running")
    pgrep = ["pgrep", "-f", f"mininet:{name}"]
    found = subprocess.run(pgrep, capture_output=True, text=True, check=False).stdout.split()
    assert found == [str(lab.machine_pid(name))]


def test_an_idle_node_reaps_its_orphans(lab: Lab, host: Make) -> None:
    lab.up(host("h1"))
    assert lab.inside("h1", "sh", "-c", "(sleep 0.05 &) ").returncode == 0
    lab.wait(lambda: "sleep 0.05" not in lab.inside("h1", "ps", "-eo", "args").stdout)
    assert "defunct" not in lab.inside("h1", "ps", "-eo", "args").stdout


def test_the_process_gets_its_environment_its_folder_and_nothing_of_ours(
    lab: Lab, shell: Make, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_CLI", "1")
    before = signal.signal(signal.SIGUSR2, signal.SIG_IGN)  # as in a background job
    request.addfinalizer(lambda: signal.signal(signal.SIGUSR2, before))
    script = "pwd; env; ls /proc/self/fd | wc -l; cat; grep -E 'SigIgn|SigBlk' /proc/self/status"
    lab.up(shell("web", script, environment=(("MODE", "x y"),), working_dir="/usr"))
    lab.wait_for("web-1", "exited")
    deadline = time.monotonic() + 5
    while len(texts := lab.texts("web-1")) < 4 or not texts[-1].startswith("SigIgn"):
        assert time.monotonic() < deadline, texts
        time.sleep(0.02)
    assert texts[0] == "/usr"
    assert {"MODE=x y", "HOSTNAME=web-1", "TERM=xterm"} <= set(texts)
    assert not any(text.startswith(("SECRET", "PYTHON")) for text in texts)
    assert "4" in texts  # stdin, stdout, stderr, and ls's own
    assert _signals(texts, "SigIgn") == 0
    assert _signals(texts, "SigBlk") == 0


def _signals(texts: list[str], name: str) -> int:
    """A mask of /proc/PID/status, without signals 32 and 33: they are the C library's own, which
    lets nobody set them, and its posix_spawn(3) leaves them ignored in whatever it starts."""
    mask = next(text for text in texts if text.startswith(name)).split()[1]
    return int(mask, 16) & ~(0b11 << 31)


def test_nodes_stand_in_the_order_of_the_file(lab: Lab, host: Make) -> None:
    lab.start()
    lab.apply(host("b"), host("c"))
    lab.apply(host("a"), host("b"), host("d"), host("c"))
    assert [status.name for status in lab.control.nodes()] == ["a", "b", "d", "c"]


def test_what_it_depends_on_starts_first(lab: Lab, shell: Make) -> None:
    lab.start()
    db = shell("db", "exec sleep 1000")
    lab.apply(shell("web", "exec sleep 1000", depends_on=("db",)), db)
    lab.wait_for("web-1", "waiting")
    lab.open_gate("web-1")
    lab.wait_for("db-1", "waiting")
    assert lab.state("web-1") == "waiting"
    lab.open_gate("db-1")
    lab.wait_for("web-1", "running")
    assert (lab.status("web-1").started_at or 0) > (lab.status("db-1").started_at or 0)


def test_one_that_waits_in_vain_says_for_whom(lab: Lab, shell: Make) -> None:
    missing = Workload(Owner("service", "db"), argv=("no-such-program",))
    lab.start()
    lab.apply(missing, shell("web", "exit", depends_on=("db",)))
    lab.wait_for("web-1", "waiting")
    lab.wait_for("db-1", "waiting")
    lab.open_gate("db-1")
    lab.wait_for("db-1", "failed")
    assert lab.status("web-1").problem == "web-1 waits for db, which did not start"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"argv": ("nginxx",)}, "web-1 needs `nginxx`, which is not on this machine"),
        ({"argv": ("/etc/hosts",)}, "web-1 cannot start `/etc/hosts`: "),
        ({"working_dir": "/no/such"}, "the working_dir /no/such of web-1 is not on this machine"),
        ({"mounts": (Mount("/etc", "/no/such"),)}, "there is no /no/such to mount it on"),
        ({"mounts": (Mount("/no/such", "/mnt"),)}, "there is no /no/such on this machine"),
        ({"sysctls": (("vm.swappiness", "1"),)}, "belongs to the whole machine"),
        ({"sysctls": (("net.ipv4.nonsense", "1"),)}, "the kernel has no sysctl"),
    ],
)
def test_what_cannot_start_says_why_and_is_not_tried_again(
    lab: Lab, shell: Make, fields: dict[str, object], sentence: str
) -> None:
    workload = replace(shell("web", "exit"), **fields)
    lab.up(workload)
    status = lab.wait_for("web-1", "failed")
    assert sentence in (status.problem or "")
    assert status.restarts == 0
    assert any(sentence.removeprefix("web-1 ") in text for text in lab.texts("web-1", "engine"))


def test_mounts_and_sysctls(lab: Lab, shell: Make, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "file").write_text("hello")
    tmp_path.parent.chmod(0o755)
    lab.up(
        shell(
            "web",
            "exec sleep 1000",
            mounts=(Mount(str(tmp_path / "in"), "/mnt"), Mount("/etc", "/srv", read_only=True)),
            sysctls=(
                ("net.ipv4.ip_forward", "1"),
                ("net.ipv4.conf.lo.rp_filter", "2"),
            ),
        )
    )
    assert lab.inside("web-1", "cat", "/mnt/file").stdout == "hello"
    assert lab.inside("web-1", "touch", "/mnt/new").returncode == 0
    assert (tmp_path / "in" / "new").exists()
    assert "Read-only" in lab.inside("web-1", "touch", "/srv/new").stderr
    assert lab.inside("web-1", "cat", "/proc/sys/net/ipv4/ip_forward").stdout == "1\n"
    assert lab.inside("web-1", "cat", "/proc/sys/net/ipv4/conf/lo/rp_filter").stdout == "2\n"
    assert " /mnt " not in Path("/proc/mounts").read_text()


def test_what_is_mounted_below_a_read_only_mount_is_read_only_too(
    lab: Lab, shell: Make, tmp_path: Path
) -> None:
    (tmp_path / "below").mkdir()
    lab.start()
    # The supervisor's mounts are its own, and end with it.
    inside = [*lab.nsenter(supervisor_pid(lab.control)), "-m"]
    mount = [*inside, "mount", "-t", "tmpfs", "none", str(tmp_path / "below")]
    subprocess.run(mount, check=True)
    lab.up(shell("web", "exec sleep 1000", mounts=(Mount(str(tmp_path), "/srv", read_only=True),)))
    assert "Read-only" in lab.inside("web-1", "touch", "/srv/below/new").stderr


def test_a_sysctl_of_an_interface_waits_for_its_link(lab: Lab, shell: Make) -> None:
    lab.start()
    lab.apply(shell("web", "exec sleep 1000", sysctls=(("net.ipv4.conf.eth0.rp_filter", "2"),)))
    lab.wait_for("web-1", "waiting")
    made = lab.inside("web-1", "ip", "link", "add", "eth0", "type", "veth", "peer", "name", "x")
    assert made.returncode == 0, made.stderr
    lab.open_gates()
    lab.wait_for("web-1", "running")
    assert lab.inside("web-1", "cat", "/proc/sys/net/ipv4/conf/eth0/rp_filter").stdout == "2\n"


def test_the_hosts_file_is_rewritten_in_place(lab: Lab, host: Make) -> None:
    before = Path("/etc/hosts").read_bytes()
    lab.up(host("h1"), hosts={"h1": "10.0.0.1 one\n"})
    read = ("cat", "/etc/hosts")
    assert lab.inside("h1", *read).stdout == "10.0.0.1 one\n"
    life = lab.status("h1").life
    lab.apply(host("h1"), hosts={"h1": "10.0.0.2 two\n"})
    assert lab.inside("h1", *read).stdout == "10.0.0.2 two\n"
    assert lab.status("h1").life == life
    assert Path("/etc/hosts").read_bytes() == before


def test_scaling_recreating_and_orphans(lab: Lab, shell: Make, host: Make) -> None:
    web = shell("web", "exec sleep 1000", replicas=3)
    lab.up(web, host("h1"))
    before = {status.name: status.life for status in lab.control.nodes()}

    assert lab.apply(replace(web, replicas=2)).remove == ("web-3", "h1")
    lab.wait(lambda: len(lab.control.nodes()) == 2)
    assert {s.name: s.life for s in lab.control.nodes()}.items() <= before.items()

    changed = replace(web, replicas=2, environment=(("A", "1"),))
    assert lab.apply(changed).recreate == ("web-1", "web-2")
    lab.wait(lambda: all(s.life not in (None, before[s.name]) for s in lab.control.nodes()))

    assert lab.control.apply(Wanted([changed], recreate=["web-2"])).recreate == ("web-2",)
    assert lab.apply().orphans == ("web-1", "web-2")
    assert lab.control.apply(Wanted(remove_orphans=True)).remove == ("web-1", "web-2")
    lab.wait(lambda: not lab.control.nodes())
    assert list((lab.folder / "hosts").iterdir()) == []


def test_names_that_clash_are_refused_and_nothing_is_made(lab: Lab, shell: Make) -> None:
    lab.start()
    with pytest.raises(SandboxError, match="two nodes would have the name `a-1`"):
        lab.apply(shell("a", "exit"), Workload(Owner("host", "a-1")))
    with pytest.raises(SandboxError, match="cannot be the name"):
        lab.apply(Workload(Owner("host", "../up")))
    assert lab.control.nodes() == ()
