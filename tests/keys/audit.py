"""Which test holds a key that no row of the tables holds: one that sees it, one that changes it,
one that sees it put back. What the kernel holds nothing of says why."""

from __future__ import annotations

from typing import NamedTuple

PARTS = {
    "topBlock.links": "link",
    "topBlock.bridges": "bridge",
    "topBlock.tunnels": "tunnel",
    "topBlock.hosts": "host",
    "topBlock.commands": "command",
    "topBlock.runtime": "topBlock.runtime",
    "serviceBlock.links": "link",
    "serviceBlock.commands": "command",
    "host.links": "link",
    "host.commands": "command",
}
"""Keys that hold nothing but others."""


class Tests(NamedTuple):
    """As `FILE::NAME`, or why there can be none."""

    seen: str
    changed: str
    put_back: str


_OURS = "no: it is of our own process, and the kernel holds nothing of it"
_ENGINES = "no: it is the engine's to hold, and Compose's to make anew"
_ONCE = "no: a command runs once in each life of its node, and what it made is not ours"
_COMMANDS = "tests/keys/test_commands.py::test_they_run_in_each_place_and_again_after_an_edit"
_INJECTED = "tests/render/test_injected.py::"
_NETEM = "tests/full_kernel/test_netem_words.py::"
_LOG = "tests/engines/sandbox/test_supervisor_log.py::"
_PROGRAM = "tests/keys/test_sysctls.py::"

BY_NAME = {
    "host.sysctls": Tests(
        _PROGRAM + "test_a_host_has_what_it_declares_and_keeps_it",
        _PROGRAM + "test_they_are_changed_in_place",
        _PROGRAM + "test_a_host_has_what_it_declares_and_keeps_it",
    ),
    **{
        f"command.{key}": Tests(_COMMANDS, _COMMANDS, _ONCE)
        for key in ("service", "container", "host", "command")
    },
    "netems.distribution": Tests(
        "tests/full_kernel/test_netem.py::test_a_distribution_spreads_the_jitter",
        "tests/full_kernel/test_netem.py::test_a_distribution_spreads_the_jitter",
        "no: the kernel tells nobody its table; the rest of the qdisc is put back",
    ),
    "netems.seed": Tests(
        _NETEM + "test_two_runs_with_one_seed_lose_the_same_packets",
        _NETEM + "test_two_runs_with_one_seed_lose_the_same_packets",
        _NETEM + "test_two_runs_with_one_seed_lose_the_same_packets",
    ),
    "serviceBlock.runtime": Tests(
        "tests/docker/test_by_hand.py::test_another_life_is_linked_again",
        "tests/render/test_document.py::test_a_network_service_written_by_hand_is_left_alone",
        _OURS,
    ),
    "topBlock.runtime.image": Tests(
        "tests/docker/test_runtime_dies.py::test_no_packet_is_lost_when_its_image_is_another",
        _INJECTED + "test_images_and_the_socket",
        _ENGINES,
    ),
    "topBlock.runtime.name": Tests(
        _INJECTED + "test_names_meet_nobody",
        _INJECTED + "test_a_name_that_a_user_chose_is_not_exchanged",
        _ENGINES,
    ),
    "topBlock.runtime.networks": Tests(
        _INJECTED + "test_ports_and_networks_are_the_hubs",
        _INJECTED + "test_ports_and_networks_are_the_hubs",
        _ENGINES,
    ),
    "topBlock.runtime.ports": Tests(
        _INJECTED + "test_ports_and_networks_are_the_hubs",
        _INJECTED + "test_what_a_user_publishes_himself_is_not_published_twice",
        _ENGINES,
    ),
    "topBlock.runtime.log_level": Tests(
        _LOG + "test_at_debug_lives_begin_and_end_with_their_causes",
        _LOG + "test_at_error_nothing_of_this_is_told",
        _OURS,
    ),
    "topBlock.runtime.gate": Tests(
        "tests/runtime/test_gate.py::test_with_it_the_process_waits",
        "tests/runtime/test_gate.py::test_without_the_gate_a_process_starts_at_once",
        _OURS,
    ),
    "topBlock.runtime.names": Tests(
        "tests/docker/test_names.py::test_by_service_and_by_node_and_as_nodes_come_and_go",
        "tests/docker/test_names.py::test_nothing_where_names_is_false_nor_in_a_file_of_the_users",
        _OURS,
    ),
}

OF_BOTH_FAMILIES = (
    *(f"link.{key}" for key in ("ip", "route", "nat", "forward")),
    *(f"peer.{key}" for key in ("ip", "route", "nat")),
    *(f"routes.{key}" for key in ("to", "via", "metric", "table", "src", "onlink")),
    "bridge.subnet",
    "listedBridge.subnet",
    "tunnel.remote",
)
