"""Keys at the top level and of services that nobody reads: neither Compose nor we.

Compose's own are those of the Compose Specification's schema as of Compose 2.40; what Compose
makes of a known key's value is its own business. Any other that begins with `x-` is an extension,
unless it is nearly `x-conlink`.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from conlink_compose.diagnostics import Diagnostic, Severity, did_you_mean
from conlink_compose.document.tree import Map

KEY = "x-conlink"
_NEAR = 0.8
"""Above it are slips of a finger (`x-conlnk`, `x-colink`), below it other words (`x-common`)."""

_TOP = "version name include services models networks volumes secrets configs"
TOP = frozenset(_TOP.split())

_SERVICE = """
    annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs
    container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime
    cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices
    dns dns_opt dns_search domainname entrypoint env_file environment expose extends external_links
    extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels
    links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models
    network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start
    pre_stop privileged profiles provider pull_policy pull_refresh_after read_only restart runtime
    scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt
    sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir
"""
SERVICE = frozenset(_SERVICE.split())


def unread_keys(tree: Map) -> Iterator[Diagnostic]:
    """An error for each key that is no extension, a warning for one that is nearly `x-conlink`."""
    yield from _unread(tree, TOP, "a compose file")
    services = tree.get("services")
    for service in services.values() if isinstance(services, Map) else ():
        if isinstance(service, Map):
            yield from _unread(service, SERVICE, "a service")


def _unread(block: Map, known: frozenset[str], what: str) -> Iterator[Diagnostic]:
    for key in block:
        if key in known or key == KEY:
            continue
        if not key.startswith("x-"):
            yield _unknown(key, block, known, what)
        elif SequenceMatcher(None, key, KEY).ratio() > _NEAR:
            yield _misspelt(key, block)


def _unknown(key: str, block: Map, known: frozenset[str], what: str) -> Diagnostic:
    message = f'"{key}" is not a key of {what}'
    advice = "a key of your own begins with `x-`: Compose lets it pass"
    near = did_you_mean(key, [*known, KEY])
    return Diagnostic("unknown-key", message, block.keys_at[key], near or advice)


def _misspelt(key: str, block: Map) -> Diagnostic:
    message = f"`{key}` is nobody's key, so what stands below it has no effect"
    advice = f'did you mean "{KEY}"?'
    return Diagnostic("misspelt-key", message, block.keys_at[key], advice, Severity.WARNING)
