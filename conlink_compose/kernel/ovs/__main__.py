"""Keeps Open vSwitch running, of the folder that is named, in the network it is started in."""

from __future__ import annotations

import sys

from conlink_compose.kernel.ovs.programs import keep

if __name__ == "__main__":
    sys.exit(keep(sys.argv[1]))
