"""What we pack of qdiscs pyroute2 reads, as far as it knows them; and what we read is what we
packed."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from pyroute2.netlink.rtnl.tcmsg import tcmsg
from pyroute2.netlink.rtnl.tcmsg.sched_netem import get_parameters

from conlink_compose.kernel.rtnl import messages_qdisc, netem_options, tbf_options
from conlink_compose.kernel.rtnl.link_socket import Request
from conlink_compose.linux import uapi
from conlink_compose.reconcile.qdisc import stage_of
from conlink_compose.state import Netem, Operation, Qdisc, Tbf
from conlink_compose.topology import Netem as Declared

SHARE = 42949673  # 1 %
MANY = Netem(
    delay=20_000_000,
    jitter=2_000_000,
    correlation=SHARE,
    loss=2 * SHARE,
    loss_correlation=3 * SHARE,
    duplicate=4 * SHARE,
    duplicate_correlation=5 * SHARE,
    corrupt=6 * SHARE,
    corrupt_correlation=7 * SHARE,
    reorder=8 * SHARE,
    reorder_correlation=9 * SHARE,
    gap=5,
    rate=1_250_000,
    limit=4000,
)


def decoded(request: Request) -> Any:
    header = struct.pack("=IHHII", 16 + len(request.body), request.kind, request.flags, 1, 0)
    message = tcmsg(data=header + request.body)
    message.decode()
    return message


def test_a_root_has_our_handle() -> None:
    request = messages_qdisc.make(7, 0, MANY)
    message = decoded(request)
    assert (message["index"], message["handle"], message["parent"]) == (7, 0x636C0000, 0xFFFFFFFF)
    assert message.get_attr("TCA_KIND") == "netem"
    assert request.flags == uapi.NLM_F_CREATE | uapi.NLM_F_REPLACE


def test_the_next_one_is_its_child() -> None:
    message = decoded(messages_qdisc.make(7, 1, MANY))
    assert (message["handle"], message["parent"]) == (0x636D0000, 0x636C0001)


def test_pyroute2_reads_every_field_it_knows() -> None:
    options = decoded(messages_qdisc.make(7, 0, MANY)).get_attr("TCA_OPTIONS")
    assert [options[name] for name in ("limit", "loss", "gap", "duplicate")] == [
        4000,
        2 * SHARE,
        5,
        4 * SHARE,
    ]
    assert (options["delay"], options["jitter"]) == (20_000_000 // 64, 2_000_000 // 64)
    inside = {
        name: options.get_attr(f"TCA_NETEM_{name}")
        for name in ("CORR", "REORDER", "CORRUPT", "RATE")
    }
    assert dict(inside["CORR"]) == {
        "delay_corr": SHARE,
        "loss_corr": 3 * SHARE,
        "dup_corr": 5 * SHARE,
    }
    assert dict(inside["REORDER"]) == {"prob_reorder": 8 * SHARE, "corr_reorder": 9 * SHARE}
    assert dict(inside["CORRUPT"]) == {"prob_corrupt": 6 * SHARE, "corr_corrupt": 7 * SHARE}
    assert inside["RATE"]["rate"] == 1_250_000


@pytest.mark.parametrize(
    ("declared", "pyroute2s"),
    [
        (Declared(delay=20_000, jitter=3000), {"delay": 20_000, "jitter": 3000}),
        (Declared(loss=1, duplicate=2), {"loss": 1, "duplicate": 2}),
        (Declared(delay=1000, reorder=25), {"delay": 1000, "prob_reorder": 25}),
        (Declared(rate=8_000_000), {"rate": "8mbit"}),
    ],
)
def test_what_is_declared_becomes_what_pyroute2_makes_of_it(
    declared: Declared, pyroute2s: dict[str, object]
) -> None:
    stage = stage_of(declared)
    expected = get_parameters({**pyroute2s, "limit": stage.limit})
    options = decoded(messages_qdisc.make(7, 0, stage)).get_attr("TCA_OPTIONS")
    for name in ("delay", "limit", "loss", "gap", "duplicate", "jitter"):
        # pyroute2 cuts shares off, where tc rounds them.
        assert options[name] == pytest.approx(expected[name], abs=1, rel=0)
    for name, inside in expected["attrs"]:
        assert dict(options.get_attr(name)) == pytest.approx(inside, abs=1)


@pytest.mark.parametrize(
    "netem",
    [
        Netem(),
        MANY,
        Netem(delay=7, jitter=13, distribution="pareto", seed=2**64 - 1),
        Netem(rate=2**33, limit=5),
        Netem(loss_model=("state", (1, 2, 3, 4, 5)), distribution="normal"),
        Netem(loss_model=("gemodel", (1, 2, 3, 4)), distribution="paretonormal"),
    ],
)
def test_what_is_packed_is_read_again(netem: Netem) -> None:
    assert netem_options.read(memoryview(netem_options.pack(netem, again=False))) == netem


@pytest.mark.parametrize("rate", [125, 12_500, 1_250_000, 125_000_000, 2**33])
def test_a_tbf_too(rate: int) -> None:
    tbf = Tbf(rate, max(2048, rate // 250 // 1024 * 1024), 1_500_000)
    assert tbf_options.read(memoryview(tbf_options.pack(tbf))) == tbf


def told(before: tuple[Netem | Tbf, ...], wanted: tuple[Netem | Tbf, ...]) -> list[tuple[int, int]]:
    """(message, place in the row) of what is sent for a change."""
    there, qdisc = Qdisc("a", "eth0", before), Qdisc("a", "eth0", wanted)
    operation = Operation("change", qdisc, "test", before=there)
    requests = messages_qdisc.tell(operation, 7, lookup=None)  # type: ignore[arg-type]
    assert isinstance(requests, tuple)
    messages = [(request.kind, decoded(request)["handle"]) for request in requests]
    return [(kind, (handle >> 16) - messages_qdisc.FIRST) for kind, handle in messages]


def test_a_change_touches_what_differs_alone() -> None:
    one, two, slow = Netem(delay=1), Netem(delay=2), Tbf(125, 2048, 1)
    new, gone = uapi.RTM_NEWQDISC, uapi.RTM_DELQDISC
    assert told((one, one), (one, two)) == [(new, 1)]
    assert told((one,), (one, two)) == [(new, 1)]
    assert told((one, two), (one,)) == [(gone, 1)]
    assert told((one, one, two), (two,)) == [(gone, 1), (new, 0)]
    assert told((slow,), (one, two)) == [(gone, 0), (new, 0), (new, 1)]
    assert told((), (one,)) == [(gone, 0), (new, 0)]
    assert told((one, two), (one, two)) == []


def test_a_change_sends_every_option_again() -> None:
    """What a message does not name the kernel leaves as it was."""
    before = netem_options.pack(Netem(jitter=5, distribution="pareto"), again=True)
    after = netem_options.pack(Netem(jitter=5), again=True)
    assert len(after) == len(before)  # a table that spreads evenly overrules the other
    fresh = netem_options.pack(Netem(jitter=5), again=False)
    assert len(fresh) < 200  # the kernel spreads evenly by itself
