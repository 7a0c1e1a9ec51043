import pytest

from conlink_compose.linux.sysctls import (
    interface_of,
    is_inherited,
    refusal,
    sysctl_name,
    sysctl_path,
)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("net.ipv4.ip_forward", "net/ipv4/ip_forward"),
        ("net/ipv4/ip_forward", "net/ipv4/ip_forward"),
        ("net.ipv4.conf.eth0/7.rp_filter", "net/ipv4/conf/eth0.7/rp_filter"),
        ("net/ipv4/conf/eth0.7/rp_filter", "net/ipv4/conf/eth0.7/rp_filter"),
    ],
)
def test_names_are_read_as_sysctl_reads_them(name: str, path: str) -> None:
    assert sysctl_path(name) == path


@pytest.mark.parametrize("name", ["vm.swappiness", "kernel.pid_max", "net/../kernel/pid_max"])
def test_what_belongs_to_the_machine_is_refused(name: str) -> None:
    assert "whole machine" in (refusal(name) or "")


@pytest.mark.parametrize("name", ["net.ipv6.conf.all.forwarding", "kernel.shmmax"])
def test_what_a_namespace_owns_is_not(name: str) -> None:
    assert refusal(name) is None


@pytest.mark.parametrize(
    ("name", "interface"),
    [
        ("net.ipv4.conf.eth0.rp_filter", "eth0"),
        ("net.ipv6.conf.eth0/7.forwarding", "eth0.7"),
        ("net.ipv4.neigh.lan0.app_solicit", "lan0"),
        ("net.ipv4.conf.default.rp_filter", None),
        ("net.ipv4.ip_forward", None),
    ],
)
def test_the_interface_that_a_link_brings(name: str, interface: str | None) -> None:
    assert interface_of(name) == interface


@pytest.mark.parametrize("path", ["net/ipv4/ip_forward", "net/ipv4/conf/eth0.7/rp_filter"])
def test_a_path_is_called_by_the_name_that_leads_to_it(path: str) -> None:
    assert sysctl_path(sysctl_name(path)) == path


@pytest.mark.parametrize(
    ("name", "inherited"),
    [
        ("net.ipv6.conf.default.accept_ra", True),
        ("net.ipv4.neigh.default.app_solicit", True),
        ("net.ipv4.conf.all.rp_filter", False),
        ("net.ipv4.conf.eth0.rp_filter", False),
        ("net.core.default_qdisc", False),
    ],
)
def test_what_an_interface_takes_over_when_it_is_made(name: str, inherited: bool) -> None:
    assert is_inherited(name) is inherited
