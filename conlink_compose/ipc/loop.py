"""One thread that waits for file descriptors, timers and ended children.

On `selectors` and not on asyncio: the sandbox's supervisor forks, and a fork is plain to read
where one thread holds all state; it also is 10 MB smaller, and every node at the gate is a fork.
"""

from __future__ import annotations

import heapq
import itertools
import os
import selectors
import signal
import time
from collections import deque
from collections.abc import Callable

Callback = Callable[[], object]


class Timer:
    """A call at a time to come. `cancel` may be called at any time."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callback) -> None:
        self.callback: Callback | None = callback

    def cancel(self) -> None:
        self.callback = None


class Loop:
    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._soon: deque[Callback] = deque()
        self._children: dict[int, Callable[[int], None]] = {}
        self._signals: dict[int, Callback] = {}
        self._running = True
        self.after_turn: Callback = lambda: None

    def watch(self, fd: int, readable: Callback | None, writable: Callback | None = None) -> None:
        """Call back whenever `fd` is ready; both None forgets it. Forget it before closing it."""
        events = (selectors.EVENT_READ if readable else 0) | (
            selectors.EVENT_WRITE if writable else 0
        )
        known = fd in self._selector.get_map()
        if events and known:
            self._selector.modify(fd, events, (readable, writable))
        elif events:
            self._selector.register(fd, events, (readable, writable))
        elif known:
            self._selector.unregister(fd)

    def call_in(self, seconds: float, callback: Callback) -> Timer:
        """Call back after `seconds`."""
        timer = Timer(callback)
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), timer))
        return timer

    def soon(self, callback: Callback) -> None:
        """Call back in the next turn; one such call a turn, so that many hold up nobody."""
        self._soon.append(callback)

    def on_exit(self, pid: int, callback: Callable[[int], None]) -> None:
        """Call back with the exit code, as a shell counts it, when the child `pid` ended. It takes
        a loop that reaps."""
        self._children[pid] = callback

    def run(self) -> None:
        while self._running:
            self._turn()

    def end(self) -> None:
        self._running = False

    def reap(self) -> None:
        """Collect every child that ended: PID 1 is given the orphans of its namespace too."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            callback = self._children.pop(pid, None)
            if callback:
                code = os.waitstatus_to_exitcode(status)
                callback(code if code >= 0 else 128 - code)

    def _turn(self) -> None:
        ready = self._selector.select(self._patience())
        for key, events in ready:
            self._dispatch(key.fd, events)
        if self._soon:
            self._soon.popleft()()
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            callback = heapq.heappop(self._timers)[2].callback
            if callback:
                callback()
        self.after_turn()

    def _dispatch(self, fd: int, events: int) -> None:
        # An earlier callback of this turn may have forgotten the descriptor: ask the map again.
        for event, which in ((selectors.EVENT_READ, 0), (selectors.EVENT_WRITE, 1)):
            key = self._selector.get_map().get(fd)
            if key and events & event and key.data[which]:
                key.data[which]()

    def _patience(self) -> float | None:
        if self._soon:
            return 0
        if not self._timers:
            return None
        return max(0.0, self._timers[0][0] - time.monotonic())

    def on_signal(self, number: int, callback: Callback) -> None:
        if not self._signals:
            reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
            signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
            self.watch(reader, lambda: self._signalled(reader))
        # A handler must exist, or Python does not write to the descriptor.
        signal.signal(number, lambda *_: None)
        self._signals[number] = callback

    def _signalled(self, reader: int) -> None:
        for number in set(os.read(reader, 1 << 16)):
            self._signals.get(number, lambda: None)()
