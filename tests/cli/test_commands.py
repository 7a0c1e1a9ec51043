"""What a user sees of the commands that touch nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.project import Project

GOOD = "services: {a: {network_mode: none, x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}}}\n"
OF_SIXTEEN = {**os.environ, "TERM": "xterm", "COLORTERM": ""}
BAD = GOOD.replace("ip:", "ipp:")


@pytest.fixture
def lab(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write(GOOD)
    return made


def test_a_good_file_is_counted_and_ends_with_0(lab: Project) -> None:
    done = lab.run("check")
    assert done.stdout == f"{lab.name}: 1 node, 1 link, no mistakes\n"
    assert not done.stderr


def test_a_mistake_ends_with_1_on_stderr_and_as_json_on_stdout(lab: Project) -> None:
    lab.write(BAD)
    done = lab.run("check", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert 'compose.yaml:1:70: error[unknown-key]: "ipp"' in done.stderr
    (found,) = json.loads(lab.run("check", "--format", "json", check=False).stdout)
    assert found["code"] == "unknown-key"
    assert found["span"]["column"] == 70


@pytest.mark.parametrize("command", ["plan", "up"])
def test_a_file_with_mistakes_touches_nothing(lab: Project, command: str) -> None:
    lab.write(BAD)
    done = lab.run(command, check=False)
    assert done.returncode == 1
    assert "error[unknown-key]" in done.stderr
    assert not lab.processes()


def test_plan_of_a_project_that_is_not_up_is_all_of_it(lab: Project) -> None:
    lines = lab.plan().splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["add", "node"],
        ["add", "bridge"],
        ["add", "veth"],
        ["add", "address"],
    ]
    assert lab.run("plan", "--exit-code", check=False).returncode == 4
    told = json.loads(lab.run("plan", "--format", "json").stdout)["operations"]
    assert [operation["text"] for operation in told] == lines
    kinds = [operation["object"]["kind"] for operation in told]
    assert kinds == ["node", "bridge", "veth", "address"]
    coloured = lab.run("--ansi", "always", "plan", env=OF_SIXTEEN).stdout
    assert coloured.startswith("\x1b[32madd\x1b[0m     node a-1")


def test_colour_is_for_those_who_want_it(lab: Project) -> None:
    lab.write(BAD)
    assert "\x1b[" not in lab.run("check", check=False).stderr
    coloured = lab.run("--ansi", "always", "check", check=False, env=OF_SIXTEEN).stderr
    assert "\x1b[31merror[unknown-key]:\x1b[0m" in coloured


def test_the_schema_is_printed_whole(lab: Project) -> None:
    schema = json.loads(lab.run("schema").stdout)
    assert schema["$schema"].startswith("http://json-schema.org/draft-07/")


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("ps",), 3, "is not up; start it with `conlink-compose up`"),
        (("exec", "a", "true"), 3, "is not up"),
        (("logs", "--tail", "x"), 2, "--tail takes a number"),
        (("--engine", "rkt", "ps"), 2, "rkt"),
        (("upp",), 2, "upp"),
        (("-f", "nowhere.yaml", "check"), 1, "nowhere.yaml"),
        (("down",), 0, "was not up; nothing to do"),
    ],
)
def test_every_end_has_its_status_and_a_sentence(
    lab: Project, words: tuple[str, ...], status: int, sentence: str
) -> None:
    done = lab.run(*words, check=False)
    assert done.returncode == status
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_help_has_examples_and_the_exit_statuses(lab: Project) -> None:
    text = lab.run("--help").stdout
    assert "Examples:" in text
    assert "130 interrupted" in text
    for command in ("check", "plan", "up", "ps", "exec", "logs", "down", "restart", "schema"):
        assert "Example" in lab.run(command, "--help").stdout


def test_help_imports_nothing_heavy(lab: Project) -> None:
    done = lab.run("--help", env={**os.environ, "PYTHONPROFILEIMPORTTIME": "1"})
    for heavy in ("pyroute2", "jsonschema", "yaml", "docker", "asyncio"):
        assert f" {heavy}\n" not in done.stderr


def test_compose_file_names_the_files(lab: Project) -> None:
    lab.write("x-conlink: {bridges: {lan: {subnet: 10.9.0.0/24}}}\n", "net.yaml")
    files = {"COMPOSE_FILE": "compose.yaml:net.yaml"}
    done = lab.run("check", check=False, env={**os.environ, **files})
    assert "outside" in done.stderr
    assert "net.yaml" in done.stderr or "10.9.0.0/24" in done.stderr


@pytest.mark.parametrize("words", [("up", "--wait-timeout"), ("down", "-t")])
@pytest.mark.parametrize("seconds", ["-5", "nan", "inf", "soon"])
def test_seconds_are_a_number_from_0_on(lab: Project, words: tuple[str, ...], seconds: str) -> None:
    done = lab.run(*words, seconds, check=False)
    assert done.returncode == 2
    assert f"it takes a number of seconds from 0 on; this is '{seconds}'" in done.stderr
    assert not lab.processes()


def test_a_word_of_compose_that_is_not_here_is_told_what_to_use(lab: Project) -> None:
    done = lab.run("run", "a", "true", check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "error: there is no `run` in the sandbox: "
        "`exec NODE COMMAND` runs a program in a node that is up\n"
    )


def test_version_is_told_as_compose_tells_it(lab: Project) -> None:
    number = lab.run("version", "--short").stdout.strip()
    assert lab.run("version").stdout == f"conlink-compose {number}\n"
    assert json.loads(lab.run("version", "-f", "json").stdout) == {"version": number}
