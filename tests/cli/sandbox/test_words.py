"""Each word means what it means in Compose, and has Compose's options."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from tests.project import Project, eventually

Up = Callable[[str], Project]

TWO = """
  db:
    command: sh -c "trap 'echo term; exit 3' TERM; trap 'echo hup' HUP; while :; do sleep 0.1; done"
    network_mode: none
    restart: always
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
  web:
    command: sleep 1000
    network_mode: none
    depends_on: [db]
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.10/24}]}
  alone:
    command: sleep 1000
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.50/24}]}
"""


def states(lab: Project) -> dict[str, str]:
    return {name: node["state"] for name, node in lab.ps().items()}


def lives(lab: Project) -> dict[str, str]:
    """The first process of each node that runs."""
    rows = [line.split() for line in lab.run("top").stdout.splitlines()[1:]]
    return {row[0]: row[2] for row in reversed(rows)}


def test_stop_ends_a_node_whatever_its_policy_and_start_begins_it_wired(up: Up) -> None:
    lab = up(TWO)
    before = lives(lab)
    assert lab.run("stop", "db").stderr == "stopped db-1\n"
    assert lab.ps()["db-1"]["exit_code"] == 3
    time.sleep(0.5)
    assert states(lab) == {"db-1": "exited", "web-1": "running", "alone-1": "running"}
    assert lab.run("start", "db").stderr == "started db-1\n"
    assert lab.addresses("db-1", "eth0") == {"10.0.0.1/24"}
    assert {**lives(lab), "db-1": ""} == {**before, "db-1": ""}


def test_stop_alone_stops_all_and_up_starts_all(up: Up) -> None:
    lab = up(TWO)
    lab.run("stop", "-t", "0")
    assert set(states(lab).values()) == {"exited"}
    assert lab.run("plan").stdout.count("start ") == 3
    lab.run("up", "-d")
    assert set(states(lab).values()) == {"running"}


def test_dependents_are_stopped_first(up: Up) -> None:
    slow = "sh -c \"trap 'sleep 0.3; echo web ends; exit' TERM; while :; do sleep 0.05; done\""
    lab = up(TWO.replace("sleep 1000", slow, 1))
    lab.run("stop")
    said = [line.split("|")[1].strip() for line in lab.run("logs").stdout.splitlines()]
    assert said == ["web ends", "term"]


def test_kill_ends_a_node_for_good_and_another_signal_does_not(up: Up) -> None:
    lab = up(TWO)
    lab.run("kill", "-s", "SIGHUP", "db")
    eventually(lambda: "hup" in lab.run("logs", "db").stdout)
    assert states(lab)["db-1"] == "running"
    assert lab.run("kill", "db").stderr == "killed db-1 with SIGKILL\n"
    eventually(lambda: states(lab)["db-1"] == "exited")
    time.sleep(0.5)
    assert lab.ps()["db-1"]["exit_code"] == 137
    refused = lab.run("kill", "db", check=False)
    assert (refused.returncode, refused.stderr) == (1, "error: nothing runs in db-1\n")
    refused = lab.run("kill", "-s", "SIGFOO", check=False)
    assert (refused.returncode, "this is `SIGFOO`" in refused.stderr) == (2, True)


def test_restart_takes_a_timeout(up: Up) -> None:
    deaf = "sh -c \"trap '' TERM; while :; do sleep 0.05; done\"\n    stop_grace_period: 90s"
    lab = up(TWO.replace("sleep 1000", deaf, 1))
    before, began = lives(lab), time.monotonic()
    lab.run("restart", "-t", "0", "web")
    assert time.monotonic() - began < 80
    assert lives(lab)["web-1"] != before["web-1"]


def test_scale_touches_one_service_and_up_goes_back_to_the_file(up: Up) -> None:
    lab = up(TWO)
    lab.run("stop", "alone")
    before = lives(lab)
    lab.run("scale", "web=3")
    assert states(lab)["web-3"] == "running"
    assert states(lab)["alone-1"] == "exited"
    assert lab.addresses("web-3", "eth0") == {"10.0.0.12/24"}
    assert before.items() <= lives(lab).items()
    lab.run("up", "-d", "--scale", "web=2")
    assert [name for name in states(lab) if name.startswith("web")] == ["web-1", "web-2"]
    lab.run("up", "-d")
    assert list(states(lab)) == ["db-1", "web-1", "alone-1"]
    assert before.items() <= lives(lab).items()


def test_up_of_some_services_is_them_and_what_they_depend_on(up: Up) -> None:
    lab = up(TWO)
    lab.run("down", "-t", "0")
    lab.run("up", "-d", "web")
    assert states(lab) == {"db-1": "running", "web-1": "running"}
    lab.run("up", "-d", "--no-deps", "alone")
    lab.run("scale", "alone=2")
    before = lives(lab)
    lab.run("stop", "db")
    lab.write(f"services:\n{TWO.replace('10.0.0.10/24', '10.0.0.20/24')}")
    lab.run("up", "-d", "--no-deps", "web")
    assert states(lab)["db-1"] == "exited"
    assert lab.addresses("web-1", "eth0") == {"10.0.0.20/24"}
    assert lab.addresses("alone-2", "eth0") == {"10.0.0.51/24"}
    assert lives(lab).items() <= before.items()


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("up", "-d", "wbe"), 3, "there is no service wbe; did you mean web?"),
        (("scale", "wbe=2"), 3, "there is no service wbe; did you mean web?"),
        (("scale", "web"), 2, "scale takes SERVICE=NUMBER; this is `web`"),
        (("up", "--scale", "web=x"), 2, "--scale takes SERVICE=NUMBER; this is `web=x`"),
        (("logs", "--since", "yesterday"), 2, "--since takes a time, or how long ago"),
        (("stop", "wbe"), 3, "there is no node wbe; did you mean web"),
    ],
)
def test_a_wrong_word_is_a_sentence_and_touches_nothing(
    up: Up, words: tuple[str, ...], status: int, sentence: str
) -> None:
    lab = up(TWO)
    before = lives(lab)
    done = lab.run(*words, check=False)
    assert done.returncode == status
    assert f"error: {sentence}" in done.stderr
    assert done.stderr.count("\n") == 1
    assert lives(lab) == before


def test_ps_names_what_runs_and_with_a_the_rest(up: Up) -> None:
    lab = up(TWO)
    lab.run("stop", "web")
    assert lab.run("ps", "-q").stdout.split() == ["db-1", "alone-1"]
    assert lab.run("ps", "-aq").stdout.split() == ["db-1", "web-1", "alone-1"]
    assert lab.run("ps", "-q", "web").stdout == ""
    assert lab.run("ps", "--services").stdout.split() == ["db", "alone"]


def test_ls_shows_the_users_projects(up: Up) -> None:
    lab = up(TWO)
    lab.run("stop", "web")
    (line,) = [x for x in lab.run("ls").stdout.splitlines() if lab.name in x]
    assert line.split(maxsplit=1)[1] == "exited(1), running(2)"
    told = json.loads(lab.run("ls", "--format", "json").stdout)
    assert {"Name": lab.name, "Status": "exited(1), running(2)"} in told
    lab.run("stop", "-t", "0")
    assert lab.name not in lab.run("ls", "-q").stdout.split()
    assert lab.name in lab.run("ls", "-aq").stdout.split()


def test_top_shows_the_processes_of_a_node_alone(up: Up) -> None:
    lab = up(TWO)
    lab.run("exec", "-d", "web", "sleep", "77")
    lines = lab.run("top", "web").stdout.splitlines()
    assert lines[0].split() == ["NODE", "UID", "PID", "PPID", "TIME", "CMD"]
    assert [line.split(maxsplit=5)[5] for line in lines[1:]] == ["sleep 1000", "sleep 77"]
    assert {line.split()[0] for line in lines[1:]} == {"web-1"}


def test_logs_of_a_stretch_of_time(up: Up) -> None:
    lab = up(TWO)
    lab.run("kill", "-s", "HUP", "db")
    eventually(lambda: "hup" in lab.run("logs", "db").stdout)
    (line,) = lab.run("logs", "-t", "--no-log-prefix", "db").stdout.splitlines()
    moment = line.split()[0]
    for words, shown in [
        (("--since", "1h"), True),
        (("--since", "0"), False),
        (("--since", moment), True),
        (("--until", "1h"), False),
        (("--until", "2100-01-01"), True),
        (("--since", "2100-01-01T00:00:00+02:00"), False),
        (("--since", "1000000000"), True),
    ]:
        assert bool(lab.run("logs", *words, "db").stdout) == shown, words
