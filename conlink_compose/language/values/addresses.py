"""Texts to addresses, networks and MACs.

Each text of an IP address is parsed once: a parse costs 10 microseconds.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from typing import TypeAlias

from conlink_compose.diagnostics import Span, did_you_mean
from conlink_compose.language.fields import Field, texts
from conlink_compose.language.report import Report
from conlink_compose.replicas import mac_of
from conlink_compose.topology import IpAddress, IpInterface, IpNetwork

AUTO = "auto"
_ALL_NODES = ipaddress.IPv4Address("255.255.255.255")

PlacedAddress: TypeAlias = tuple[IpInterface | None, Span]
"""An address and its place; None stands for one that is still to be chosen."""

_MAC = re.compile(r"(?:[0-9a-fA-F]{2}([:-]))(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}\Z")
_SEXAGESIMAL = re.compile(r"[1-9][0-9](?::[0-5][0-9]){5}\Z")
"""What YAML 1.1 (type int) takes for a number to the base of 60."""


@functools.lru_cache(maxsize=65536)
def interface_of(text: str) -> IpInterface | None:
    """An address with its prefix length; None for any other text, as one with a netmask."""
    address, slash, length = text.partition("/")
    if not slash or not length.isdecimal() or "%" in address:
        return None  # `%eth0` is a scope: the kernel's own, never part of an address it is given
    try:
        return ipaddress.ip_interface(f"{address}/{int(length)}")
    except ValueError:
        return None


@functools.lru_cache(maxsize=65536)
def address_of(text: str) -> IpAddress | None:
    if "%" in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@functools.lru_cache(maxsize=4096)
def network_of(text: str) -> IpNetwork | None:
    """A network without host bits, or a single address."""
    interface = interface_of(text if "/" in text else f"{text}/{128 if ':' in text else 32}")
    return interface.network if interface and interface.ip == interface.network[0] else None


def read_address(report: Report, key: str, text: str, at: Span) -> IpAddress | None:
    """The address; None, and an error, for any other text."""
    address = address_of(text)
    if address is None:
        help_ = "leave the prefix length out" if interface_of(text) else None
        if ":" not in text and any(sign.isalpha() for sign in text):
            help_ = "a name is not looked up: write the address"
        report.error("bad-address", at, f'{key} takes an address; "{text}" is none', help_)
    return address


def read_network(
    report: Report, key: str, text: str, at: Span, words: tuple[str, ...] = ()
) -> IpNetwork | None:
    """The network; None, and an error, for any other text. `words` may stand there as well."""
    network = network_of(text)
    if network is None:
        interface = interface_of(text)
        help_ = f"write {interface.network}" if interface else did_you_mean(text, words)
        why = "has host bits set" if interface else "is none"
        report.error("bad-network", at, f'{key} takes a network; "{text}" {why}', help_)
    return network


def read_interfaces(report: Report, field: Field | None) -> list[PlacedAddress]:
    """The addresses of `ip`; those that are none are left out, told."""
    found: list[PlacedAddress] = []
    for text, at in texts(field) if field else ():
        if text == AUTO:
            found.append((None, at))
            continue
        interface = interface_of(text)
        if interface is None:
            _refuse_interface(report, text, at)
        elif _usable(report, interface, at):
            found.append((interface, at))
    return found


def _refuse_interface(report: Report, text: str, at: Span) -> None:
    takes = "ip takes an address with its prefix length"
    help_ = None
    if address_of(text):
        takes, help_ = f"{takes}, which is missing here", f"as in {text}/{_usual_length(text)}"
        report.error("bad-address", at, takes, help_)
        return
    if re.match(r"[0-9.]+/[0-9]+\.[0-9.]+\Z", text):
        help_ = "write the prefix length as a number, as in 10.0.0.1/24"
    report.error("bad-address", at, f'{takes}, as in 10.0.0.1/24; "{text}" is none', help_)


def _usual_length(text: str) -> int:
    return 64 if ":" in text else 24


def kind_of_nobodys(ip: IpAddress) -> str | None:
    """What an address is that no interface of a node may have, in words; None of any other."""
    if ip.is_multicast:
        return "a multicast address"
    if ip.is_unspecified:
        return "no address"
    if ip.is_loopback:
        return "a loopback address, which only lo may have"
    return "the broadcast address of every network" if ip == _ALL_NODES else None


def _usable(report: Report, interface: IpInterface, at: Span) -> bool:
    """Whether a node may have it: not multicast, nor nothing, nor its network's own numbers."""
    ip, network = interface.ip, interface.network
    kind = kind_of_nobodys(ip)
    if kind:
        report.error("bad-address", at, f"ip takes the address of a node; {ip} is {kind}")
        return False
    if network.prefixlen >= ip.max_prefixlen - 1:
        return True
    if ip == network.network_address:
        report.error("network-address", at, f"{ip} is the address of the network {network} itself")
        return False
    if ip.version == 4 and ip == network.broadcast_address:
        report.error("broadcast-address", at, f"{ip} is the broadcast address of {network}")
        return False
    return True


def read_mac(report: Report, field: Field, replicas: int) -> str | None:
    """The MAC in lower case with colons; None, and an error, where it is none a node may have."""
    if field.refused:
        return None
    text = str(field.value)
    if not _MAC.match(text):
        message = f'mac takes six pairs of hexadecimal digits; "{text}" is not such'
        report.error("bad-mac", field.at, message, 'as in "02:00:00:00:00:01"')
        return None
    mac = text.lower().replace("-", ":")
    if not _individual(report, field, mac, replicas):
        return None
    if _SEXAGESIMAL.match(text) and not _quoted(report, field):
        message = "YAML 1.1 reads this MAC address as a number, and other tools may"
        report.warning("mac-unquoted", field.at, message, f'put it in quotes: "{text}"')
    return mac


def _individual(report: Report, field: Field, mac: str, replicas: int) -> bool:
    """Whether it is one interface's, for every replica."""
    if mac == "00:00:00:00:00:00":
        report.error("bad-mac", field.at, "the MAC address of all zeros is nobody's")
        return False
    if int(mac[1], 16) & 1:
        # Unicast, and locally administered: nobody's but whoever writes it (IEEE 802, clause 8.2).
        first = f"{int(mac[:2], 16) & 0xFC | 2:02x}{mac[2:]}"
        message = f"{mac} is a multicast address, which no interface may have"
        report.error("bad-mac", field.at, message, f'as in "{first}"')
        return False
    try:
        last = mac_of(mac, max(1, replicas))
    except ValueError:
        last = ""
    if last[:2] != mac[:2]:
        message = f"{mac} plus {replicas - 1} for replica {replicas} is no MAC address of its kind"
        report.error("bad-mac", field.at, message, "begin with a smaller one")
        return False
    return True


def _quoted(report: Report, field: Field) -> bool:
    line, start = report.line(field.at), field.at.column - 1
    return any(sign in "\"'" for sign in line[max(0, start - 1) : start + 1])
