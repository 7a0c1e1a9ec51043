"""What few networks have: it is looked for where somebody declared it, and where it was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple


class Sought(NamedTuple):
    """`rules` are the labels of the namespaces for which packet rules are declared; `features`
    the names of features by the interface, and this by the label of the namespace; `forwarding`
    the labels of those that are told whether to send packets on; `sysctls` the paths of others, by
    the label."""

    rules: frozenset[str] = frozenset()
    features: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    forwarding: frozenset[str] = frozenset()
    sysctls: Mapping[str, Sequence[str]] = MappingProxyType({})


NOTHING = Sought()
