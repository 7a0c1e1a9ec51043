"""Networks in which one place is left open for what a key says.

Each has the nodes of which it is said (`nodes`: one, or two replicas) and the names of their ends
in the hub. Beside it lie c and d, joined over a bridge of their own: they must not notice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NODES = ("a", "b", "e", "n-1", "n-2", "m-1", "m-2", "c", "d")
IP = {
    name: [f"10.0.0.{number}/24", f"fd00::{number}/64"]
    for name, number in {"a": 1, "b": 2, "e": 3, "n": 11}.items()
}
BESIDE = {
    "c": {"links": [{"bridge": "rest", "ip": ["10.99.0.1/24", "fd99::1/64"]}]},
    "d": {"links": [{"bridge": "rest", "ip": ["10.99.0.2/24", "fd99::2/64"]}]},
}
Said = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    name: str
    of: Callable[[Said], Said]
    nodes: tuple[str, ...] = ("a",)
    outer: str = "a-eth0"

    def text(self, said: Said) -> str:
        """The compose file. JSON is YAML."""
        made = self.of(said)
        block = {**made, "hosts": {**made.get("hosts", {}), **BESIDE}}
        services = block.pop("services", {})
        return json.dumps({"services": services, "x-conlink": block})


def hosts(**links: Any) -> Said:
    return {name: {"links": [one] if one else []} for name, one in links.items()}


def service(scale: int, *links: Said) -> Said:
    block: Said = {"network_mode": "none", "scale": scale}
    return {**block, "x-conlink": {"links": list(links)}} if links else block


def _said(link: Said) -> Said:
    """Without what is not said: None takes a key away."""
    return {key: value for key, value in link.items() if value is not None}


def on_lan(name: str, **more: Any) -> Said:
    return {"bridge": "lan", "ip": IP[name], **more}


def _bridge(said: Said) -> Said:
    return {"hosts": hosts(a=on_lan("a", **said), b=on_lan("b"))}


def _replicas(said: Said) -> Said:
    return {"hosts": hosts(b=on_lan("b")), "services": {"n": service(2, on_lan("n", **said))}}


def _wire(said: Said) -> Said:
    return {"hosts": hosts(a={"ip": IP["a"], "peer": {"host": "b", "ip": IP["b"]}, **said}, b=None)}


def _far(said: Said) -> Said:
    """It is said of the other end, which is a's here."""
    return {"hosts": hosts(b={"ip": IP["b"], "peer": {"host": "a", "ip": IP["a"], **said}}, a=None)}


def _far_replicas(said: Said) -> Said:
    near = {"ip": IP["b"], "peer": {"service": "n", "ip": IP["n"], **said}}
    return {"services": {"m": service(2, near), "n": service(2)}}


def _parent(said: Said) -> Said:
    link = _said({"type": "macvlan", "outer-dev": "lan", "ip": IP["a"], **said})
    return {
        "bridges": {"lan": {"mode": "linux"}, "other": {"mode": "linux"}},
        "hosts": hosts(a=link, b=on_lan("b")),
    }


def _top(said: Said) -> Said:
    """At the top level, of whom it says itself."""
    link = {"bridge": "lan", "dev": "x1", **said}
    services = {"n": service(2), "m": service(1)}
    return {
        "links": [_said(link)],
        "hosts": hosts(a=None, b=None, e=None),
        "services": services,
    }


def _joined(said: Said) -> Said:
    """A wire from a, to whom its `peer` says."""
    link = {"dev": "x1", "peer": said}
    services = {"n": service(2), "m": service(1)}
    return {"hosts": hosts(a=link, b=None, e=None), "services": services}


def _lan(said: Said) -> Said:
    return {
        "bridges": {"lan": {"mode": "linux", **said}},
        "hosts": hosts(a=on_lan("a"), b=on_lan("b")),
    }


def _listed(said: Said) -> Said:
    named = said.get("bridge", "lan")
    return {
        "bridges": [{"bridge": "lan", "mode": "linux", **said}],
        "hosts": hosts(a=on_lan("a", bridge=named), b=on_lan("b", bridge=named)),
    }


def _automatic(said: Said) -> Said:
    return {
        "bridges": {"lan": {"mode": "linux", **said}},
        "services": {"n": service(2, {"bridge": "lan", "ip": "auto"})},
    }


def _automatic_listed(said: Said) -> Said:
    made = _automatic(said)
    return {**made, "bridges": [{"bridge": "lan", **made["bridges"]["lan"]}]}


def _tunnel(said: Said) -> Said:
    made = {"type": "vxlan", "bridge": "lan", "remote": "192.0.2.2", "vni": 7, **said}
    return {"tunnels": [made], "hosts": hosts(a=on_lan("a"), b=on_lan("b", bridge="other"))}


BRIDGE = Shape("bridge", _bridge)
WIRE = Shape("wire", _wire)
REPLICAS = Shape("replicas", _replicas, ("n-1", "n-2"), "n_1-eth0")
FAR = Shape("far", _far)
FAR_REPLICAS = Shape("far replicas", _far_replicas, ("n-1", "n-2"))
PARENT = Shape("parent", _parent)
TOP = Shape("top", _top)
JOINED = Shape("joined", _joined)
LAN = Shape("lan", _lan)
LISTED = Shape("listed", _listed)
AUTOMATIC = Shape("automatic", _automatic, ("n-1", "n-2"), "n_1-eth0")
AUTOMATIC_LISTED = Shape("automatic listed", _automatic_listed, ("n-1", "n-2"), "n_1-eth0")
TUNNEL = Shape("tunnel", _tunnel)

NEAR = (BRIDGE, WIRE, REPLICAS)
FAR_SIDE = (FAR, FAR_REPLICAS)
PORTS = (BRIDGE, REPLICAS)
