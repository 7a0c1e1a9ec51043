from __future__ import annotations

import pytest

from tests.language.reading import end_with, topology


@pytest.mark.parametrize("mac", ["02:AA:00:00:00:0f", "02-aa-00-00-00-0F"])
def test_macs_become_lower_case_with_colons(mac: str) -> None:
    assert end_with(mac=mac).mac == "02:aa:00:00:00:0f"


@pytest.mark.parametrize(
    "mac", ['"52:54:00:12:34:56"', "02:00:00:00:00:01", "'10:20:30:40:50:10'", "52:54:00:ab:00:60"]
)
def test_a_mac_that_every_yaml_reads_alike_is_no_warning(mac: str) -> None:
    text = f"services: {{web: {{network_mode: none, x-conlink: {{links: [{{mac: {mac}}}]}}}}}}"
    assert topology(text).links[0].near.mac == mac.strip("\"'")
