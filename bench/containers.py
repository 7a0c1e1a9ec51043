"""The Docker engine: how soon a container is linked, what `up` costs, and what the runtime takes.

    make bench-docker

Needs a Docker Engine and root. What is measured is seen by others: the engine's own
time of its start event, `ip monitor` in the hub for the moment a node has its address, `docker
stats` for what a container takes. Beside ours a runtime that does the same by one `ip` a step, and
Compose alone with a network of its own; the last column holds what was measured of conlink 2.6.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from conlink_compose.engines.docker.api import connect
from conlink_compose.image.build import build

PROJECT = "conlink-bench"
ADDRESS = "10.77.0.1"
LINKED = f"""
x-conlink: {{bridges: {{lan: {{mode: linux}}}}}}
services:
  node:
    image: busybox
    command: sleep 1000000
    stop_signal: SIGKILL
    network_mode: none
    x-conlink: {{links: [{{bridge: lan, ip: {ADDRESS}/16}}]}}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--services", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--idle", type=float, default=20.0)
    parser.add_argument("--packages", type=Path, help="what the image is built from, at hand")
    arguments = parser.parse_args()
    if arguments.packages:
        for _ in build(connect(None), packages=arguments.packages.absolute(), network="none"):
            pass
    with tempfile.TemporaryDirectory(prefix="conlink-bench-") as folder:
        os.chdir(folder)
        latencies(arguments.restarts, arguments.idle)
        starts(arguments.services, arguments.rounds)


def latencies(restarts: int, idle: float) -> None:
    with project(LINKED):
        api = connect(None)
        ours = attached_after(api, restarts)
        taken = at_rest(api, idle)
        api.stop(container_of(api, "conlink"))
        with by_ip_steps(api):
            steps = attached_after(api, restarts)
    print(f"\nfrom the start event to an address, {restarts} restarts (conlink: 43 ms)")
    row("conlink-compose", ours, ours)
    row("one ip a step", steps, ours)
    print(f"\nthe runtime at rest: {taken['rss']:.1f} MB resident (conlink: 85 MB),")
    print(f"    {taken['cpu']:.2f} % of a processor with its health checks")


def row(name: str, seconds: list[float], base: list[float]) -> None:
    low, middle, high = min(seconds), median(seconds), max(seconds)
    print(
        f"    {name:18} median {middle * 1e3:6.1f} ms  ({low * 1e3:.1f} to {high * 1e3:.1f})"
        f"  {middle / median(base):5.2f}x"
    )


def attached_after(api: Any, restarts: int) -> list[float]:
    """Seconds from each start event to the address, as the engine and `ip` tell the times."""
    node = container_of(api, "node")
    found: list[float] = []
    with addresses_seen(api) as seen:
        for _ in range(restarts):
            began = time.time()
            api.restart(node, timeout=0)
            (event,) = api.events(
                since=began,
                until=time.time() + 0.01,
                filters={"container": node, "event": "start"},
                decode=True,
            )
            linked = eventually(lambda began=began: [at for at in seen if at > began])
            found.append(linked[0] - event["timeNano"] / 1e9)
            time.sleep(1.2)  # longer than the runtime debounces
    return found


@contextmanager
def addresses_seen(api: Any) -> Iterator[list[float]]:
    """The times, in seconds since the epoch, at which a namespace got the address."""
    hub = api.inspect_container(container_of(api, "conlink-hub"))["State"]["Pid"]
    argv = ["nsenter", "-t", str(hub), "-n", "ip", "-ts", "-o", "monitor", "all-nsid", "address"]
    seen: list[float] = []
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as monitor:

        def listen() -> None:
            assert monitor.stdout
            new = (one for one in monitor.stdout if ADDRESS in one and "Deleted" not in one)
            seen.extend(map(_time_of, new))

        threading.Thread(target=listen, daemon=True).start()
        time.sleep(0.3)
        try:
            yield seen
        finally:
            monitor.terminate()


def _time_of(line: str) -> float:
    """Of `[2026-01-31T12:00:00.123456] ...`, the local time."""
    return datetime.fromisoformat(line[1 : line.index("]")]).timestamp()


@contextmanager
def by_ip_steps(api: Any) -> Iterator[None]:
    """The least that links a container without our runtime: an event, an inspection, a program a
    step."""
    hub = str(api.inspect_container(container_of(api, "conlink-hub"))["State"]["Pid"])
    node = container_of(api, "node")
    stop = threading.Event()

    def serve() -> None:
        stream = connect(None).events(filters={"container": node, "event": "start"})
        for _ in stream:
            if stop.is_set():
                return
            pid = str(api.inspect_container(node)["State"]["Pid"])
            for netns, step in (
                (hub, f"ip link add h0 type veth peer name eth0 netns {pid}"),
                (hub, "ip link set h0 master lan"),
                (hub, "ip link set h0 up"),
                (pid, "ip link set eth0 up"),
                (pid, f"ip address add dev eth0 {ADDRESS}/16"),
            ):
                subprocess.run(["nsenter", "-t", netns, "-n", *step.split()], check=True)

    threading.Thread(target=serve, daemon=True).start()
    time.sleep(0.5)
    yield
    stop.set()


def at_rest(api: Any, seconds: float) -> dict[str, float]:
    """Resident memory in MB and the share of a processor in percent, over some seconds."""
    time.sleep(3)
    runtime = container_of(api, "conlink")
    pid = api.inspect_container(runtime)["State"]["Pid"]
    began, before = time.monotonic(), cpu_of(api, runtime)
    time.sleep(seconds)
    used = (cpu_of(api, runtime) - before) / (time.monotonic() - began)
    status = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1]
    return {"rss": int(status.split()[0]) / 1024, "cpu": used * 100}


def cpu_of(api: Any, container: str) -> float:
    stats = api.stats(container, stream=False, one_shot=True)
    return float(stats["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9


def starts(services: int, rounds: int) -> None:
    """`up -d` of as many services, with a link each and with Compose's own network."""
    linked, plain = "services:\n", "services:\n"
    for number in range(1, services + 1):
        head = f"  s{number}: {{image: busybox, command: sleep 1000000, stop_signal: SIGKILL"
        link = f"{{bridge: lan, ip: 10.77.1.{number}/16}}"
        linked += f"{head}, network_mode: none, x-conlink: {{links: [{link}]}}}}\n"
        plain += f"{head}}}\n"
    times: dict[str, list[float]] = {"conlink-compose": [], "compose alone": []}
    for _ in range(rounds):
        for name, text, engine in (
            ("conlink-compose", "x-conlink: {bridges: {lan: {mode: linux}}}\n" + linked, True),
            ("compose alone", plain, False),
        ):
            began = time.monotonic()
            with project(text, ours=engine):
                times[name].append(time.monotonic() - began)
    print(f"\n`up -d` of {services} services, {rounds} rounds")
    for name, found in times.items():
        ratio = median(found) / median(times["compose alone"])
        print(f"    {name:18} median {median(found):6.2f} s  {ratio:5.2f}x")


@contextmanager
def project(text: str, *, ours: bool = True) -> Iterator[None]:
    Path("compose.yaml").write_text(text)
    run = conlink if ours else compose
    try:
        run("up", "-d")
        yield
    finally:
        run("down", "-t", "0")


def conlink(*words: str) -> None:
    _quietly([sys.executable, "-m", "conlink_compose", "--engine", "docker", "-p", PROJECT, *words])


def compose(*words: str) -> None:
    _quietly(["docker", "compose", "-p", PROJECT, *words])


def _quietly(argv: list[str]) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{argv} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def container_of(api: Any, service: str) -> str:
    labels = [
        f"com.docker.compose.project={PROJECT}",
        f"com.docker.compose.service={service}",
    ]
    (found,) = api.containers(all=True, filters={"label": labels})
    return str(found["Id"])


def eventually(found: Callable[[], list[float]]) -> list[float]:
    deadline = time.monotonic() + 10
    while not (result := found()):
        if time.monotonic() > deadline:
            sys.exit("the container was not linked within ten seconds")
        time.sleep(0.01)
    return result


if __name__ == "__main__":
    main()
