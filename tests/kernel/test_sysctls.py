"""What the kernel shows of a sysctl, and what it refuses."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest

from conlink_compose.kernel import Kernel, failure_diagnostic
from conlink_compose.reconcile.plan import plan
from conlink_compose.state import Operation, Ready, State, Sysctl
from conlink_compose.state.sought import Sought
from tests.kernel.lab import Lab, add

pytestmark = pytest.mark.root


@pytest.fixture
def lab(lab_of: Callable[..., Lab]) -> Lab:
    return lab_of("a")


def left(kernel: Kernel, lab: Lab, *wanted: Sysctl) -> tuple[Operation, ...]:
    """To do for these."""
    sought = Sought(sysctls={"a": [one.path for one in wanted]})
    return plan(State.of(wanted), kernel.observe(lab.paths, sought).state).plan


def shown(lab: Lab, path: str) -> str:
    return lab.run("a", "cat", f"/proc/sys/{path}").stdout.rstrip("\n")


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("net/ipv4/ip_default_ttl", "0x21", "33"),
        ("net/ipv4/ip_local_reserved_ports", "9000,8080,8081", "8080-8081,9000"),
        ("net/ipv4/tcp_rmem", "4096 5000 6000", "4096\t5000\t6000"),
        ("net/ipv4/neigh/lo/retrans_time_ms", "1001", None),
        (
            "net/ipv6/conf/lo/stable_secret",
            "2001:db8::1",
            "2001:0db8:0000:0000:0000:0000:0000:0001",
        ),
        ("net/ipv4/route/flush", "1", ""),
    ],
)
def test_it_is_written_once_however_the_kernel_tells_it(
    lab: Lab, path: str, value: str, told: str | None
) -> None:
    wanted = Sysctl("a", path, value)
    assert lab.kernel.apply(left(lab.kernel, lab, wanted)) == ()
    assert told is None or shown(lab, path) == told
    assert left(lab.kernel, lab, wanted) == ()
    other = Sysctl("a", path, "3 4 5" if " " in value else "2001:db8::2" if ":" in value else "77")
    assert left(lab.kernel, lab, other), "it is not taken for whatever is declared"
    lab.restart("a")
    assert left(lab.kernel, lab, wanted), "what was written in another life is gone"


def test_a_runtime_that_is_started_again_writes_at_most_once(lab: Lab) -> None:
    wanted = Sysctl("a", "net/ipv4/ip_default_ttl", "0x21")
    for kernel in (lab.kernel, lab.again()):
        assert kernel.apply(left(kernel, lab, wanted)) == ()
        assert left(kernel, lab, wanted) == ()
    assert left(lab.again(), lab, Sysctl("a", "net/ipv4/ip_default_ttl", "33")) == ()


def test_what_somebody_writes_after_that_is_seen(lab: Lab) -> None:
    wanted = Sysctl("a", "net/ipv4/ip_default_ttl", "0x21")
    lab.kernel.apply(left(lab.kernel, lab, wanted))
    lab.run("a", "sysctl", "-qw", "net.ipv4.ip_default_ttl=34")
    (operation,) = left(lab.kernel, lab, wanted)
    assert operation.cause == "value 34 -> 0x21"


@pytest.mark.parametrize(
    ("path", "value", "number", "sentence"),
    [
        ("net/ipv4/nonsense", "1", errno.ENOENT, "this machine's kernel has no such sysctl there"),
        ("net/ipv4/ip_default_ttl", "x", errno.EINVAL, "the kernel does not take the value"),
        (
            "net/ipv4/tcp_available_congestion_control",
            "x",
            errno.EACCES,
            "it may not be written here",
        ),
    ],
)
def test_one_that_is_refused_holds_nothing_else_back(
    lab: Lab, path: str, value: str, number: int, sentence: str
) -> None:
    bad, good = Sysctl("a", path, value), Sysctl("a", "net/ipv4/tcp_fin_timeout", "30")
    operations = (*left(lab.kernel, lab, bad, good), add(Ready("a")))
    (failure,) = lab.kernel.apply(operations)
    assert (failure.operation.thing, failure.errno) == (bad, number)
    assert sentence in failure_diagnostic(failure).message
    assert failure_diagnostic(failure).help
    assert shown(lab, good.path) == "30"
    assert "conlink:ready" in lab.run("a", "ip", "link", "show", "lo").stdout
    assert [one.thing for one in left(lab.kernel, lab, bad, good)] == [bad]
