"""TCA_OPTIONS of a tbf (linux/pkt_sched.h, net/sched/sch_tbf.c)."""

from __future__ import annotations

import struct

from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, number, parse, u32
from conlink_compose.state import Tbf
from conlink_compose.state.tbf import BURST_STEP

_RATE = struct.Struct("=BBHhHI")  # cell_log, linklayer, overhead, cell_align, mpu, rate
_REST = struct.Struct("=III")  # limit, buffer, mtu
_TICK = 64
_SECOND = 10**9
_WHOLE = 2**32 - 1
_NOTHING = memoryview(b"")


def pack(tbf: Tbf) -> bytes:
    """The burst in bytes overrules the one in ticks. Its link layer is named, and so the kernel
    asks for no table of rates."""
    ticks = min(tbf.burst * _SECOND // tbf.rate // _TICK, _WHOLE)
    rate = _RATE.pack(0, uapi.TC_LINKLAYER_ETHERNET, 0, 0, 0, min(tbf.rate, _WHOLE))
    parts = [
        attribute(uapi.TCA_TBF_PARMS, rate + bytes(_RATE.size) + _REST.pack(tbf.limit, ticks, 0)),
        u32(uapi.TCA_TBF_BURST, tbf.burst),
    ]
    if tbf.rate > _WHOLE:
        parts.append(attribute(uapi.TCA_TBF_RATE64, struct.pack("=Q", tbf.rate)))
    return b"".join(parts)


def read(options: memoryview) -> Tbf:
    found = parse(options, 0, len(options))
    parameters = found[uapi.TCA_TBF_PARMS]
    rate = _RATE.unpack_from(parameters)[-1]
    limit, ticks, _ = _REST.unpack_from(parameters, 2 * _RATE.size)
    rate = max(rate, number(found.get(uapi.TCA_TBF_RATE64, _NOTHING)))
    burst = round(ticks * _TICK * rate / _SECOND / BURST_STEP) * BURST_STEP
    return Tbf(rate, burst, limit)
