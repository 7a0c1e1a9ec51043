from __future__ import annotations

from typing import Any

import pytest

from tests.language.reading import compose, topology


@pytest.mark.parametrize(
    ("command", "argv"), [("ip addr", ("sh", "-c", "ip addr")), (["ip", "addr"], ("ip", "addr"))]
)
def test_commands(command: Any, argv: tuple[str, ...]) -> None:
    web = {"x-conlink": {"commands": [{"command": command}]}}
    (found,) = topology(compose(web=web)).commands
    assert (str(found.owner), found.argv) == ("web", argv)
