"""Without netem a rate alone is done by a tbf; so it is wanted here, whatever the kernel has."""

from __future__ import annotations

from dataclasses import replace
from select import select
from typing import Any

import pytest

from conlink_compose.kernel import failure_diagnostic
from conlink_compose.reconcile.status import status
from conlink_compose.state import Qdisc
from conlink_compose.state.netem import NETEM
from tests.kernel.lab import Lab, change
from tests.kernel.line import Line, arrivals

pytestmark = pytest.mark.root


@pytest.fixture
def line(lab: Lab) -> Line:
    return Line(lab, frozenset({NETEM}))


def root(line: Line) -> dict[str, Any]:
    (found,) = line.tc()
    return found


@pytest.mark.parametrize("rate", ["9600bit", "1mbit", "33333333bit", "10gbit", "100gbit"])
def test_tc_sees_it(line: Line, rate: str) -> None:
    line.shall(f"rate {rate}")
    found = root(line)
    assert (found["kind"], found["handle"]) == ("tbf", "636c:")
    bits = int(rate.removesuffix("bit").translate({ord("m"): "000000", ord("g"): "000000000"}))
    assert found["options"]["rate"] == bits // 8
    assert line.shall(f"rate {rate}") == []


def test_it_limits_the_rate(line: Line) -> None:
    line.shall("rate 10mbit")
    found = arrivals(line, 300, 1442)
    assert len(found) == 300
    late = found[100:]  # what the burst let through at once is not counted
    rate = (len(late) - 1) * 1442 * 8 / (late[-1][0] - late[0][0])
    assert rate == pytest.approx(10**7, rel=0.03)


def test_an_edit_is_a_change_in_place(line: Line) -> None:
    line.shall("rate 1mbit")
    assert line.shall("rate 2mbit limit 50") == [
        "change tbf a:eth0: rate 1mbit -> 2mbit, limit 1518000b -> 75900b"
    ]
    assert root(line)["options"]["rate"] == 250_000


@pytest.mark.parametrize(
    ("by_hand", "verb"),
    [
        ("del dev eth0 root", "add"),
        ("replace dev eth0 root pfifo", "add"),
        ("replace dev eth0 root handle 7: tbf rate 9mbit burst 2k latency 1s", "add"),
        ("change dev eth0 root handle 636c: tbf rate 9mbit burst 2k latency 1s", "change"),
    ],
)
def test_what_somebody_does_by_hand_is_undone(line: Line, by_hand: str, verb: str) -> None:
    line.shall("rate 1mbit")
    before = root(line)["options"]
    line.by_hand(by_hand)
    assert [one.split()[0] for one in line.shall("rate 1mbit")] == [verb]
    assert root(line)["options"] == before


def test_taking_it_away_wakes(line: Line) -> None:
    line.shall("rate 1mbit")
    line.lab.kernel.drain()
    line.by_hand("del dev eth0 root")
    assert select([line.lab.kernel], [], [], 5)[0]


def test_it_goes_with_its_words_and_what_is_not_declared_stays(line: Line) -> None:
    line.shall("rate 1mbit", "rate 1mbit")
    assert len(line.shall()) == 2
    assert root(line)["kind"] == "noqueue"
    line.by_hand("add dev eth0 root tbf rate 9mbit burst 2k latency 1s")
    assert line.shall() == []
    assert root(line)["kind"] == "tbf"


def test_status_says_that_it_is_a_tbf(line: Line) -> None:
    line.shall("rate 1mbit")
    near, far = status(line.nodes, line.binding, line.actual)
    assert [one.impaired for node in (near, far) for one in node.interfaces] == [
        "rate 1mbit (tbf)",
        "",
    ]


def test_a_change_of_one_that_went_meanwhile_says_so(line: Line) -> None:
    line.shall("rate 1mbit")
    there = next(one for one in line.actual if isinstance(one, Qdisc))
    wanted = replace(there, stages=(replace(there.stages[0], rate=5),))
    line.by_hand("del dev eth0 root")
    (refused,) = line.lab.kernel.apply((change(there, wanted),))
    assert failure_diagnostic(refused).message.startswith(
        "cannot change tbf on eth0 of a: the kernel has no such qdisc, or what was to be changed is"
    )


def test_it_stands_while_its_interface_is_down(line: Line) -> None:
    line.shall("rate 1mbit")
    line.lab.change("a", "link set eth0 down")
    assert root(line)["kind"] == "tbf"
    done = line.shall("rate 1mbit")
    assert "change veth a:eth0: up no -> yes" in done
    assert not any("tbf" in one for one in done)


def test_it_comes_with_the_next_life_of_a_node(line: Line) -> None:
    line.shall("rate 1mbit", "rate 2mbit")
    line.lab.restart("a")
    assert len(line.shall("rate 1mbit", "rate 2mbit")) > 2
    assert root(line)["options"]["rate"] == 125_000
    assert line.tc("b")[0]["options"]["rate"] == 250_000
