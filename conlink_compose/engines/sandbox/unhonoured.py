"""What the sandbox cannot honour: it starts processes of this machine, in its own networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conlink_compose.compose.load import Document
from conlink_compose.compose.paths import is_path
from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.document.tree import List, Map

KEYS = {
    "blkio_config": "limits the disk",
    "build": "builds an image",
    "cap_add": "changes capabilities",
    "cap_drop": "changes capabilities",
    "cgroup_parent": "names a control group",
    "configs": "mounts configs",
    "cpu_count": "limits the processor",
    "cpu_percent": "limits the processor",
    "cpu_shares": "limits the processor",
    "cpus": "limits the processor",
    "cpuset": "limits the processor",
    "credential_spec": "hands credentials over",
    "develop": "watches files",
    "device_cgroup_rules": "opens devices",
    "devices": "opens devices",
    "dns": "chooses name servers",
    "dns_opt": "chooses name servers",
    "dns_search": "chooses name servers",
    "domainname": "sets a domain name",
    "expose": "opens ports of a Docker network",
    "external_links": "joins containers of others",
    "gpus": "hands graphics cards over",
    "healthcheck": "asks whether the process is well",
    "init": "starts another PID 1",
    "ipc": "shares memory",
    "isolation": "chooses an isolation",
    "links": "joins containers in a Docker network",
    "mac_address": "sets the MAC of a Docker network",
    "mem_limit": "limits memory",
    "mem_reservation": "limits memory",
    "mem_swappiness": "limits memory",
    "memswap_limit": "limits memory",
    "models": "hands models over",
    "networks": "joins Docker networks",
    "oom_kill_disable": "steers the kernel's choice of victims",
    "oom_score_adj": "steers the kernel's choice of victims",
    "pid": "shares processes",
    "pids_limit": "limits processes",
    "platform": "chooses an architecture",
    "ports": "publishes ports of the machine",
    "post_start": "runs commands after the start",
    "pre_stop": "runs commands before the stop",
    "privileged": "changes privileges",
    "provider": "has another program run it",
    "read_only": "write-protects the files",
    "runtime": "chooses a container runtime",
    "secrets": "mounts secrets",
    "security_opt": "changes security labels",
    "shm_size": "sizes /dev/shm",
    "stdin_open": "opens the standard input",
    "storage_opt": "sizes the disk",
    "tmpfs": "mounts a tmpfs",
    "tty": "opens a terminal",
    "ulimits": "sets limits",
    "userns_mode": "chooses a user namespace",
    "uts": "shares the host's name",
    "volumes_from": "mounts another container's volumes",
}
"""Key of a service -> what it does in Docker, as the end of a sentence."""

_FORWARD = Diagnostic(
    "not-in-sandbox",
    "`forward` leads from nowhere in the sandbox, whose hub has no outside; with Docker it leads "
    "from ports of the machine to this node",
    help="ask the node from another one, or give the hub an interface by hand: "
    "docs/language.md has the words, under `forward`",
    severity=Severity.WARNING,
)


def sandbox_warnings(document: Document) -> list[Diagnostic]:
    """A warning at each key of a service or of a link that has no effect in the sandbox."""
    of_services = (
        told
        for service in document.services.values()
        if not service.is_network_service
        for told in _of_service(service.keys)
    )
    return [*of_services, *_forwards(document)]


def _forwards(document: Document) -> Iterator[Diagnostic]:
    top = document.tree.get("x-conlink")
    hosts = top.get("hosts") if isinstance(top, Map) else None
    of_services = [service.keys.get("x-conlink") for service in document.services.values()]
    of_hosts = list(hosts.values()) if isinstance(hosts, Map) else []
    for block in (top, *of_services, *of_hosts):
        links = block.get("links") if isinstance(block, Map) else None
        for link in links if isinstance(links, List) else ():
            if isinstance(link, Map) and link.get("forward"):
                yield replace(_FORWARD, span=link.keys_at["forward"])


def _of_service(service: Map) -> Iterator[Diagnostic]:
    for key, value in service.items():
        if key in KEYS and value not in (None, False, []):
            yield _warning(f"`{key}`", KEYS[key], service.keys_at[key])
        elif key == "network_mode" and value not in (None, "none", "bridge"):
            yield _warning(f"`network_mode: {value}`", "shares a network", service.values_at[key])
        elif key == "volumes" and isinstance(value, List):
            yield from _volumes(value)
        elif key == "depends_on" and isinstance(value, Map):
            yield from _conditions(value)


def _volumes(volumes: List) -> Iterator[Diagnostic]:
    for item, at in volumes.placed():
        if isinstance(item, Map):
            if item.get("type") != "bind":
                yield _warning(f"a volume of type {item.get('type')}", "keeps files", at)
        elif not (is_path(str(item)) and ":" in str(item)):
            yield _warning(f"the volume `{item}`", "keeps files", at)


def _conditions(value: Map) -> Iterator[Diagnostic]:
    for options in value.values():
        condition = options.get("condition") if isinstance(options, Map) else None
        if isinstance(options, Map) and condition not in (None, "service_started"):
            place = options.values_at["condition"]
            yield _warning(f"`condition: {condition}`", "waits for more than the start", place)


def _warning(what: str, does: str, at: Span) -> Diagnostic:
    message = f"{what} has no effect in the sandbox; with Docker it {does}"
    return Diagnostic("not-in-sandbox", message, at, severity=Severity.WARNING)
