"""ethtool words or maps to (feature, value) pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conlink_compose.diagnostics import Span, did_you_mean, near_or_all
from conlink_compose.document.scalars import is_true
from conlink_compose.document.tree import Map, Value
from conlink_compose.language.fields import Field, items
from conlink_compose.language.report import Report, Word

_OFFLOAD = ("--offload", "--features", "-K")
FEATURES = (
    *("rx", "tx", "sg", "tso", "ufo", "gso", "gro", "lro", "rxvlan", "txvlan", "ntuple", "rxhash"),
    *("rx-checksumming", "tx-checksumming", "scatter-gather", "tcp-segmentation-offload"),
    *("generic-segmentation-offload", "generic-receive-offload", "large-receive-offload"),
    *("rx-vlan-offload", "tx-vlan-offload", "ntuple-filters", "receive-hashing"),
)
_OF_KERNEL = (
    *("rx-checksum", "rx-gro", "rx-lro", "rx-hashing", "rx-ntuple-filter", "rx-fcs", "rx-all"),
    *("rx-vlan-filter", "rx-vlan-hw-parse", "rx-vlan-stag-filter", "rx-vlan-stag-hw-parse"),
    *("rx-gro-hw", "rx-gro-list", "rx-udp-gro-forwarding", "rx-udp_tunnel-port-offload"),
    *("tx-checksum-ipv4", "tx-checksum-ipv6", "tx-checksum-ip-generic", "tx-checksum-sctp"),
    *("tx-checksum-fcoe-crc", "tx-scatter-gather", "tx-scatter-gather-fraglist"),
    *("tx-tcp-segmentation", "tx-tcp6-segmentation", "tx-tcp-ecn-segmentation"),
    *("tx-tcp-mangleid-segmentation", "tx-tcp-accecn-segmentation", "tx-udp-segmentation"),
    *("tx-generic-segmentation", "tx-gso-robust", "tx-gso-partial", "tx-gso-list"),
    *("tx-gre-segmentation", "tx-gre-csum-segmentation", "tx-ipxip4-segmentation"),
    *("tx-ipxip6-segmentation", "tx-udp_tnl-segmentation", "tx-udp_tnl-csum-segmentation"),
    *("tx-sctp-segmentation", "tx-esp-segmentation", "tx-fcoe-segmentation"),
    *("tx-tunnel-remcsum-segmentation", "tx-vlan-hw-insert", "tx-vlan-stag-hw-insert"),
    *("tx-nocache-copy", "highdma", "loopback", "vlan-challenged", "l2-fwd-offload"),
    *("hw-tc-offload", "esp-hw-offload", "esp-tx-csum-hw-offload", "macsec-hw-offload"),
    *("tls-hw-tx-offload", "tls-hw-rx-offload", "tls-hw-record"),
)
"""Those of Linux 6.18, as `ethtool -k` lists them."""
_KERNEL_NAME = re.compile(r"(rx|tx|l2|hw|esp|macsec|tls|hsr)(-[a-z0-9_]+)+\Z")
"""A later kernel has more, under such names."""


def read_ethtool(report: Report, field: Field | None) -> tuple[tuple[str, str], ...]:
    """The pairs in the order of the file."""
    if field is None or field.refused:
        return ()
    return tuple(pair for item, at in items(field) for pair in _pairs(report, item, at))


def _pairs(report: Report, item: Value, at: Span) -> Iterator[tuple[str, str]]:
    if isinstance(item, Map):
        for feature, value in item.items():
            if _is_feature(report, feature, item.keys_at[feature]):
                yield feature, "on" if is_true(value) else "off"
    elif isinstance(item, str):
        yield from _pairs_of_words(report, item, at)


def _pairs_of_words(report: Report, words: str, at: Span) -> Iterator[tuple[str, str]]:
    option, *rest = report.words(at, words) or [Word("", at)]
    if option.text not in _OFFLOAD:
        message = f'ethtool words begin with --offload (or -K); this is "{words}"'
        report.error("bad-ethtool", option.at, message, 'as in "--offload tx off"')
        return
    if not rest or len(rest) % 2:
        message = f"{option.text} takes pairs of a feature and on or off"
        report.error("bad-ethtool", at, message, _without_device([word.text for word in rest]))
        return
    for feature, value in zip(rest[::2], rest[1::2], strict=True):
        if value.text not in ("on", "off"):
            message = f'{feature.text} is on or off, not "{value.text}"'
            report.error("bad-ethtool", value.at, message)
        elif _is_feature(report, feature.text, feature.at):
            yield feature.text, value.text


def _without_device(words: list[str]) -> str:
    """What to write instead of these, which are no pairs; ethtool itself has the device first."""
    if words[2::2] and {*words[2::2]} <= {"on", "off"}:
        return f"leave {words[0]} out: it is the link's own dev that is meant"
    return 'as in "--offload tx off"'


def _is_feature(report: Report, feature: str, at: Span) -> bool:
    known = (*FEATURES, *_OF_KERNEL)
    near = did_you_mean(feature, known)
    if feature in known or (_KERNEL_NAME.match(feature) and not near):
        return True
    help_ = near or near_or_all(feature, FEATURES, "the features are")
    report.error("bad-ethtool", at, f'there is no feature "{feature}"', help_)
    return False
