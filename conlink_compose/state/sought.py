"""What few networks have: it is looked for where somebody declared it, and where it was seen."""

from __future__ import annotations

from typing import NamedTuple


class Sought(NamedTuple):
    """`rules` are the labels of the namespaces for which packet rules are declared."""

    rules: frozenset[str] = frozenset()


NOTHING = Sought()
