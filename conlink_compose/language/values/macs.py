"""Texts to MAC addresses."""

from __future__ import annotations

import re

from conlink_compose.language.fields import Field
from conlink_compose.language.notes import Notes
from conlink_compose.replicas import mac_of

_MAC = re.compile(r"(?:[0-9a-fA-F]{2}([:-]))(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}\Z")
_SEXAGESIMAL = re.compile(r"[1-9][0-9](?::[0-5][0-9]){5}\Z")
"""What YAML 1.1 (type int) takes for a number to the base of 60."""


def read_mac(notes: Notes, field: Field, replicas: int) -> str | None:
    """The MAC in lower case with colons; None, and an error, where it is none a node may have."""
    if field.refused:
        return None
    text = str(field.value)
    if not _MAC.match(text):
        message = f'mac takes six pairs of hexadecimal digits; "{text}" is not such'
        notes.error("bad-mac", field.at, message, 'as in "02:00:00:00:00:01"')
        return None
    mac = text.lower().replace("-", ":")
    if not _individual(notes, field, mac, replicas):
        return None
    if _SEXAGESIMAL.match(text) and not _quoted(notes, field):
        message = "YAML 1.1 reads this MAC address as a number, and other tools may"
        notes.warning("mac-unquoted", field.at, message, f'put it in quotes: "{text}"')
    return mac


def _individual(notes: Notes, field: Field, mac: str, replicas: int) -> bool:
    """Whether it is one interface's, for every replica."""
    if mac == "00:00:00:00:00:00":
        notes.error("bad-mac", field.at, "the MAC address of all zeros is nobody's")
        return False
    if int(mac[1], 16) & 1:
        first = f"{int(mac[:2], 16) & 0xFE:02x}{mac[2:]}"
        message = f"{mac} is a multicast address, which no interface may have"
        notes.error("bad-mac", field.at, message, f'as in "{first}"')
        return False
    try:
        last = mac_of(mac, max(1, replicas))
    except ValueError:
        last = ""
    if last[:2] != mac[:2]:
        message = f"{mac} plus {replicas - 1} for replica {replicas} is no MAC address of its kind"
        notes.error("bad-mac", field.at, message, "begin with a smaller one")
        return False
    return True


def _quoted(notes: Notes, field: Field) -> bool:
    line, start = notes.line(field.at), field.at.column - 1
    return any(sign in "\"'" for sign in line[max(0, start - 1) : start + 1])
