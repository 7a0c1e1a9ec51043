"""`link` and `reset`: what is asked of an interface that runs, over what the file says."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.project import Project, eventually, project
from tests.runtime.test_put_back import ROUTED, pings_all

pytestmark = pytest.mark.namespaces


def interface(lab: Project, node: str, dev: str) -> dict[str, Any]:
    (found,) = [one for one in lab.ps()[node]["interfaces"] if one["name"] == dev]
    return dict(found)


def carrier(lab: Project, node: str, dev: str) -> bool:
    return "LOWER_UP" in lab.ip(node, "link", "show", "dev", dev)[0]["flags"]


def test_a_plug_that_is_pulled_stays_so_until_it_is_put_in(tmp_path: Path) -> None:
    with project(tmp_path, ROUTED) as lab:
        lab.up()
        assert lab.run("link", "r1:wan", "down").stderr == "r1:wan is down\n"
        assert not carrier(lab, "r1", "wan")
        assert not carrier(lab, "r2", "eth0")
        assert interface(lab, "r1-1", "wan")["state"] == "down"
        assert "down (by hand)" in lab.run("ps").stdout
        assert "up no -> yes" in lab.plan(), "which is what `up` would do"
        killed = lab.runtime()
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: lab.runtime() not in (0, killed))
        lab.inside("r1", "ip", "link", "set", "wan", "mtu", "1400")
        eventually(lambda: lab.ip("r1", "link", "show", "dev", "wan")[0]["mtu"] == 1500)
        assert not carrier(lab, "r1", "wan"), "the next runtime keeps it so"
        lab.run("link", "r1-1:wan", "up")
        assert pings_all(lab)


@pytest.mark.parametrize("back", [("reset",), ("reset", "r2:eth0"), ("up", "-d")])
def test_what_the_file_says_comes_back(tmp_path: Path, back: tuple[str, ...]) -> None:
    with project(tmp_path, ROUTED) as lab:
        lab.up()
        lab.run("link", "r2:eth0", "down")
        assert not carrier(lab, "r1", "wan")
        lab.run(*back)
        assert pings_all(lab)
        assert not interface(lab, "r2-1", "eth0")["overridden"]
        assert not lab.ip("r2", "link", "show", "dev", "eth0")[0].get("ifalias")
        assert "nothing to do" in lab.plan()


@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        (("link", "r1:wna", "down"), "r1-1 has no link wna; it has wan, lan0", 3),
        (("link", "r9:wan", "down"), "there is no node r9; there are n, n-1, r1", 3),
        (("link", "wan", "down"), "this takes NODE:DEV, as in r1:eth0; this is `wan`", 2),
        (("reset", "r1:wna"), "r1-1 has no link wna", 3),
    ],
)
def test_what_is_not_there(tmp_path: Path, words: tuple[str, ...], said: str, status: int) -> None:
    with project(tmp_path, ROUTED) as lab:
        lab.up()
        before = json.dumps(lab.ps())
        refused = lab.run(*words, check=False)
        assert (refused.returncode, said in refused.stderr) == (status, True), refused.stderr
        assert json.dumps(lab.ps()) == before


def test_a_link_that_the_file_has_down_can_be_put_up(tmp_path: Path) -> None:
    text = ROUTED.replace("{dev: wan, ip:", "{dev: wan, up: false, ip:")
    with project(tmp_path, text) as lab:
        lab.up()
        lab.run("link", "r1:wan", "up")
        assert carrier(lab, "r2", "eth0")
        lab.run("reset")
        eventually(lambda: not carrier(lab, "r2", "eth0"))


def qdisc(lab: Project, node: str, dev: str) -> str:
    return lab.inside(node, "tc", "qdisc", "show", "dev", dev).strip()


def test_a_link_is_impaired_by_hand(tmp_path: Path) -> None:
    """By a rate alone, which every kernel can: one without netem by a tbf."""
    with project(tmp_path, ROUTED) as lab:
        lab.up()
        before = qdisc(lab, "r1", "wan")
        assert lab.run("netem", "r1:wan", "rate", "2mbit").stderr == "r1:wan has netem rate 2mbit\n"
        assert "2Mbit" in qdisc(lab, "r1", "wan")
        assert interface(lab, "r1-1", "wan")["overridden"]
        lab.run("netem", "r1:wan", "rate", "3mbit")
        lab.run("link", "r1:wan", "down")
        assert "3Mbit" in qdisc(lab, "r1", "wan"), "one wish beside the other"
        lab.run("netem", "r1:wan", "off")
        assert "Mbit" not in qdisc(lab, "r1", "wan")
        assert not carrier(lab, "r1", "wan")
        lab.run("netem", "r1:wan", "rate", "2mbit")
        lab.run("reset", "r1:wan")
        assert qdisc(lab, "r1", "wan") == before
        assert pings_all(lab)


def test_words_that_are_none_are_shown_where_they_stand(tmp_path: Path) -> None:
    with project(tmp_path, ROUTED) as lab:
        lab.up()
        refused = lab.run("netem", "r1:wan", "delay", "20ms", "losss", "1%", check=False)
        assert refused.returncode == 2
        assert '"losss" is not a word of netem' in refused.stderr
        assert 'did you mean "loss"?' in refused.stderr
        assert "^^^^^" in refused.stderr
