"""This kernel has no nf_tables of family inet: a user is told, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from conlink_compose.kernel import failure_diagnostic
from conlink_compose.state import Nat, Ready, RuleTable
from conlink_compose.state.sought import Sought
from tests.kernel.lab import Lab, add
from tests.project import project


def test_what_is_missing_is_told_once_and_the_node_is_not_ready(lab: Lab) -> None:
    nat = Nat("a", "eth0", "10.0.0.2", "10.0.0.9")
    lab.kernel.observe(lab.paths, Sought(frozenset({"a"})))
    refused = lab.kernel.apply((add(RuleTable("a")), add(nat), add(Ready("a"))))
    (told,) = map(failure_diagnostic, refused)
    assert told.message.startswith(
        "cannot add nftables table of a: this machine's kernel has no nf_tables that can do it"
    )
    assert told.help is not None
    assert told.help.startswith("load its modules: modprobe -a nf_tables nft_chain_nat")
    found = lab.kernel.observe(lab.paths, Sought(frozenset({"a"}))).state
    assert not [thing for thing in found if isinstance(thing, Ready | RuleTable | Nat)]


TEXT = """
x-conlink:
  hosts:
    r: {links: [{bridge: lan, ip: 10.0.0.1/24, nat: 10.0.0.9, forward: "8080:80"}]}
"""


def test_it_is_said_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONLINK_ENGINE", "sandbox")
    with project(tmp_path, TEXT) as lab:
        done = lab.run("up", "-d", check=False)
        assert done.returncode == 1
        for place, key in (("4:53", "nat"), ("4:72", "forward")):
            assert f"compose.yaml:{place}: error[kernel-lacks]: " in done.stderr
            assert f"has no nf_tables with NAT, and {key} cannot be without it" in done.stderr
        assert lab.processes() == []
