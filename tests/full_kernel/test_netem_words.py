"""Each word of netem as tc sees it; that it stays so, and that it goes."""

from __future__ import annotations

from typing import Any

import pytest

from conlink_compose.state import HUB
from conlink_compose.state.netem import NETEM, SEED
from tests.kernel.declared_lab import bring_up, steps
from tests.kernel.lab import Lab
from tests.kernel.line import Line, arrivals
from tests.kernel.test_tunnels import machine

DELAY = {"delay": 0.02, "jitter": 0, "correlation": 0}
JITTER = {"delay": 0.02, "jitter": 0.002, "correlation": 0}


@pytest.fixture
def line(lab: Lab) -> Line:
    return Line(lab)


def options(line: Line, label: str = "a") -> dict[str, Any]:
    """What tc tells of the only qdisc; numbers that are 0 are left out."""
    (found,) = line.tc(label)
    assert found["kind"] == "netem"
    told: dict[str, Any] = found["options"]
    return {name: value for name, value in told.items() if value not in (0, False)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("delay 20ms", {"delay": DELAY, "limit": 21000}),
        ("delay 20ms 2ms", {"delay": JITTER, "limit": 23000}),
        ("delay 20ms 2ms 25%", {"delay": {**JITTER, "correlation": 0.25}, "limit": 23000}),
        ("delay 20ms 2ms distribution normal", {"delay": JITTER, "limit": 29000}),
        ("loss 0.1%", {"loss-random": {"loss": 0.001, "correlation": 0}, "limit": 1000}),
        ("loss 1% 30%", {"loss-random": {"loss": 0.01, "correlation": 0.3}, "limit": 1000}),
        (
            "loss state 1% 90% 5% 40% 2%",
            {
                "loss-state": {"p13": 0.01, "p31": 0.9, "p32": 0.05, "p23": 0.4, "p14": 0.02},
                "limit": 1000,
            },
        ),
        (
            "loss gemodel 1% 10% 70% 0.1%",
            {"loss-gemodel": {"p": 0.01, "r": 0.1, "1-h": 0.7, "1-k": 0.001}, "limit": 1000},
        ),
        ("duplicate 2% 10%", {"duplicate": {"duplicate": 0.02, "correlation": 0.1}, "limit": 1000}),
        ("corrupt 3% 20%", {"corrupt": {"corrupt": 0.03, "correlation": 0.2}, "limit": 1000}),
        (
            "delay 20ms reorder 25% 50% gap 5",
            {
                "delay": DELAY,
                "reorder": {"reorder": 0.25, "correlation": 0.5},
                "gap": 5,
                "limit": 21000,
            },
        ),
        ("rate 10mbit", {"rate": {"rate": 1_250_000}, "limit": 1000}),
        ("rate 100gbit", {"rate": {"rate": 12_500_000_000}, "limit": 1000}),
        ("delay 10s limit 50", {"delay": {**DELAY, "delay": 10}, "limit": 50}),
    ],
)
def test_tc_sees_each_word_and_a_change_takes_it_away_again(
    line: Line, words: str, expected: dict[str, Any]
) -> None:
    line.shall(words)
    found = options(line)
    for name, value in expected.items():
        if isinstance(value, dict):
            assert {key: found[name][key] for key in value} == pytest.approx(value, rel=1e-4), found
        else:
            assert found[name] == value
    assert found.keys() - {"ecn", "seed"} == expected.keys()
    (done,) = line.shall("limit 7")
    assert done.startswith("change netem a:eth0: ")
    assert options(line).keys() - {"seed"} == {"limit"}


def test_words_that_tc_is_told_are_those_it_would_make(line: Line) -> None:
    """What is left out of a loss model has tc's own values."""
    for words in ("loss gemodel 1%", "loss state 3%", "loss state 1% 50% 20%"):
        line.shall(words)
        ours = options(line)
        line.by_hand("del dev eth0 root")
        line.by_hand(f"add dev eth0 root netem {words} limit 1000")
        assert options(line) == ours
        line.shall()


def test_both_ends_of_a_wire(line: Line) -> None:
    line.shall("delay 20ms", "loss 10%")
    assert options(line)["delay"]["delay"] == 0.02
    assert options(line, "b")["loss-random"]["loss"] == pytest.approx(0.1)


def test_a_second_look_rewrites_nothing(line: Line) -> None:
    """Line.shall() sees to it after each change; so does this of a kernel that forgets nothing."""
    words = "delay 33.333ms 1.7us 33.3% distribution paretonormal loss 0.0001% rate 1234567bit"
    line.shall(words)
    assert line.shall(words) == []


@pytest.mark.parametrize(
    ("by_hand", "verb"),
    [
        ("del dev eth0 root", "add"),
        ("replace dev eth0 root fq_codel", "add"),
        ("replace dev eth0 root handle 9: netem delay 99ms", "add"),
        ("replace dev eth0 root netem delay 99ms", "change"),
        ("replace dev eth0 root handle 1: htb", "add"),
        ("change dev eth0 root handle 636c: netem delay 99ms", "change"),
        ("change dev eth0 root handle 636c: netem delay 20ms ecn loss 1%", "change"),
        ("change dev eth0 root handle 636c: netem delay 20ms slot 1ms 2ms", "change"),
        ("change dev eth0 root handle 636c: netem delay 20ms rate 1mbit 20 10 1", "change"),
        ("change dev eth0 root handle 636c: netem delay 20ms limit 5", "change"),
    ],
)
def test_what_somebody_does_by_hand_is_undone(line: Line, by_hand: str, verb: str) -> None:
    line.shall("delay 20ms")
    before = line.tc()[0]["options"]
    line.by_hand(by_hand)
    assert [one.split()[0] for one in line.shall("delay 20ms")] == [verb]
    assert line.tc()[0]["handle"] == "636c:"
    assert line.tc()[0]["options"] == before


def test_a_child_that_somebody_takes_away_comes_back(line: Line) -> None:
    row = ["delay 10ms", "delay 5ms", "delay 1ms"]
    line.shall(row)
    line.by_hand("del dev eth0 parent 636c:1 handle 636d:")
    assert len(line.tc()) == 1
    line.shall(row)
    assert len(line.tc()) == 3
    line.by_hand("replace dev eth0 parent 636c:1 handle 9: pfifo")
    line.shall(row)
    assert {one["kind"] for one in line.tc()} == {"netem"}


def test_it_goes_with_its_words(line: Line) -> None:
    line.shall("delay 20ms", ["delay 1ms", "delay 2ms"])
    assert sorted(line.shall()) == [
        "remove netem a:eth0: is no longer declared",
        "remove netem b:eth0: is no longer declared",
    ]
    assert [one["kind"] for one in (*line.tc("a"), *line.tc("b"))] == ["noqueue", "noqueue"]


def test_one_on_an_interface_without_netem_is_left_alone(line: Line) -> None:
    line.shall()
    line.by_hand("add dev eth0 root netem delay 5ms")
    assert line.shall() == []
    assert options(line)["delay"]["delay"] == 0.005


def test_taking_one_away_wakes(line: Line) -> None:
    from select import select

    line.shall("delay 20ms")
    line.lab.kernel.drain()
    assert not select([line.lab.kernel], [], [], 0.2)[0]
    line.by_hand("del dev eth0 root")
    assert select([line.lab.kernel], [], [], 5)[0]


def test_two_runs_with_one_seed_lose_the_same_packets(line: Line) -> None:
    """The kernel draws by it anew each time it is told it, also where nothing else is changed."""
    assert not line.lab.kernel.missing_kinds(frozenset((NETEM, SEED)))
    first = fates(line, "loss 30% seed 42")
    assert 50 < first.count(False) < 250
    assert are_alike(first, fates(line, "loss 30% seed 42"))
    assert not are_alike(first, fates(line, "loss 30% seed 43"))
    line.shall("loss 1%")
    assert are_alike(first, fates(line, "loss 30% seed 42", bare=False))
    line.by_hand("replace dev eth0 root pfifo")
    assert are_alike(first, fates(line, "loss 30% seed 42", bare=False))


def fates(line: Line, words: str, *, bare: bool = True) -> list[bool]:
    """Of 500 frames, whether each arrives."""
    if bare:
        line.shall()
    line.shall(words)
    found = {number for _, number in arrivals(line, 500, 60, silence=0.3)}
    return [number in found for number in range(500)]


def are_alike(one: list[bool], other: list[bool]) -> bool:
    """But for a few: for what the node sends by itself before them (IPv6, ARP), netem draws too."""
    return any(one[50 + late : 400 + late] == other[50:400] for late in range(-50, 51))


def test_a_tunnel_has_it_at_its_end_in_the_hub(lab: Lab) -> None:
    words = "type: vxlan, vni: 7, remote: 192.0.2.2"
    wanted = machine("a", 1, f"{words}, netem: delay 5ms loss 1%")
    assert "add     netem (hub):vxlan7 delay 5ms loss 1% limit 6000" in bring_up(lab, wanted)
    assert "netem 636c: root" in lab.run(HUB, *["tc", "qdisc", "show", "dev", "vxlan7"]).stdout
    assert steps(lab, wanted) == ""
    lab.run(HUB, *["tc", "qdisc", "del", "dev", "vxlan7", "root"])
    assert steps(lab, wanted).startswith("add     netem (hub):vxlan7")
    bring_up(lab, wanted)
    assert "remove  netem (hub):vxlan7" in bring_up(lab, machine("a", 1, words))


@pytest.mark.parametrize(
    "kind",
    ["type: dummy", "type: vlan, outer-dev: lan, vlanid: 7", "type: macvlan, outer-dev: lan"],
)
def test_any_link_in_a_node_has_it(lab: Lab, kind: str) -> None:
    wanted = f"""
services: {{}}
x-conlink:
  hosts:
    b: {{links: [{{bridge: lan, ip: 10.0.0.1/24}}]}}
    a: {{links: [{{{kind}, ip: 10.0.0.2/24, netem: delay 5ms}}]}}
"""
    bring_up(lab, wanted)
    assert "delay 5ms" in lab.run("a", *["tc", "qdisc", "show", "dev", "eth0"]).stdout
    assert steps(lab, wanted) == ""
