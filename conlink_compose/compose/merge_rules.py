"""Which keys of a compose file merge in a way of their own. Source: compose-go 2, `override`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

REPLACED: Final = (
    "services.*.command",
    "services.*.entrypoint",
    "services.*.healthcheck.test",
)
"""The later file's value stands alone."""

AS_LIST: Final = (
    "services.*.annotations",
    "services.*.build.additional_contexts",
    "services.*.build.args",
    "services.*.build.labels",
    "services.*.build.extra_hosts",
    "services.*.deploy.labels",
    "services.*.dns",
    "services.*.dns_opt",
    "services.*.dns_search",
    "services.*.env_file",
    "services.*.environment",
    "services.*.extra_hosts",
    "services.*.label_file",
    "services.*.labels",
    "services.*.sysctls",
    "services.*.tmpfs",
    "networks.*.labels",
    "volumes.*.labels",
)
"""A map, a list and a single text are forms of one thing."""

NAMED: Final = ("services.*.depends_on", "services.*.networks", "services.*.build.ssh")
"""A list of names is short for a map of them."""

BY_NAME: Final = (
    "services.*.annotations",
    "services.*.build.args",
    "services.*.build.labels",
    "services.*.cap_add",
    "services.*.cap_drop",
    "services.*.deploy.labels",
    "services.*.dns",
    "services.*.dns_opt",
    "services.*.dns_search",
    "services.*.environment",
    "services.*.labels",
    "services.*.links",
    "services.*.profiles",
    "services.*.sysctls",
    "services.*.tmpfs",
    "networks.*.labels",
    "volumes.*.labels",
)
"""Items are one where what stands before the `=` is; the later one holds."""

BY_ITEM: Final = (
    "services.*.extra_hosts",
    "services.*.build.extra_hosts",
    "services.*.expose",
    "services.*.env_file",
)
"""Items are one where they are equal."""

BY_TARGET: Final = {
    "services.*.volumes": "target",
    "services.*.devices": "target",
    "services.*.configs": "target",
    "services.*.secrets": "target",
}
BY_PORT: Final = ("services.*.ports",)


def matches(path: Sequence[str], patterns: Sequence[str]) -> bool:
    """Is `path` one of `patterns`, whose `*` stands for any one key?"""
    if not 3 <= len(path) <= 4 or path[0] not in ("services", "networks", "volumes"):
        return False
    return ".".join((path[0], "*", *path[2:])) in patterns
