import os
import subprocess
import sys
from pathlib import Path

import pytest

from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox.client.down import down
from conlink_compose.engines.sandbox.client.reach import answers
from conlink_compose.engines.sandbox.folder import (
    connect,
    list_projects,
    make_state_folder,
    state_folder,
    take_lock,
)

PROGRAM = """
from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox.client.down import down
from conlink_compose.engines.sandbox.client.start import start
try:
    start("forbidden", [])
except SandboxError as error:
    print(error)
finally:
    down("forbidden")
"""
AS_ROOT = ["setpriv", "--bounding-set=-sys_admin"]
# The second user namespace uses up what the first one grants, so that a third is refused.
LIMIT = 'echo 1 >/proc/sys/user/max_user_namespaces; exec "$@"'
AS_USER = ["unshare", "-Ur", "sh", "-c", LIMIT, "sh"]
IN_ANOTHER = ["unshare", "-U", "--map-user=1000"]


def test_where_namespaces_are_forbidden_a_sentence_says_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        command = [*AS_ROOT, sys.executable, "-c", PROGRAM]
        expected = "the kernel forbids namespaces here (Operation not permitted)"
    else:
        command = [*AS_USER, *IN_ANOTHER, sys.executable, "-c", PROGRAM]
        expected = "this machine forbids user namespaces (No space left on device)"
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    said = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert expected in said.stdout, said.stderr
    assert said.stderr == ""


@pytest.mark.parametrize("name", ["", "..", "a/b", "Up", "a b", "-a"])
def test_a_name_that_compose_would_refuse_is_refused(name: str) -> None:
    with pytest.raises(SandboxError, match="is no project name"):
        state_folder(name)


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)  # as if another had made it
    monkeypatch.setattr("conlink_compose.engines.sandbox.folder._root", lambda: tmp_path)
    with pytest.raises(SandboxError, match="is not a folder of yours"):
        make_state_folder("lab")


@pytest.mark.parametrize("planted", ["root", "project"])
def test_what_another_user_planted_is_neither_followed_nor_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    (tmp_path / "home/lab").mkdir(parents=True)
    (tmp_path / "home/lab/thesis").write_text("years of work")
    root = tmp_path / "root"
    if planted == "root":
        root.symlink_to(tmp_path / "home")
    else:
        root.mkdir(0o700)
        (root / "lab").symlink_to(tmp_path / "home/lab")
    monkeypatch.setattr("conlink_compose.engines.sandbox.folder._root", lambda: root)
    for act in (connect, answers, take_lock):
        with pytest.raises(SandboxError, match="is not a folder of yours"):
            act(root / "lab")
    for of_project in (state_folder, make_state_folder, down):
        with pytest.raises(SandboxError, match="is not a folder of yours"):
            of_project("lab")
    if planted == "root":
        with pytest.raises(SandboxError, match="is not a folder of yours"):
            list_projects()
    else:
        assert list_projects() == []
    assert [path.name for path in (tmp_path / "home/lab").iterdir()] == ["thesis"]


def test_a_lock_that_is_a_link_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conlink_compose.engines.sandbox.folder._root", lambda: tmp_path)
    folder = make_state_folder("lab")
    (folder / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        take_lock(folder)
    assert not (tmp_path / "elsewhere").exists()
