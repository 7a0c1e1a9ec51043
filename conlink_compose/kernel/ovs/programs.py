"""Open vSwitch's two programs, kept running: `python -m conlink_compose.kernel.ovs FOLDER`.

They run beside the runtime, not in it: with a datapath in userspace ovs-vswitchd itself passes the
frames, so it has to outlive whoever wires. Whichever of the two ends or hangs is started again; the
database, which is a file in the folder, holds all there is to know. Where the folder is taken away
both are ended and begin anew in another, and whoever wires writes down there what shall be.
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
from pathlib import Path
from typing import IO

from conlink_compose.kernel.ovs.kept import Kept, say
from conlink_compose.kernel.ovs.ovsdb import DATABASE, SOCKET
from conlink_compose.kernel.ovs.pulse import Question

LOG = "ovs.log"
PROGRAMS = ("ovsdb-server", "ovs-vswitchd", "ovsdb-tool")
_SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"
_DATABASE = "conf.db"
_LOCK = "lock"
_AGAIN = 0.1
"""Seconds between two looks at them."""
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
    with _log(folder) as told:
        subprocess.Popen(
            [sys.executable, "-P", "-m", "conlink_compose.kernel.ovs", folder],
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            start_new_session=True,
            cwd="/",
        )


def _log(folder: str) -> IO[bytes]:
    Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    log = Path(folder, LOG)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.rename(f"{log}.1")
    return log.open("ab")


def keep(folder: str) -> int:
    """Run both until SIGTERM. Returns an exit status; 0 at once where another keeps them."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while (lock := _locked(folder)) is not None:
        _keep_in(folder, lock)
        os.close(lock)
    return 0


def _locked(folder: str) -> int | None:
    """A descriptor of its lock, or None where somebody holds it. The folder may be taken away at
    any moment, also while it is made."""
    while True:
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            lock = os.open(Path(folder, _LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        if _holds(folder, lock):
            return lock
        os.close(lock)


def _holds(folder: str, lock: int) -> bool:
    """Whether `lock` is still that of the folder; one of a file that is gone binds nobody."""
    try:
        return os.path.samestat(Path(folder, _LOCK).stat(), os.fstat(lock))
    except OSError:
        return False


def _keep_in(folder: str, lock: int) -> None:
    """Until somebody takes the folder away, or the database or the lock out of it. Raises
    SystemExit, with a sentence, where there can be no database."""
    try:
        _begin_log(folder)
        _make_database(folder)
    except OSError as error:
        if _holds(folder, lock):
            raise SystemExit(str(error)) from error
        return
    kept = (_server(folder), _switch(folder))
    try:
        while _holds(folder, lock) and were_started(folder):
            for one in kept:
                one.see_to_it()
            time.sleep(_AGAIN)
        say(f"{folder} was taken away: Open vSwitch begins anew")
    finally:
        for one in reversed(kept):  # the switch first: it ends in order while it has its database
            one.end()


def _begin_log(folder: str) -> None:
    """Anew, where the last one went with its folder. Raises OSError."""
    if os.fstat(sys.stderr.fileno()).st_nlink == 0:
        with _log(folder) as told:
            for number in (sys.stdout.fileno(), sys.stderr.fileno()):
                os.dup2(told.fileno(), number)


def _server(folder: str) -> Kept:
    remote = f"--remote=punix:{folder}/{SOCKET}"
    words = ["ovsdb-server", f"{folder}/{_DATABASE}", remote]
    return _kept(folder, words, Question(SOCKET, "echo"))


def _switch(folder: str) -> Kept:
    words = ["ovs-vswitchd", f"unix:{folder}/{SOCKET}"]
    return _kept(folder, words, Question("ovs-vswitchd.ctl", "version"))


def _kept(folder: str, words: list[str], question: Question) -> Kept:
    """No syslog, no file of its own: what matters goes to the one log."""
    silent = ["-vconsole:warn", "-vsyslog:off", "-vfile:off"]
    places = dict.fromkeys(("OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR"), folder)
    words += [f"--unixctl={folder}/{words[0]}.ctl", *silent]
    return Kept(words, {**places, "PATH": _path()}, folder, question)


def _make_database(folder: str) -> None:
    """With the one row that all else hangs on. Raises OSError, with a sentence, where it cannot be
    made."""
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
        raise OSError(done.stderr.strip() or f"{words[0]} ended with {done.returncode}")


def _path() -> str:
    return f"{os.environ.get('PATH', '/usr/bin')}:/usr/sbin:/sbin"
