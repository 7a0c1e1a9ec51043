"""What we pack of redirects, pyroute2 reads."""

from __future__ import annotations

import struct
from typing import Any, cast

from pyroute2.netlink.rtnl.tcmsg import tcmsg

from conlink_compose.kernel.rtnl import messages_redirect
from conlink_compose.kernel.rtnl.link_socket import Refusal, Request
from conlink_compose.kernel.rtnl.lookup import Known, Lookup
from conlink_compose.kernel.rtnl.read_redirect import read_redirect
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import Body
from conlink_compose.state import HUB, End, Operation, Redirect


class _Lookup:
    def known(self, end: End) -> Known | None:
        return Known(9, owned=True) if end.name == "b" else None


LOOKUP = cast("Lookup", _Lookup())
WANTED = Redirect(HUB, "a", "b")


def decoded(request: Request) -> Any:
    header = struct.pack("=IHHII", 16 + len(request.body), request.kind, request.flags, 1, 0)
    message = tcmsg(data=header + request.body)
    message.decode()
    return message


def told(operation: Operation) -> tuple[Request, ...]:
    found = messages_redirect.tell(operation, 5, LOOKUP)
    assert isinstance(found, tuple)
    return found


def test_a_filter_of_our_priority_sends_each_frame_on() -> None:
    qdisc, filtering = told(Operation("add", WANTED, "test"))
    made = decoded(qdisc)
    assert (made["index"], made["parent"], made["handle"]) == (5, 0xFFFFFFF1, 0xFFFF0000)
    assert made.get_attr("TCA_KIND") == "clsact"
    made = decoded(filtering)
    assert (made["index"], made["parent"]) == (5, 0xFFFFFFF2)
    assert made["info"] >> 16 == 193
    assert made.get_attr("TCA_KIND") == "u32"
    options = made.get_attr("TCA_OPTIONS")
    selector = options.get_attr("TCA_U32_SEL")
    assert (selector["flags"], selector["nkeys"]) == (1, 0), "terminal, and matches everything"
    ((_, action),) = options.get_attr("TCA_U32_ACT")["attrs"]
    assert action.get_attr("TCA_ACT_KIND") == "mirred"
    parms = action.get_attr("TCA_ACT_OPTIONS").get_attr("TCA_MIRRED_PARMS")
    assert (parms["eaction"], parms["action"], parms["ifindex"]) == (1, 4, 9)


def test_what_we_packed_we_read() -> None:
    _, filtering = told(Operation("add", WANTED, "test"))
    body = Body(filtering.body, 0, len(filtering.body))
    assert read_redirect([body]) == (9, True)
    assert read_redirect([]) is None


def test_it_is_led_elsewhere_in_one_send_and_goes_with_what_it_hung_on() -> None:
    first, second = told(Operation("change", WANTED, "test", before=WANTED))
    assert (first.kind, second.kind) == (uapi.RTM_DELTFILTER, uapi.RTM_NEWTFILTER)
    (gone,) = told(Operation("remove", WANTED, "test"))
    assert gone.kind == uapi.RTM_DELQDISC
    (gone,) = told(Operation("remove", Redirect(HUB, "a", "b", alone=False), "test"))
    assert gone.kind == uapi.RTM_DELTFILTER


def test_it_leads_nowhere_where_there_is_nothing() -> None:
    found = messages_redirect.tell(Operation("add", Redirect(HUB, "a", "c"), "test"), 5, LOOKUP)
    assert isinstance(found, Refusal)
