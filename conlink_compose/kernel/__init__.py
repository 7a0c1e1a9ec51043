"""The Linux kernel by netlink: what is observed, and what is applied.

`observe.py` beside `apply.py`; `messages_*` pack what is sent, `read_*` unpack what is
answered, `link_socket.py` carries both. Where the kernel surprises, a comment says so.
"""

from conlink_compose.kernel.failure import Failure, failure_diagnostic
from conlink_compose.kernel.kernel import Kernel
from conlink_compose.kernel.mark import mark_of
from conlink_compose.kernel.observe import Observation

__all__ = ["Failure", "Kernel", "Observation", "failure_diagnostic", "mark_of"]
