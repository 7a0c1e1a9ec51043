"""`conlink-compose render` of one file, on a machine without Docker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """services:
  a:
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}  # mine
"""
WITHOUT_DOCKER = {**os.environ, "PATH": "/nowhere", "DOCKER_HOST": "unix:///nowhere"}


def run(
    folder: Path, *words: str, stdin: bytes = b"", **more: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "conlink_compose", *words],
        cwd=folder,
        env={**WITHOUT_DOCKER, **more},
        input=stdin,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("text", [GOOD, GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD, GOOD[:-1]])
def test_a_file_and_the_standard_input_keep_each_byte(tmp_path: Path, text: str) -> None:
    data = text.encode()
    (tmp_path / "compose.yaml").write_bytes(data)
    rendered = run(tmp_path, "render")
    assert rendered.stdout.startswith(data)
    assert b"CONLINK_TOPOLOGY_0" in rendered.stdout
    assert run(tmp_path, "-f", "-", "render", stdin=data).stdout == rendered.stdout
    again = run(tmp_path, "-f", "-", "render", stdin=rendered.stdout)
    assert (again.stdout, again.stderr) == (rendered.stdout, b"")


def test_the_difference_is_what_is_added(tmp_path: Path) -> None:
    (tmp_path / "lab.yaml").write_text(GOOD)
    lines = run(tmp_path, "-f", "lab.yaml", "render", "--diff").stdout.decode().splitlines()
    assert lines[:2] == ["--- lab.yaml", "+++ lab.yaml (rendered)"]
    assert not [line for line in lines[2:] if line.startswith("-")]
    assert "+  conlink-hub:" in lines


def test_it_is_written_where_the_user_says(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(GOOD)
    done = run(tmp_path, "render", "-o", "out.yaml")
    assert (done.returncode, done.stdout) == (0, b"")
    assert (tmp_path / "out.yaml").read_bytes() == run(tmp_path, "render").stdout
    assert run(tmp_path, "render", "-o", "no/out.yaml").returncode == 1


def test_the_image_is_the_user_s_where_the_file_names_one(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(GOOD + "x-conlink: {runtime: {image: 'my/net:3'}}\n")
    assert run(tmp_path, "render").stdout.count(b"my/net:3") == 3


def test_a_mistake_ends_with_1_and_no_output(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(GOOD.replace("ip:", "ipp:"))
    done = run(tmp_path, "render", "-o", "out.yaml")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"error[unknown-key]" in done.stderr
    assert not (tmp_path / "out.yaml").exists()


def test_several_files_need_a_compose_program(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text("services: {b: {image: x}}\n")
    done = run(tmp_path, "-f", "a.yaml", "-f", "b.yaml", "render")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"neither `docker compose` nor `docker-compose`" in done.stderr
    both = run(tmp_path, "-f", "a.yaml", "-f", "-", "render", stdin=b"services: {}\n")
    assert both.returncode == 1
    assert b"cannot be rendered together with other files" in both.stderr


def test_options_of_compose_do_not_matter_to_verbs_of_ours(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(GOOD)
    for line in ("--verbose -H unix:///x check", "--compatibility --parallel 3 render"):
        assert run(tmp_path, *line.split()).returncode == 0
