"""Attaching N nodes to one bridge: ours beside the floor (C), `ip -batch` and plain `ip`.

    uv run python bench/attach.py [--rounds 5] [--nodes 100 1000] [--ipv6-up-to 100]

Each round runs every method once, one after the other, in the same namespaces, and reads the
kernel back after each. The table holds medians, and their ratios to the floor's: a C program's
with the fewest messages. Beside it the same with one more, which spares the kernel a fifth of its
work on a crowded bridge, as ours do (conlink_compose/kernel/snooping.py).

With IPv6 in the nodes, as it is by default, each new node sends its neighbour discovery to all
others of the bridge: at 1,000 nodes that costs more than all else, whoever attaches them, and makes
the figures waver. So the large numbers are of nodes without, as containers of Docker's default are.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Callable
from statistics import median

import methods
from field import Field, compiled

from conlink_compose.runtime.__main__ import collect_seldom

PATIENCE = 10.0
"""Seconds a method may take in one run; one that would need longer is left out, and said so."""

Laps = dict[str, float]


def main() -> None:
    collect_seldom()
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nodes", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--ipv6-up-to", type=int, default=100)
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="conlink-bench-") as folder:
        program = compiled("floor", folder)
        slowest = 0.0
        for count in arguments.nodes:
            ways = ways_of(program)
            if slowest * count > PATIENCE:
                del ways["one ip a step"]
                longer = f"would take over {PATIENCE:.0f} s a run"
                print(f"\n(one ip a step: left out at {count} nodes, {longer})")
            ipv6 = count <= arguments.ipv6_up_to
            found = measure(Field(count, ipv6=ipv6), arguments.rounds, ways)
            report(count, "with" if ipv6 else "without", found)
            slowest = max(slowest, median(r["apply"] for r in list(found.values())[-1]) / count)


def ways_of(program: str) -> dict[str, Callable[[Field], Laps]]:
    return {
        "floor (C)": lambda field: methods.floor(field, program),
        "snooping late (C)": lambda field: methods.floor(field, program, "late"),
        "conlink-compose": methods.ours,
        "ip -batch": methods.ip_batch,
        "one ip a step": methods.ip_steps,
    }


def measure(
    field: Field, rounds: int, ways: dict[str, Callable[[Field], Laps]]
) -> dict[str, list[Laps]]:
    found: dict[str, list[Laps]] = {name: [] for name in ways}
    try:
        for _ in range(rounds):
            for name, way in ways.items():
                found[name].append(way(field))
                field.verify()
                field.clear()
    finally:
        field.close()
    return found


def report(count: int, how: str, found: dict[str, list[Laps]]) -> None:
    base = median(run["apply"] for run in found["floor (C)"])
    print(f"\n{count} nodes {how} IPv6, one link, address and route each; every run read back")
    print(f"{'':34}{'median':>10}{'a link':>10}{'to floor':>10}")
    for name, runs in found.items():
        line(f"{name}: apply", [run["apply"] for run in runs], count, base)
        if len(runs[0]) > 1:
            for lap in runs[0]:
                line(f"    {lap}", [run[lap] for run in runs], count, base)
            whole = [sum(run.values()) - run["open and observe"] for run in runs]
            line("    the whole loop, sockets warm", whole, count, base)


def line(name: str, seconds: list[float], count: int, base: float) -> None:
    middle = median(seconds)
    print(
        f"{name:34}{middle * 1e3:>7.1f} ms{middle / count * 1e3:>7.2f} ms{middle / base:>9.2f}x",
        flush=True,
    )


if __name__ == "__main__":
    main()
