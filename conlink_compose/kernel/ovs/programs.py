"""Open vSwitch's two programs, kept running: `python -m conlink_compose.kernel.ovs FOLDER`.

They run beside the runtime, not in it: with a datapath in userspace ovs-vswitchd itself passes the
frames, so it has to outlive whoever wires. Whichever of the two ends is started again; the
database, which is a file in the folder, holds all there is to know.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from conlink_compose.kernel.ovs.ovsdb import DATABASE, SOCKET
from conlink_compose.linux.parent import end_with_parent

LOG = "ovs.log"
PROGRAMS = ("ovsdb-server", "ovs-vswitchd", "ovsdb-tool")
_SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"
_DATABASE = "conf.db"
_LOCK = "lock"
_AGAIN = 0.1
_SLOWEST = 5.0
"""Seconds before a program that ended is started again: doubled each time it ends at once."""
_LASTED = 10.0
"""Seconds after which an end counts as the first again."""
_LOG_LIMIT = 1 << 20


def are_here() -> bool:
    """Whether this machine has the programs. They lie in /usr/sbin, which not every PATH has."""
    return all(shutil.which(name, path=_path()) for name in PROGRAMS)


def were_started(folder: str) -> bool:
    """Whether there is a database in the folder: where nobody answers for it, somebody died."""
    return Path(folder, _DATABASE).exists()


def start(folder: str) -> None:
    """Keep them running in the network namespace of this process, from now on and whatever becomes
    of it. A second one for the same folder ends at once. Raises OSError."""
    Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    log = Path(folder, LOG)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.rename(f"{log}.1")
    with log.open("ab") as told:
        subprocess.Popen(
            [sys.executable, "-P", "-m", "conlink_compose.kernel.ovs", folder],
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            start_new_session=True,
            cwd="/",
        )


def keep(folder: str) -> int:
    """Run both until SIGTERM. Returns an exit status."""
    Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(Path(folder, _LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0
    _make_database(folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    kept = [_Kept(words, folder) for words in (_server(folder), _switch(folder))]
    try:
        while True:
            for one in kept:
                one.see_to_it()
            time.sleep(_AGAIN)
    finally:
        for one in reversed(kept):  # the switch first: it ends in order while it has its database
            one.end()


class _Kept:
    """One program, and when it is started again."""

    def __init__(self, words: Sequence[str], folder: str) -> None:
        self._words, self._folder = words, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._began = self._not_before = 0.0
        self._pause = _AGAIN

    def see_to_it(self) -> None:
        now = time.monotonic()
        if self._process and self._process.poll() is not None:
            _say(f"{self._words[0]} ended with {self._process.returncode}")
            lasted = now - self._began > _LASTED
            self._pause = _AGAIN if lasted else min(self._pause * 2, _SLOWEST)
            self._process, self._not_before = None, now + self._pause
        if self._process is None and now >= self._not_before:
            self._began = now
            self._process = _spawn(self._words, self._folder)

    def end(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(2.0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def _spawn(words: Sequence[str], folder: str) -> subprocess.Popen[bytes]:
    places = dict.fromkeys(("OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR"), folder)
    environ = {**os.environ, **places, "PATH": _path()}
    return subprocess.Popen(
        words,
        env=environ,
        stdin=subprocess.DEVNULL,
        # Nobody would start them again who are left alone: so they go, and all begins anew.
        preexec_fn=end_with_parent,  # noqa: PLW1509 -- there is one thread
    )


def _server(folder: str) -> list[str]:
    remote = f"--remote=punix:{folder}/{SOCKET}"
    return ["ovsdb-server", f"{folder}/{_DATABASE}", remote, *_words(folder, "ovsdb-server")]


def _switch(folder: str) -> list[str]:
    return ["ovs-vswitchd", f"unix:{folder}/{SOCKET}", *_words(folder, "ovs-vswitchd")]


def _words(folder: str, name: str) -> list[str]:
    """No syslog, no file of its own: what matters goes to the one log."""
    silent = ["-vconsole:warn", "-vsyslog:off", "-vfile:off"]
    return [f"--unixctl={folder}/{name}.ctl", *silent]


def _make_database(folder: str) -> None:
    """With the one row that all else hangs on. Raises SystemExit, with a sentence, where it cannot
    be made."""
    database = Path(folder, _DATABASE)
    if database.exists():
        return
    Path(f"{database}.new").unlink(missing_ok=True)
    row = {"op": "insert", "table": DATABASE, "row": {}}
    _run("ovsdb-tool", "create", f"{database}.new", _SCHEMA)
    _run("ovsdb-tool", "transact", f"{database}.new", json.dumps([DATABASE, row]))
    Path(f"{database}.new").rename(database)


def _run(*words: str) -> None:
    environ = {**os.environ, "PATH": _path()}
    done = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.strip() or f"{words[0]} ended with {done.returncode}")


def _path() -> str:
    return f"{os.environ.get('PATH', '/usr/bin')}:/usr/sbin:/sbin"


def _say(sentence: str) -> None:
    print(f"conlink-compose: {sentence}", file=sys.stderr, flush=True)
