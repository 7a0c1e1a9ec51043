"""What Compose is given, told by a program that stands in its place; no engine is asked."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = "services: {a: {image: busybox}}\n"
GOOD = "services: {a: {network_mode: none, x-conlink: {links: [{bridge: lan}]}}}\n"
BAD = GOOD.replace("bridge", "brige")

STAND_IN = """#!/bin/sh
IGNORED=$(grep SigIgn /proc/$$/status) exec {python} {script} "$@"
"""

SCRIPT = """
import json, os, signal, sys, time
told = {"words": sys.argv[1:], "ignored": int(os.environ["IGNORED"].split()[1], 16),
        "terminal": os.isatty(1), "input": "" if os.isatty(0) else sys.stdin.read()}
with open(os.environ["TOLD"], "w") as file:
    json.dump(told, file)
if "wait" in sys.argv:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(41))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(42))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(43))
    print("waiting", flush=True)
    time.sleep(20)
sys.exit(int(os.environ.get("ENDS_WITH", "0")))
"""


class Place:
    """A folder with a compose file, in which command lines are typed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "lab"
        self.folder.mkdir()
        self.state = folder / "state" / "conlink-compose" / "lab" / "network.yaml"
        program = folder / "docker-compose"
        script = folder / "compose.py"
        script.write_text(SCRIPT)
        program.write_text(STAND_IN.format(python=sys.executable, script=script))
        program.chmod(0o755)
        self.told_at = folder / "told"
        self.environment = {
            **{name: value for name, value in os.environ.items() if "COMPOSE" not in name},
            "CONLINK_COMPOSE": str(program),
            "CONLINK_ENGINE": "docker",
            "DOCKER_HOST": "unix:///nowhere/docker.sock",
            "XDG_STATE_HOME": str(folder / "state"),
            "TOLD": str(self.told_at),
        }

    def argv(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "conlink_compose", *words]

    def run(self, *words: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.argv(*words),
            cwd=self.folder,
            env={**self.environment, **more},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def told(self, *words: str, **more: str) -> list[str]:
        """What Compose was given."""
        done = self.run(*words, **more)
        assert done.returncode == 0, done.stderr
        found: list[str] = json.loads(self.told_at.read_text())["words"]
        return found

    def write(self, text: str, name: str = "compose.yaml") -> None:
        (self.folder / name).write_text(text)

    def add(self) -> None:
        """As after an `up`."""
        self.state.parent.mkdir(parents=True)
        self.state.write_text("services: {}\n")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.write(GOOD)
    return made


@pytest.mark.parametrize(
    "line",
    [
        "up -d --build a",
        "-f compose.yaml -p x --ansi never up",
        "--profile p ps -a",
        "down -v --remove-orphans",
    ],
)
def test_a_file_without_x_conlink_is_passed_through_untouched(place: Place, line: str) -> None:
    place.write(WITHOUT)
    words = [{"-f": "--file", "-p": "--project-name"}.get(word, word) for word in line.split()]
    assert place.told(*line.split()) == words


def test_what_compose_refuses_is_compose_s_to_refuse(place: Place) -> None:
    place.write("services: [a")
    assert place.told("up") == ["up"]
    (place.folder / "compose.yaml").unlink()
    assert place.told("ps") == ["ps"]


@pytest.mark.parametrize("line", ["version", "ls -a", "help up", "config -q", "pull", "push a"])
def test_what_needs_nothing_of_ours_is_passed_as_it_is(place: Place, line: str) -> None:
    place.add()
    place.write(BAD)
    assert place.told(*line.split()) == line.split()


@pytest.mark.parametrize("line", ["up --help", "run --help", "down -h", "ps --help"])
def test_help_of_a_verb_is_compose_s_and_reads_no_file(place: Place, line: str) -> None:
    (place.folder / "compose.yaml").unlink()
    assert place.told(*line.split()) == line.split()


@pytest.mark.parametrize(
    "line",
    ["ps", "logs -f a", "exec -T a sh -c ls", "stop", "kill -s HUP a", "rm -sf", "cp a:/x ."],
)
def test_other_verbs_get_our_file_and_no_mistake_stops_them(place: Place, line: str) -> None:
    place.add()
    place.write(BAD)
    files = ["--file", "compose.yaml", "--file", str(place.state), "--project-name", "lab"]
    assert place.told("--ansi", "never", *line.split()) == [
        *("--ansi", "never"),
        *files,
        *line.split(),
    ]


def test_before_any_up_there_is_no_file_of_ours(place: Place) -> None:
    assert place.told("ps") == ["--file", "compose.yaml", "--project-name", "lab", "ps"]


def test_the_environment_means_what_it_means_in_compose(place: Place) -> None:
    place.write(GOOD.replace("a:", "b:"), "b.yaml")
    told = place.told("ps", COMPOSE_FILE="compose.yaml:b.yaml", COMPOSE_PROJECT_NAME="other")
    files = ["--file", "compose.yaml", "--file", "b.yaml"]
    assert told == [*files, "--project-name", "other", "ps"]
    place.write("COMPOSE_FILE=b.yaml\nCOMPOSE_PROJECT_NAME=named\n", ".env")
    assert place.told("ps") == ["--file", "b.yaml", "--project-name", "named", "ps"]
    assert place.told("-p", "mine", "ps")[2:] == ["--project-name", "mine", "ps"]


def test_options_that_we_read_are_said_again(place: Place) -> None:
    place.write("", "some.env")
    line = "--env-file some.env --profile x --project-directory . -f compose.yaml ps"
    assert place.told(*line.split()) == [
        *("--env-file", "some.env", "--profile", "x", "--project-directory", "."),
        *("--file", "compose.yaml", "--project-name", "lab", "ps"),
    ]


@pytest.mark.parametrize(
    "verb", ["up", "create", "run a", "start", "restart", "scale a=1", "watch"]
)
def test_a_mistake_stops_what_starts_containers(place: Place, verb: str) -> None:
    place.write(BAD)
    done = place.run(*verb.split())
    assert done.returncode == 1
    assert 'error[unknown-key]: "brige"' in done.stderr
    assert "^^^^^" in done.stderr
    assert not place.told_at.exists()


@pytest.mark.parametrize("line", ["up -d", "up", "run a true"])
def test_an_engine_that_is_away_is_one_sentence_and_3(place: Place, line: str) -> None:
    done = place.run(*line.split())
    assert done.returncode == 3
    assert done.stderr.startswith("error: the Docker Engine at unix:///nowhere/docker.sock does")
    assert done.stderr.count("\n") == 1
    assert not place.told_at.exists()


def test_no_compose_program_is_one_sentence_and_3(place: Place) -> None:
    done = place.run("ps", CONLINK_COMPOSE="/nowhere/compose")
    assert done.returncode == 3
    assert done.stderr == "error: cannot start /nowhere/compose: No such file or directory\n"


def test_an_engine_there_is_not_is_wrong_usage(place: Place) -> None:
    done = place.run("--engine", "rkt", "up")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_standard_input_is_handed_on(place: Place) -> None:
    place.run("-f", "-", "ps", stdin=WITHOUT)
    told = json.loads(place.told_at.read_text())
    assert (told["words"], told["input"]) == (["--file", "-", "ps"], WITHOUT)
    place.run("-f", "-", "config", stdin=GOOD)
    assert json.loads(place.told_at.read_text())["input"] == GOOD


def test_beside_our_file_the_standard_input_becomes_a_file(place: Place) -> None:
    place.add()
    place.run("-f", "-", "ps", stdin=GOOD)
    kept = place.state.with_name("standard-input.yaml")
    assert kept.read_text() == GOOD
    assert json.loads(place.told_at.read_text())["words"] == [
        *("--project-directory", str(place.folder)),
        *("--file", str(kept), "--file", str(place.state), "--project-name", "lab", "ps"),
    ]


@pytest.mark.parametrize("status", [0, 1, 14, 255])
def test_the_exit_status_is_compose_s(place: Place, status: int) -> None:
    assert place.run("ps", ENDS_WITH=str(status)).returncode == status


def test_no_signal_is_ignored_that_compose_does_not_ignore(place: Place) -> None:
    place.run("ps")
    ignored = json.loads(place.told_at.read_text())["ignored"]
    assert not ignored & (1 << signal.SIGPIPE - 1)


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 41), (signal.SIGINT, 42), (signal.SIGHUP, 43)]
)
def test_signals_reach_compose_behind_a_terminal(
    place: Place, number: signal.Signals, status: int
) -> None:
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        place.argv("logs", "wait"),
        cwd=place.folder,
        env=place.environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    assert b"waiting" in os.read(ours, 100)
    assert json.loads(place.told_at.read_text())["terminal"]
    child.send_signal(number)
    assert child.wait(10) == status
    os.close(ours)
