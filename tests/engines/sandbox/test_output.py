"""What the nodes write, in order, whole, and from one no louder than from another."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from conlink_compose.engines.sandbox.logs.file import ROTATE_AT
from conlink_compose.topology import Owner
from conlink_compose.workload import Workload
from tests.engines.sandbox.supervisor import supervisor_pid

from .conftest import Lab

Make = Callable[..., Workload]


def test_lines_keep_their_order_their_stream_and_their_last_piece(lab: Lab, shell: Make) -> None:
    lab.up(shell("web", "for i in 1 2 3; do echo $i; done; echo bad >&2; printf 'a\\377b'"))
    lab.wait_for("web-1", "exited")
    assert lab.texts("web-1", "stdout") == ["1", "2", "3", "a�b"]
    assert lab.texts("web-1", "stderr") == ["bad"]


def test_all_that_was_written_before_the_end_is_there(lab: Lab, shell: Make) -> None:
    lab.up(shell("web", "seq 20000"))
    lab.wait_for("web-1", "exited")
    assert lab.texts("web-1") == [str(number) for number in range(1, 20001)]


def test_a_chatty_node_holds_up_nobody_and_its_log_is_bounded(lab: Lab, shell: Make) -> None:
    lab.up(shell("loud", "exec yes " + "x" * 200), shell("quiet", "echo psst; exec sleep 1000"))
    lab.wait((lab.folder / "logs/loud-1.jsonl.1").exists, seconds=60)
    begin = time.monotonic()
    lab.control.run("quiet-1", ["true"])
    lab.wait(lambda: [c.exit_code for c in lab.status("quiet-1").commands] == [0])
    assert time.monotonic() - begin < 2
    assert sum(path.stat().st_size for path in lab.folder.glob("logs/loud*")) <= 2 * ROTATE_AT
    assert lab.texts("quiet-1") == ["psst"]
    pid = supervisor_pid(lab.control)
    memory = re.search(r"VmRSS:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert memory
    assert int(memory[1]) < 40_000


def test_a_command_joins_the_log_and_its_failure_is_said(lab: Lab, host: Make) -> None:
    lab.up(host("h1"))
    lab.control.run("h1", ["sh", "-c", "hostname; exit 5"])
    lab.control.run("h1", ["no-such-program"])
    lab.wait(lambda: [c.exit_code for c in lab.status("h1").commands] == [5, 127])
    assert "h1" in lab.texts("h1", "stdout")
    assert any("no-such-program" in text for text in lab.texts("h1", "stderr"))


def test_what_the_engine_says_of_a_node_does_not_say_its_name_twice(lab: Lab) -> None:
    missing = Workload(Owner("service", "web"), argv=("no-such-program",))
    nowhere = Workload(Owner("service", "db"), argv=("true",), working_dir="/no/such")
    lab.up(missing, nowhere)
    (said,) = lab.texts("web-1", "engine")
    assert said.startswith("needs `no-such-program`")
    assert "web-1 needs" in (lab.status("web-1").problem or "")
    (said,) = lab.texts("db-1", "engine")
    assert said.startswith("the working_dir /no/such of db-1 is not on this machine")


def test_a_follower_that_is_slow_to_read_misses_no_last_word(lab: Lab, shell: Make) -> None:
    lab.up(shell("web", "trap 'echo bye; exit' TERM; echo armed; while :; do sleep 0.05; done"))
    lab.wait_for_text("armed")
    lines = lab.control.logs(follow=True, tail=0)
    lab.control.stop()
    assert not lab.folder.exists()
    assert [line.text for line in lines] == ["bye"]
