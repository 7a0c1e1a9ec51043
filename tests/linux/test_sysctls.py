import pytest

from conlink_compose.linux.sysctls import forwarding, interface_of, refusal, sysctl_path


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


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ([], {}),
        (
            [("net.ipv4.ip_forward", "1"), ("net/ipv6/conf/all/forwarding", "0")],
            {4: True, 6: False},
        ),
        ([("net.ipv4.ip_forward", "1"), ("net.ipv4.conf.all.forwarding", "0")], {4: False}),
        ([("net.ipv4.conf.eth0.forwarding", "1")], {}),
        ([("net.ipv6.conf.all.forwarding", "2")], {}),
    ],
)
def test_what_is_said_of_forwarding(
    settings: list[tuple[str, str]], expected: dict[int, bool]
) -> None:
    assert forwarding(settings) == expected
