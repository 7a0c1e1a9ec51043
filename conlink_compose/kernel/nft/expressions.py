"""What a rule is made of, in the kernel's terms. `nft --debug=netlink` shows the same of any rule.

Each expression has a name and attributes. A condition loads something into register 1 and compares
it; where that fails, the rule ends.
"""

from __future__ import annotations

import socket
import struct
import sys
from typing import NamedTuple

from conlink_compose.linux import nf_tables as nft
from conlink_compose.topology import LONGEST_DEV

_DATA = {
    ("cmp", nft.NFTA_CMP_DATA),
    ("immediate", nft.NFTA_IMMEDIATE_DATA),
    ("bitwise", nft.NFTA_BITWISE_MASK),
    ("bitwise", nft.NFTA_BITWISE_XOR),
}
"""The attributes whose value lies in a NFTA_DATA_VALUE of their own."""


class Expression(NamedTuple):
    """`attributes` by number; those of `holds_data` without the attribute around them."""

    name: str
    attributes: dict[int, bytes]

    def is_in(self, seen: Expression) -> bool:
        """Whether `seen` says the same. The kernel may add what is its own default."""
        there = seen.attributes
        return seen.name == self.name and self.attributes.items() <= there.items()


Expressions = tuple[Expression, ...]


def holds_data(name: str, attribute: int) -> bool:
    return (name, attribute) in _DATA


def family_of(address: str) -> int:
    return nft.NFPROTO_IPV6 if ":" in address else nft.NFPROTO_IPV4


def family_is(address: str) -> Expressions:
    """The packet is of the address's family: what stands behind this may look into its header."""
    return _meta(nft.NFT_META_NFPROTO, bytes((family_of(address),)))


def destination_is(address: str) -> Expressions:
    is_ipv6 = ":" in address
    return _header(24 if is_ipv6 else 16, address)


def source_is(address: str) -> Expressions:
    is_ipv6 = ":" in address
    return _header(8 if is_ipv6 else 12, address)


def first_destination_is(address: str) -> Expressions:
    """That of the first packet of the connection, as it was sent."""
    key = nft.NFT_CT_DST_IP6 if ":" in address else nft.NFT_CT_DST_IP
    load = {nft.NFTA_CT_DREG: _u32(nft.NFT_REG_1), nft.NFTA_CT_KEY: _u32(key)}
    load[nft.NFTA_CT_DIRECTION] = b"\0"
    return (Expression("ct", load), _compare(_packed(address)))


def was_redirected() -> Expressions:
    """The connection's destination has been changed: what merely crosses a bridge has not."""
    load = {nft.NFTA_CT_DREG: _u32(nft.NFT_REG_1), nft.NFTA_CT_KEY: _u32(nft.NFT_CT_STATUS)}
    bit = {
        nft.NFTA_BITWISE_SREG: _u32(nft.NFT_REG_1),
        nft.NFTA_BITWISE_DREG: _u32(nft.NFT_REG_1),
        nft.NFTA_BITWISE_LEN: _u32(4),
        nft.NFTA_BITWISE_MASK: _own_u32(nft.IPS_DST_NAT),
        nft.NFTA_BITWISE_XOR: _own_u32(0),
    }
    none_of_them = _compare(_own_u32(0), nft.NFT_CMP_NEQ)
    return (Expression("ct", load), Expression("bitwise", bit), none_of_them)


def leaves_by(interface: str) -> Expressions:
    name = interface.encode().ljust(LONGEST_DEV + 1, b"\0")
    return _meta(nft.NFT_META_OIFNAME, name)


def came_from_outside(mark: int) -> Expressions:
    """By an interface that is none of ours, to an address of this namespace itself."""
    load = {
        nft.NFTA_FIB_DREG: _u32(nft.NFT_REG_1),
        nft.NFTA_FIB_RESULT: _u32(nft.NFT_FIB_RESULT_ADDRTYPE),
        nft.NFTA_FIB_FLAGS: _u32(nft.NFTA_FIB_F_DADDR),
    }
    return (
        *_meta(nft.NFT_META_IIFGROUP, _own_u32(mark), nft.NFT_CMP_NEQ),
        Expression("fib", load),
        _compare(_own_u32(nft.RTN_LOCAL)),
    )


def port_is(protocol: str, port: int) -> Expressions:
    load = _load(nft.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2)
    is_protocol = _meta(nft.NFT_META_L4PROTO, bytes((nft.IPPROTO[protocol],)))
    return (*is_protocol, load, _compare(struct.pack("!H", port)))


def to(address: str, port: int | None = None) -> Expressions:
    """The packet goes there instead."""
    return _translate(nft.NFT_NAT_DNAT, address, port)


def from_(address: str) -> Expressions:
    """The packet comes from there instead."""
    return _translate(nft.NFT_NAT_SNAT, address, None)


def from_here() -> Expressions:
    """The packet comes from the address of the interface it leaves by."""
    return (Expression("masq", {}),)


def _translate(direction: int, address: str, port: int | None) -> Expressions:
    family = family_of(address)
    found = [_immediate(nft.NFT_REG_1, _packed(address))]
    nat = {
        nft.NFTA_NAT_TYPE: _u32(direction),
        nft.NFTA_NAT_FAMILY: _u32(family),
        nft.NFTA_NAT_REG_ADDR_MIN: _u32(nft.NFT_REG_1),
    }
    if port is not None:
        found.append(_immediate(nft.NFT_REG_2, struct.pack("!H", port)))
        nat[nft.NFTA_NAT_REG_PROTO_MIN] = _u32(nft.NFT_REG_2)
    return (*found, Expression("nat", nat))


def _immediate(register: int, value: bytes) -> Expression:
    attributes = {nft.NFTA_IMMEDIATE_DREG: _u32(register), nft.NFTA_IMMEDIATE_DATA: value}
    return Expression("immediate", attributes)


def _meta(key: int, value: bytes, operator: int = nft.NFT_CMP_EQ) -> Expressions:
    load = {nft.NFTA_META_KEY: _u32(key), nft.NFTA_META_DREG: _u32(nft.NFT_REG_1)}
    return (Expression("meta", load), _compare(value, operator))


def _header(offset: int, address: str) -> Expressions:
    value = _packed(address)
    load = _load(nft.NFT_PAYLOAD_NETWORK_HEADER, offset, len(value))
    return (load, _compare(value))


def _load(base: int, offset: int, length: int) -> Expression:
    attributes = {
        nft.NFTA_PAYLOAD_DREG: _u32(nft.NFT_REG_1),
        nft.NFTA_PAYLOAD_BASE: _u32(base),
        nft.NFTA_PAYLOAD_OFFSET: _u32(offset),
        nft.NFTA_PAYLOAD_LEN: _u32(length),
    }
    return Expression("payload", attributes)


def _compare(value: bytes, operator: int = nft.NFT_CMP_EQ) -> Expression:
    attributes = {
        nft.NFTA_CMP_SREG: _u32(nft.NFT_REG_1),
        nft.NFTA_CMP_OP: _u32(operator),
        nft.NFTA_CMP_DATA: value,
    }
    return Expression("cmp", attributes)


def _packed(address: str) -> bytes:
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def _u32(value: int) -> bytes:
    return struct.pack("!I", value)


def _own_u32(value: int) -> bytes:
    """What the kernel itself holds in a register it holds in the machine's byte order."""
    return value.to_bytes(4, sys.byteorder)
