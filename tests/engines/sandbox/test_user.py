"""`user` and `group_add`: whom the process of a service and a command in it run as."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from pathlib import Path

import pytest

from conlink_compose.engines import Command
from conlink_compose.engines.sandbox import project as open_project
from conlink_compose.engines.sandbox.child.user import identify
from conlink_compose.engines.sandbox.users import user_problems
from conlink_compose.workload import Mount, User, Workload
from tests.folder import loaded

from .conftest import Lab

Make = Callable[..., Workload]
TOLD = "echo $(id -u):$(id -g):$(id -G | tr ' ' '\\n' | sort -n | xargs):$HOME >/dev/stdout"
DAEMON = pwd.getpwnam("daemon")


@pytest.mark.parametrize(
    ("user", "told"),
    [
        (User("daemon"), f"1:1:1:{DAEMON.pw_dir}"),
        (User("1"), f"1:1:1:{DAEMON.pw_dir}"),
        (User("daemon:sys"), f"1:3:3:{DAEMON.pw_dir}"),
        (User("12345"), "12345:0:0:/"),
        (User("12345:54321"), "12345:54321:54321:/"),
        (User("daemon", ("adm", "777")), f"1:1:1 4 777:{DAEMON.pw_dir}"),
        (User("", ("adm",)), "0:0:0 4:/root"),
    ],
)
@pytest.mark.root
def test_a_process_runs_as_its_user(lab: Lab, shell: Make, user: User, told: str) -> None:
    lab.up(shell("web", f"{TOLD}; exec sleep 1000", user=user))
    lab.wait_for_text(told)
    lab.wait_for("web-1", "running")


@pytest.mark.root
def test_a_process_of_another_user_has_no_capability_and_keeps_its_home(
    lab: Lab, shell: Make
) -> None:
    script = "grep CapEff /proc/self/status; echo $HOME; cat /etc/shadow"
    lab.up(shell("web", script, user=User("daemon"), environment=(("HOME", "/mine"),)))
    lab.wait_for("web-1", "exited")
    assert lab.texts("web-1")[:2] == ["CapEff:\t0000000000000000", "/mine"]
    assert "Permission denied" in lab.texts("web-1", "stderr")[0]


@pytest.mark.root
def test_a_user_is_looked_up_in_the_files_of_the_node(
    lab: Lab, shell: Make, tmp_path: Path
) -> None:
    (tmp_path / "passwd").write_text("app:x:4242:4243::/srv/app:/bin/sh\n")
    mounts = (Mount(str(tmp_path / "passwd"), "/etc/passwd", True),)
    tmp_path.chmod(0o755)
    lab.up(shell("web", f"{TOLD}; exec sleep 1000", user=User("app"), mounts=mounts))
    lab.wait_for_text("4242:4243:4243:/srv/app")


@pytest.mark.root
def test_a_user_that_is_missing_at_the_start_is_a_sentence(lab: Lab, shell: Make) -> None:
    lab.up(shell("web", "true", user=User("no-such-user")))
    assert lab.wait_for("web-1", "failed").problem == (
        "web-1: there is no user `no-such-user` on this machine, whose own files the sandbox "
        "runs on"
    )


@pytest.mark.root
@pytest.mark.parametrize(
    ("user", "told"),
    [
        (None, "1:1:1 4:/usr/sbin"),
        ("root", "0:0:0 4:/root"),
        ("daemon:sys", "1:3:3 4:/usr/sbin"),
        ("12345", "12345:0:0 4:/"),
    ],
)
def test_a_command_runs_as_the_services_user_or_another(
    lab: Lab, shell: Make, capfd: pytest.CaptureFixture[str], user: str | None, told: str
) -> None:
    lab.up(shell("web", "exec sleep 1000", user=User("daemon", ("adm",))))
    capfd.readouterr()
    told_by = TOLD.removesuffix(" >/dev/stdout")
    command = Command(("sh", "-c", told_by), user=user)
    assert open_project(lab.name).processes.run_in("web-1", command) == 0
    assert capfd.readouterr().out.strip() == told


def test_a_user_there_is_not_is_a_sentence_and_126(
    lab: Lab, host: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    lab.up(host("h1"))
    command = Command(("true",), user="no-such-user")
    assert open_project(lab.name).processes.run_in("h1", command) == 126
    assert "there is no user `no-such-user`" in capfd.readouterr().err


def test_without_root_the_service_runs_all_the_same(lab: Lab, shell: Make) -> None:
    own = 1 if os.geteuid() == 0 else 0
    lab.up(shell("web", "echo uid $(id -u); exec sleep 1000", user=User("daemon")))
    lab.wait_for_text(f"uid {own}")


def test_a_detached_command_goes_on_alone(lab: Lab, host: Make, tmp_path: Path) -> None:
    lab.up(host("h1"))
    processes = open_project(lab.name).processes
    script = f"echo lost; sleep 0.3; readlink /proc/self/fd/1 > {tmp_path}/done"
    assert processes.run_in("h1", Command(("sh", "-c", script), detach=True)) == 0
    assert not (tmp_path / "done").exists()
    lab.wait((tmp_path / "done").exists)
    assert processes.run_in("h1", Command(("no-such-program",), detach=True)) == 127


def told(folder: Path, keys: str, only: tuple[int, int] | None) -> list[tuple[str, int, str]]:
    document = loaded(folder, {"c.yaml": f"services: {{s: {{{keys}}}}}\n"})
    found = user_problems(document, only)
    return [(one.severity.value, one.span.column if one.span else 0, one.code) for one in found]


@pytest.mark.parametrize(
    ("keys", "warned"),
    [
        ("user: root", []),
        ("user: '0:0'", []),
        ("user: '4711:4712'", []),
        ("user: '4711'", []),
        ("user: daemon", [22]),
        ("user: '4711:1'", [22]),
        ("user: of-an-image", [22]),
        ("group_add: [adm, 7]", [28, 33]),
    ],
)
def test_without_root_there_is_one_user(tmp_path: Path, keys: str, warned: list[int]) -> None:
    expected = [("warning", column, "not-in-sandbox") for column in warned]
    assert told(tmp_path, keys, (4711, 4712)) == expected


def test_the_sentence_of_another_user_without_root(tmp_path: Path) -> None:
    document = loaded(tmp_path, {"c.yaml": "services: {s: {user: daemon}}\n"})
    (found,) = user_problems(document, (4711, 4712))
    assert found.message == (
        "`user: daemon` has no effect without root: the processes of s run as you"
    )
    assert found.help == "run conlink-compose as root to have it run as another"


def test_groups_are_those_the_user_is_in_where_none_is_named() -> None:
    me = pwd.getpwuid(os.getuid()).pw_name
    assert set(identify(User(me)).groups) == set(os.getgrouplist(me, identify(User(me)).gid))
    assert identify(User(f"{me}:daemon")).groups == ()
