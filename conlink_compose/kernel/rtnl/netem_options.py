"""TCA_OPTIONS of a netem: struct tc_netem_qopt, and attributes (linux/pkt_sched.h).

What a change does not name the kernel leaves as it was: so every option is sent each time. The one
that it never tells is the distribution. A note of it stands where it does nothing: in the overhead
of ATM cells, of which there are none while their size is 0 (net/sched/sch_netem.c, packet_time_ns).
"""

from __future__ import annotations

import struct

from conlink_compose.kernel.rtnl.netem_distributions import table
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, nest, number, parse
from conlink_compose.state import Netem
from conlink_compose.state.netem import WHOLE

_HEAD = struct.Struct("=IIIIII")  # latency, limit, loss, gap, duplicate, jitter
_PAIR, _THREE, _FOUR, _FIVE = (struct.Struct(f"={count}I") for count in (2, 3, 4, 5))
_RATE = struct.Struct("=IiIi")  # rate, packet_overhead, cell_size, cell_overhead
_U64 = struct.Struct("=Q")
_TICK = 64
"""Nanoseconds (PSCHED_SHIFT of net/pkt_sched.h): of the times in the head, which those of 64 bits
overrule."""
_NOTES = ("", "normal", "pareto", "paretonormal")
_NO_SLOTS = bytes(40)  # struct tc_netem_slot
_NOTHING = memoryview(b"")


def pack(netem: Netem, again: bool) -> bytes:
    """`again`: it replaces options that may hold another distribution, slots and the like."""
    head = _HEAD.pack(
        min(netem.delay // _TICK, WHOLE),
        netem.limit,
        netem.loss,
        netem.gap,
        netem.duplicate,
        min(netem.jitter // _TICK, WHOLE),
    )
    correlations = (netem.correlation, netem.loss_correlation, netem.duplicate_correlation)
    parts = [
        head,
        attribute(uapi.TCA_NETEM_CORR, _THREE.pack(*correlations)),
        attribute(uapi.TCA_NETEM_REORDER, _PAIR.pack(netem.reorder, netem.reorder_correlation)),
        attribute(uapi.TCA_NETEM_CORRUPT, _PAIR.pack(netem.corrupt, netem.corrupt_correlation)),
        _rate(netem),
        attribute(uapi.TCA_NETEM_LATENCY64, _U64.pack(netem.delay)),
        attribute(uapi.TCA_NETEM_JITTER64, _U64.pack(netem.jitter)),
    ]
    if netem.distribution or (again and netem.jitter):
        # The table is aligned as s16, and may be longer than NLA_F_NESTED leaves room for.
        parts.append(attribute(uapi.TCA_NETEM_DELAY_DIST, table(netem.distribution or "uniform")))
    if netem.loss_model:
        parts.append(_loss_model(*netem.loss_model))
    if netem.seed is not None:
        parts.append(attribute(uapi.TCA_NETEM_PRNG_SEED, _U64.pack(netem.seed)))
    if again:
        parts.append(attribute(uapi.TCA_NETEM_ECN, bytes(4)))
        parts.append(attribute(uapi.TCA_NETEM_SLOT, _NO_SLOTS))
    return b"".join(parts)


def read(options: memoryview) -> Netem:
    latency, limit, loss, gap, duplicate, jitter = _HEAD.unpack_from(options)
    found = parse(options, _HEAD.size, len(options))
    delay_corr, loss_corr, duplicate_corr = _numbers(_THREE, found, uapi.TCA_NETEM_CORR)
    reorder, reorder_corr = _numbers(_PAIR, found, uapi.TCA_NETEM_REORDER)
    corrupt, corrupt_corr = _numbers(_PAIR, found, uapi.TCA_NETEM_CORRUPT)
    rate, overhead, cell_size, note = _numbers(_RATE, found, uapi.TCA_NETEM_RATE)
    rate = max(rate, number(found.get(uapi.TCA_NETEM_RATE64, _NOTHING)))
    seed = found.get(uapi.TCA_NETEM_PRNG_SEED)
    known = 0 <= note < len(_NOTES)
    return Netem(
        delay=_time(found, uapi.TCA_NETEM_LATENCY64, latency),
        jitter=_time(found, uapi.TCA_NETEM_JITTER64, jitter),
        correlation=delay_corr,
        distribution=_NOTES[note] if known else "",
        loss=loss,
        loss_correlation=loss_corr,
        loss_model=_read_loss_model(found.get(uapi.TCA_NETEM_LOSS, _NOTHING)),
        duplicate=duplicate,
        duplicate_correlation=duplicate_corr,
        corrupt=corrupt,
        corrupt_correlation=corrupt_corr,
        reorder=reorder,
        reorder_correlation=reorder_corr,
        gap=gap,
        rate=rate,
        limit=limit,
        seed=None if seed is None else number(seed),
        more=bool(overhead or cell_size or not known or _has(found)),
    )


def _rate(netem: Netem) -> bytes:
    note = _NOTES.index(netem.distribution)
    rate = attribute(uapi.TCA_NETEM_RATE, _RATE.pack(min(netem.rate, WHOLE), 0, 0, note))
    if netem.rate > WHOLE:
        rate += attribute(uapi.TCA_NETEM_RATE64, _U64.pack(netem.rate))
    return rate


def _loss_model(name: str, shares: tuple[int, ...]) -> bytes:
    if name == "state":
        p13, p31, p32, p23, p14 = shares
        model = attribute(uapi.NETEM_LOSS_GI, _FIVE.pack(p13, p31, p32, p14, p23))
    else:
        p, r, lost_in_bad, lost_in_good = shares
        model = attribute(uapi.NETEM_LOSS_GE, _FOUR.pack(p, r, WHOLE - lost_in_bad, lost_in_good))
    return nest(uapi.TCA_NETEM_LOSS, model)


def _read_loss_model(nested: memoryview) -> tuple[str, tuple[int, ...]] | None:
    found = parse(nested, 0, len(nested))
    if uapi.NETEM_LOSS_GI in found:
        p13, p31, p32, p14, p23 = _FIVE.unpack_from(found[uapi.NETEM_LOSS_GI])
        return "state", (p13, p31, p32, p23, p14)
    if uapi.NETEM_LOSS_GE in found:
        p, r, kept_in_bad, lost_in_good = _FOUR.unpack_from(found[uapi.NETEM_LOSS_GE])
        return "gemodel", (p, r, WHOLE - kept_in_bad, lost_in_good)
    return None


def _numbers(form: struct.Struct, found: dict[int, memoryview], kind: int) -> tuple[int, ...]:
    return form.unpack_from(found[kind] if kind in found else bytes(form.size))


def _time(found: dict[int, memoryview], kind: int, ticks: int) -> int:
    return number(found[kind]) if kind in found else ticks * _TICK


def _has(found: dict[int, memoryview]) -> bool:
    return uapi.TCA_NETEM_ECN in found or uapi.TCA_NETEM_SLOT in found
