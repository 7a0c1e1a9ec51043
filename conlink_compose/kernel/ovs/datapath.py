"""What passes the frames of Open vSwitch: the kernel's module, or a program by way of a tap."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from conlink_compose.kernel.rtnl.link_socket import LinkSocket, Refusal, Request
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import text

_GET_FAMILY = bytes((uapi.CTRL_CMD_GETFAMILY, 1, 0, 0))  # struct genlmsghdr, version 1
_FAMILY = "ovs_datapath"
_TUN = "/dev/net/tun"
_MODULE = Path("/sys/module/openvswitch")


def is_loaded() -> bool:
    """Whether the kernel's module is there already; it is not loaded by the question."""
    return _MODULE.is_dir()


def has_kernel_datapath() -> bool:
    """Asked for its messages, the kernel loads the module (net/netlink/genetlink.c,
    ctrl_getfamily). Raises OSError where there is no descriptor left."""
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
    asked = LinkSocket(socket.socket(socket.AF_NETLINK, kind, uapi.NETLINK_GENERIC))
    try:
        body = _GET_FAMILY + text(uapi.CTRL_ATTR_FAMILY_NAME, _FAMILY)
        return not isinstance(asked.ask(Request(uapi.GENL_ID_CTRL, 0, body)), Refusal)
    finally:
        asked.close()


def may_be_userspace() -> bool:
    """Whether this process may make a tap."""
    return os.access(_TUN, os.R_OK | os.W_OK)
