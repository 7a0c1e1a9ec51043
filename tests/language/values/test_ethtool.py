from __future__ import annotations

from typing import Any

import pytest

from tests.language.reading import end_with


@pytest.mark.parametrize(
    "ethtool",
    [
        "--offload rx off tx on",
        "-K rx off tx on",
        ["--offload rx off", "-K tx on"],
        {"rx": False, "tx": "on"},
        [{"rx": "off"}, {"tx": True}],
    ],
)
def test_ethtool(ethtool: Any) -> None:
    assert end_with(ethtool=ethtool).ethtool == (("rx", "off"), ("tx", "on"))
