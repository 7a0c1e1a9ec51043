"""For each object of the kernel a network that has it, how that is edited, and what else happens to
it: a row of these tables, and a folder of `plans` by its name.

Of kinds of links the same stands in `tests/links`; here are the interfaces beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.state.case import Case
from tests.state.links import LINKS
from tests.state.ovs import OVS
from tests.state.packet_rules import PACKET_RULES
from tests.state.sysctls import SYSCTLS

PLANS = Path(__file__).parent / "plans"
CASES: Mapping[str, Case] = {**LINKS, **OVS, **PACKET_RULES, **SYSCTLS}
