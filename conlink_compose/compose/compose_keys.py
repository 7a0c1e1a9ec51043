"""The keys of Compose itself: one that is neither its nor an extension (`x-...`) is a mistake.

From the Compose Specification's schema as of Compose 2.40; what Compose makes of a known key's
value is its own business.
"""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.document.tree import Map
from conlink_compose.suggest import did_you_mean

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


def unknown_keys(tree: Map) -> Iterator[Diagnostic]:
    """An error for each key of the top level or of a service that nobody knows."""
    yield from _unknown(tree, TOP, "a compose file")
    services = tree.get("services")
    for service in services.values() if isinstance(services, Map) else ():
        if isinstance(service, Map):
            yield from _unknown(service, SERVICE, "a service")


def _unknown(block: Map, known: frozenset[str], what: str) -> Iterator[Diagnostic]:
    for key in block:
        if key not in known and not key.startswith("x-"):
            yield Diagnostic(
                "unknown-key",
                f'"{key}" is not a key of {what}',
                block.keys_at[key],
                did_you_mean(key, [*known, "x-conlink"])
                or "a key of your own begins with `x-`: Compose lets it pass",
            )
