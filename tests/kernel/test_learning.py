"""What a bridge learns and forgets, and that nothing comes back to its sender: the scenarios of the
kernel's bridge_vlan_unaware.sh (learning, flooding) and loopback.sh."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up
from tests.kernel.flooding import heard
from tests.kernel.lab import Lab
from tests.kernel.raw_frames import frame

pytestmark = pytest.mark.root

MAC = "02:00:00:00:00:0c"
UNKNOWN = "02:00:00:00:77:77"
EVERYBODY = "ff:ff:ff:ff:ff:ff"
HOSTS = "  hosts: {a: {}, b: {}, c: {}}\n"
WIRE = f"services: {{}}\nx-conlink:\n  links: [{{endpoints: ['a:eth0', 'b:eth0']}}]\n{HOSTS}"


def lan(names: str = "abc", mode: str = "linux") -> str:
    """Nodes with addresses, whose MACs end as their addresses do."""
    links = "".join(
        f"    - {{host: {name}, bridge: lan, mac: '02:00:00:00:01:0{number}', "
        f"ip: [10.0.0.{number}/24, 'fd00::{number}/64']}}\n"
        for number, name in enumerate(names, 1)
    )
    return (
        f"services: {{}}\nx-conlink:\n  bridges: {{lan: {{mode: {mode}}}}}\n"
        f"  links:\n{links}{HOSTS}"
    )


@pytest.fixture
def three(lab_of: Callable[..., Lab]) -> Lab:
    lab = lab_of("a", "b", "c")
    bring_up(lab, lan())
    return lab


def to_mac(lab: Lab) -> str:
    """Who hears what a sends to `MAC`."""
    return heard(lab, {"to": frame(MAC, b"to a mac")}, "a", "b", "c")["to"]


def speak(lab: Lab, node: str) -> None:
    """From `MAC`, and to nobody."""
    heard(lab, {"from": frame(UNKNOWN, b"from mac", source=MAC)}, node, seconds=0.05)


def test_it_goes_to_the_port_that_has_spoken_last(three: Lab) -> None:
    assert to_mac(three) == "bc", "unknown"
    speak(three, "c")
    assert to_mac(three) == "c"
    speak(three, "b")
    assert to_mac(three) == "b", "it has moved"
    assert three.run(HUB, "bridge", "fdb", "flush", "dev", "lan").returncode == 0
    assert to_mac(three) == "bc", "forgotten"


def test_what_was_learned_of_a_node_goes_with_it(three: Lab) -> None:
    speak(three, "c")
    three.restart("c")
    bring_up(three, lan())
    assert to_mac(three) == "bc"


def test_what_was_learned_stays_while_a_link_beside_it_is_edited(three: Lab) -> None:
    speak(three, "c")
    bring_up(three, lan().replace("10.0.0.2/24", "10.0.0.20/24"))
    assert to_mac(three) == "c"


def test_a_port_that_floods_nothing_is_nobodys_to_put_right(three: Lab) -> None:
    """No key says it: what is not declared is not compared."""
    done = three.run(HUB, "bridge", "link", "set", "dev", "b-eth0", "flood", "off")
    assert done.returncode == 0
    bring_up(three, lan())
    assert to_mac(three) == "c"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lan(), id="bridge"),
        pytest.param(lan("ab", "patch"), id="patch"),
        pytest.param(WIRE, id="wire"),
    ],
)
def test_nothing_comes_back_to_its_sender(three: Lab, text: str) -> None:
    bring_up(three, text)
    own = three.ip("a", "link show dev eth0")[0]["address"]
    sent = {
        "everybody": frame(EVERYBODY, b"to all..", source=own),
        "group": frame("01:00:5e:00:00:fb", b"to group", source=own),
        "unknown": frame(UNKNOWN, b"to who..", source=own),
        "itself": frame(own, b"to self.", source=own),
    }
    found = heard(three, sent, "a", "a", "b")
    assert found["everybody"] == "b"
    assert found["group"] == "b"
    assert "a" not in found["unknown"] + found["itself"]


def test_a_node_reaches_itself_without_the_wire(three: Lab) -> None:
    before = three.ip("a", "-s link show dev eth0")[0]["stats64"]["tx"]["packets"]
    for address in ("127.0.0.1", "::1", "10.0.0.1", "fd00::1"):
        if address == "fd00::1":
            three.until_link_local("a:eth0")
        assert three.run("a", "ping", "-c3", "-i0.2", "-W1", address).returncode == 0, address
    after = three.ip("a", "-s link show dev eth0")[0]["stats64"]["tx"]["packets"]
    assert after - before < 10, "none of its twelve pings and answers went that way"
