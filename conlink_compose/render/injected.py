"""The services that are added to a project, in a form that every version of Compose takes.

The *hub* holds the network namespace with the bridges and does nothing else; the *runtime* wires.
So the runtime may die, be recreated or be upgraded, and no packet is lost. Where a bridge is of
Open vSwitch, its programs are a third one: in userspace they pass the frames themselves.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.render.pack import pack
from conlink_compose.replicas import forward_of
from conlink_compose.topology import Topology

Services: TypeAlias = dict[str, dict[str, Any]]
"""Services by name, as a compose file says them, but with a `$` that is a `$`."""

ROLE = "conlink-compose.role"
"""The label by which a service or a container is known as ours."""
HUB, RUNTIME, OVS = "hub", "runtime", "ovs"
DEFAULT_NAME = "conlink"

HUB_COMMAND = ("sh", "-c", "trap 'exit 0' TERM INT; sleep infinity & wait")
"""PID 1 is sent no signal that it does not handle; so the shell does, and ends at once."""
RUNTIME_COMMAND = ("python3", "-P", "-m", "conlink_compose.runtime", "docker")
OVS_FOLDER = "/run/openvswitch"
OVS_COMMAND = ("python3", "-P", "-m", "conlink_compose.kernel.ovs", OVS_FOLDER)
STATE = "/run/conlink-compose"
HEALTH_FILE = f"{STATE}/health"
HEALTH_COMMAND = ("sed", "/^not linked/q1", HEALTH_FILE)
"""Shows what the runtime wrote there, and ends with 0 when all that is running is linked. It costs
3 ms of CPU, and to start a Python that asks the runtime would cost 90."""
HEALTH_INTERVAL = "10s"
"""To run anything in a container costs the engine 90 ms of CPU: 1 % of a processor this way."""

CAPABILITIES = {
    "SYS_ADMIN": "to enter the network namespaces of the nodes",
    "NET_ADMIN": "to make and change links, addresses and routes in them",
    "NET_BROADCAST": "to hear of changes in all of them on one socket, and so repair them at once",
    "SYS_PTRACE": "to open /proc/PID/ns/net of processes of other users",
}
"""All that the runtime may do beyond an ordinary process, and why."""

OVS_CAPABILITIES = {
    "NET_ADMIN": "to make bridges in the hub, and to open the tap that is a bridge's own port",
    "NET_RAW": "to read and write the frames of ports where the kernel has no module openvswitch",
}
TUN = "/dev/net/tun"
TMPFILE_FOLDER = "/tmp"  # noqa: S108
"""tmpfile(3), which ovsdb-server calls, knows no other place."""

UNPRIVILEGED = "no-new-privileges:true"
UNCONFINED = "apparmor:unconfined"
"""Of the runtime. Where a machine has AppArmor, Docker's own profile forbids to look into processes
that have another one, to mount, and to set a sysctl in a host; elsewhere it is ignored."""

SOCKET = "/var/run/docker.sock"
_BEFORE_HEALTHCHECK = ("1", "2", "2.0")
_SERVICE_NAME = re.compile(r"[A-Za-z0-9._-]+\Z")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the services meet.

    `image` is taken where the topology names none. `hub_image` is the image that the hub runs
    already, where one runs: an upgrade must not make Compose recreate it. `socket` is the path of
    the engine's socket, or of a proxy's before it, on the engine's machine, `log_format` text or
    json, `version` what the user's file says under that key, `taken` the names of the user's
    services, those of inactive profiles too.
    """

    image: str
    hub_image: str | None = None
    socket: str = SOCKET
    log_format: str = "text"
    version: str | None = None
    taken: frozenset[str] = frozenset()


def injected(topology: Topology, around: Surroundings) -> tuple[Services | None, list[Diagnostic]]:
    """The services to add, the hub first; empty where nothing is to be wired or a user wrote the
    network service by hand; None where there is an error."""
    if topology.runtime.written_by or not _declares(topology):
        return {}, []
    names, problems = _names(topology, around.taken)
    environment, too_large = pack(topology)
    problems += too_large
    if names is None or environment is None:
        return None, problems
    hub, runtime = names
    services = {hub: _hub(topology, around)}
    if any(bridge.mode == OVS for bridge in topology.bridges):
        services[f"{runtime}-{OVS}"] = _ovs(topology, around, hub)
    services[runtime] = _runtime(topology, around, hub, environment)
    return services, problems


def role_of(service: object) -> str | None:
    """`hub`, `runtime` or `ovs` for one of ours, by its label; None for any other service."""
    labels = service.get("labels") if isinstance(service, Mapping) else None
    if isinstance(labels, list):
        pairs = (str(label).partition("=") for label in labels)
        labels = {name: value for name, _, value in pairs}
    role = labels.get(ROLE) if isinstance(labels, Mapping) else None
    return role if role in (HUB, RUNTIME, OVS) else None


def _declares(topology: Topology) -> bool:
    hosts = any(service.owner.kind == "host" for service in topology.services)
    wired = topology.links or topology.bridges or topology.tunnels or topology.commands
    return bool(hosts or wired)


def _names(
    topology: Topology, taken: Collection[str]
) -> tuple[tuple[str, str] | None, list[Diagnostic]]:
    """Of the hub and of the runtime. A name that a user chose is taken as it is, or refused."""
    names = {*taken, *(service.owner.name for service in topology.services)}
    chosen = topology.runtime.name
    if chosen is None:
        numbered = (f"{DEFAULT_NAME}-{number}" for number in itertools.count(2))
        for name in itertools.chain([DEFAULT_NAME], numbered):
            if not names & {name, f"{name}-{HUB}", f"{name}-{OVS}"}:
                return (f"{name}-{HUB}", name), []
    assert chosen is not None
    if not _SERVICE_NAME.match(chosen):
        message = f'"{chosen}" cannot be the name of a service, as x-conlink.runtime.name says'
        advice = "a name has letters, digits, `.`, `_` and `-`"
        return None, [Diagnostic("bad-runtime-name", message, help=advice)]
    met = sorted(names & {chosen, f"{chosen}-{HUB}", f"{chosen}-{OVS}"})
    if met:
        message = f"x-conlink.runtime.name is {chosen}, and there is a service {met[0]} already"
        advice = f"choose another: the runtime and its hub become NAME, NAME-{HUB} and NAME-{OVS}"
        return None, [Diagnostic("runtime-name-taken", message, help=advice)]
    return (f"{chosen}-{HUB}", chosen), []


def _common(role: str, command: Collection[str], image: str) -> dict[str, Any]:
    # As the entrypoint, so that it does not matter which entrypoint or command the image has.
    return {
        "image": image,
        "entrypoint": list(command),
        "labels": {ROLE: role},
        "restart": "unless-stopped",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": [UNPRIVILEGED],
    }


def _hub(topology: Topology, around: Surroundings) -> dict[str, Any]:
    options = topology.runtime
    image = around.hub_image or options.image or around.image
    hub = _common(HUB, HUB_COMMAND, image) | {"stop_grace_period": "1s"}
    ports = [*options.ports, *_forwarded(topology)]
    if options.networks:
        hub["networks"] = list(options.networks)
    if ports:
        hub["ports"] = ports
    if not options.networks and not ports:
        hub["network_mode"] = "none"
    return hub


def _ovs(topology: Topology, around: Surroundings, hub: str) -> dict[str, Any]:
    """Of the hub's image: as the hub does, it outlives an upgrade."""
    image = around.hub_image or topology.runtime.image or around.image
    return _common(OVS, OVS_COMMAND, image) | {
        "depends_on": [hub],
        "network_mode": f"service:{hub}",
        "cap_add": list(OVS_CAPABILITIES),
        "devices": [TUN],
        "tmpfs": [OVS_FOLDER, TMPFILE_FOLDER],
        "stop_grace_period": "5s",
    }


def _forwarded(topology: Topology) -> Iterator[str]:
    """Ports of the machine that lead to those of the hub that lead on to nodes, in Compose's words;
    but for those that the user publishes already, by whatever port of the machine."""
    declared = {service.owner: service.replicas for service in topology.services}
    published = {inner for text in topology.runtime.ports for inner in _published(text)}
    for link in topology.links:
        for first in link.forward:
            for replica in range(1, declared.get(link.near.owner, 1) + 1):
                one = forward_of(first, replica)
                if (one.outer, one.protocol) not in published:
                    protocol = "" if one.protocol == "tcp" else f"/{one.protocol}"
                    yield f"{one.outer}:{one.outer}{protocol}"


def _published(text: str) -> Iterator[tuple[int, str]]:
    """The ports of the container: of `127.0.0.1:8000-8002:80-82/udp` 80, 81 and 82."""
    ports, _, protocol = text.partition("/")
    first, _, last = ports.rpartition(":")[2].partition("-")
    if first.isdecimal() and (last or first).isdecimal():
        for port in range(int(first), int(last or first) + 1):
            yield port, protocol or "tcp"


def _runtime(
    topology: Topology, around: Surroundings, hub: str, environment: Mapping[str, str]
) -> dict[str, Any]:
    image = topology.runtime.image or around.image
    runtime = _common(RUNTIME, RUNTIME_COMMAND, image)
    runtime |= {
        "depends_on": [hub],  # a list: only this form merges in every version
        "network_mode": "none",
        "pid": "host",
        "cap_add": list(CAPABILITIES),
        "security_opt": [UNPRIVILEGED, UNCONFINED],
        "tmpfs": [STATE],
        "volumes": [f"{around.socket}:{SOCKET}"],
        "stop_grace_period": "3s",
    }
    if around.version not in _BEFORE_HEALTHCHECK:
        # No start_period or start_interval: file formats before 3.4 refuse them.
        runtime["healthcheck"] = {
            "test": ["CMD", *HEALTH_COMMAND],
            "interval": HEALTH_INTERVAL,
            "timeout": "3s",
            "retries": 3,
        }
    if around.log_format != "text":
        runtime["entrypoint"] += ["--log-format", around.log_format]
    return runtime | {"environment": dict(environment)}
