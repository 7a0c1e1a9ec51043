import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conlink_compose.engines.sandbox.workload_json import from_data, to_data
from conlink_compose.workload import Workload


@settings(max_examples=30, deadline=None)
@given(st.from_type(Workload))
def test_all_but_the_place_comes_back(workload: Workload) -> None:
    again = from_data(json.loads(json.dumps(to_data(workload))))
    assert repr(to_data(again)) == repr(to_data(workload))
    assert again.owner == workload.owner
    assert again.mounts == workload.mounts
    assert again.restart == workload.restart


@pytest.mark.parametrize("data", [{}, [], None, {"owner": "x"}, {"owner": ["service", "a"]}])
def test_other_data_is_refused(data: object) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_data(data)
