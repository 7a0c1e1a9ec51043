"""Features of a network device by ioctl(2): SIOCETHTOOL of linux/sockios.h, linux/ethtool.h.

Any socket does, of whatever family; the device is looked for in the socket's own network.
"""

from __future__ import annotations

import ctypes
import fcntl
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

_SIOCETHTOOL = 0x8946
_GSSET_INFO, _GSTRINGS, _GFEATURES, _SFEATURES = 0x37, 0x1B, 0x3A, 0x3B
_SS_FEATURES = 4
_NAME = 32  # ETH_GSTRING_LEN


class Socket(Protocol):
    def fileno(self) -> int: ...


class Feature(NamedTuple):
    """`changeable`: whether a user may ask for it or against it. `asked`: what was asked last;
    `active`: what came of it, since one feature needs another."""

    changeable: bool
    asked: bool
    active: bool


_names: list[str] = []


def feature_names(asked: Socket, device: str) -> Sequence[str]:
    """The names of all features there are, as the kernel numbers them: the same of every device,
    so it is asked once. Raises OSError."""
    if not _names:
        _names.extend(_asked_names(asked, device))
    return _names


def _asked_names(asked: Socket, device: str) -> Iterator[str]:
    info = bytearray(struct.pack("=IIQI", _GSSET_INFO, 0, 1 << _SS_FEATURES, 0))
    _ioctl(asked, device, info)
    (count,) = struct.unpack_from("=I", info, 16)
    strings = bytearray(struct.pack("=III", _GSTRINGS, _SS_FEATURES, count)) + bytes(count * _NAME)
    _ioctl(asked, device, strings)
    for at in range(count):
        yield strings[12 + at * _NAME : 12 + (at + 1) * _NAME].split(b"\0")[0].decode()


def features(asked: Socket, device: str) -> dict[str, Feature]:
    """Raises OSError: ENODEV where there is no such device."""
    names = feature_names(asked, device)
    blocks = (len(names) + 31) // 32
    request = bytearray(struct.pack("=II", _GFEATURES, blocks)) + bytes(blocks * 16)
    _ioctl(asked, device, request)
    found: dict[str, Feature] = {}
    for at, name in enumerate(names):
        words = struct.unpack_from("=IIII", request, 8 + at // 32 * 16)
        bits = [bool(word >> at % 32 & 1) for word in words]
        if name:
            found[name] = Feature(changeable=bits[0], asked=bits[1], active=bits[2])
    return found


def ask_for(asked: Socket, device: str, wanted: Mapping[str, bool]) -> None:
    """Features that are changeable, by name. Raises OSError: EPERM without CAP_NET_ADMIN."""
    names = feature_names(asked, device)
    blocks = (len(names) + 31) // 32
    words = [0] * blocks * 2
    for at, name in enumerate(names):
        if name in wanted:
            words[at // 32 * 2] |= 1 << at % 32
            words[at // 32 * 2 + 1] |= wanted[name] << at % 32
    request = struct.pack("=II", _SFEATURES, blocks) + struct.pack(f"={len(words)}I", *words)
    _ioctl(asked, device, bytearray(request))


def _ioctl(asked: Socket, device: str, request: bytearray) -> None:
    held = (ctypes.c_char * len(request)).from_buffer(request)
    fcntl.ioctl(
        asked.fileno(),
        _SIOCETHTOOL,
        struct.pack("16sP16x", device.encode(), ctypes.addressof(held)),
    )
