from __future__ import annotations

from ipaddress import ip_interface

from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.hosts_file import hosts_files, names_of
from conlink_compose.topology import Endpoint, Link, Node, Owner, Service

from .declared import endpoint, on_bridge, service, topology, wire


def test_every_node_knows_every_other_by_its_name_and_its_services() -> None:
    declared = topology(
        on_bridge("web", "lan", "10.0.0.10/24"),
        on_bridge("db", "lan", "10.0.0.2/24", "fd00::2/64"),
        services=(service("web", 2), service("db")),
        bridges=("lan",),
    )
    files = hosts_files(declared)
    text = files.heads["db-1"] + files.common
    assert text.splitlines()[0] == "127.0.0.1\tlocalhost"
    assert "10.0.0.11\tweb web-2" in text
    assert "fd00::2\tdb db-1" in text
    assert set(files.heads) == {"web-1", "web-2", "db-1"}


def test_the_address_on_a_shared_wire_comes_first() -> None:
    declared = topology(
        wire(endpoint("r1", "e", "10.0.12.0/31"), endpoint("r2", "w", "10.0.12.1/31")),
        wire(endpoint("r2", "e", "10.0.23.0/31"), endpoint("r3", "w", "10.0.23.1/31")),
        services=(service("r1"), service("r2"), service("r3")),
    )
    files = hosts_files(declared)

    def first(reader: str) -> str:
        return next(
            line for line in (files.heads[reader] + files.common).splitlines() if "r2" in line
        ).split()[0]

    assert (first("r1-1"), first("r3-1")) == ("10.0.12.1", "10.0.23.0")


def test_a_link_of_one_replica_gives_a_name_to_that_one_alone() -> None:
    declared = topology(
        Link(
            "veth",
            Endpoint(Owner("container", "web-2"), "eth0", (ip_interface("10.0.0.9/24"),)),
            bridge="lan",
        ),
        Link(
            "veth",
            Endpoint(Owner("container", "pg"), "eth0", (ip_interface("10.0.0.2/24"),)),
            bridge="lan",
        ),
        services=(service("web", 3), Service(Owner("service", "db"), 1, "pg")),
        bridges=("lan",),
    )
    assert hosts_files(declared).common == "10.0.0.9\tweb web-2\n10.0.0.2\tdb db-1 pg\n"


def test_names_of_those_that_run_and_are_linked_and_of_no_others() -> None:
    declared = topology(
        on_bridge("web", "lan", "10.0.0.10/24"),
        Link(
            "veth",
            Endpoint(Owner("container", "pg"), "eth0", (ip_interface("10.0.0.2/24"),)),
            bridge="lan",
        ),
        wire(endpoint("web", "x", "10.9.0.10/24"), endpoint("db", "y", "10.9.0.1/24")),
        services=(service("web", 2), Service(Owner("service", "db"), 1, "pg")),
        bridges=("lan",),
    )
    web = [Node(f"web-{n}", Owner("service", "web"), n) for n in (1, 2, 3)]
    db = Node("db-1", Owner("service", "db"), 1)
    files = names_of(declared, bind(declared, [web[0], web[2]]).bound)
    assert files.common == "10.0.0.10\tweb web-1\n10.0.0.12\tweb web-3\n"
    assert files.heads == {"web-1": "", "web-3": ""}
    files = names_of(declared, bind(declared, [web[0], db]).bound)
    assert "10.0.0.2\tdb db-1 pg" in files.common
    assert files.heads["web-1"].splitlines() == ["10.0.0.2\tdb db-1 pg", "10.9.0.1\tdb db-1 pg"]
