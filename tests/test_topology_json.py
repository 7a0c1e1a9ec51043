from ipaddress import ip_interface

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conlink_compose import topology_json
from conlink_compose.diagnostics import Span
from conlink_compose.topology import Endpoint, Link, Netem, Owner, Topology


@settings(max_examples=30, deadline=None)
@given(st.from_type(Topology))
def test_what_is_dumped_is_loaded_again(topology: Topology) -> None:
    # repr, because a float that is no number does not equal itself.
    assert repr(topology_json.load(topology_json.dump(topology))) == repr(topology)


def test_the_types_come_back_as_they_were() -> None:
    near = Endpoint(
        Owner("host", "h1"),
        "eth0",
        addresses=(ip_interface("fd00::1/64"),),
        netem=(Netem(delay=20.5, loss_model=("gemodel", (1.0, 2.0))),),
        span=Span("a.yaml", 1, 2, 3, 4),
    )
    topology = Topology("lab", links=(Link("veth", near, bridge="lan"),))
    loaded = topology_json.load(topology_json.dump(topology))
    endpoint = loaded.links[0].near
    assert isinstance(endpoint.owner, Owner)
    assert isinstance(endpoint.span, Span)
    assert endpoint.netem[0].loss_model == ("gemodel", (1.0, 2.0))
    assert loaded == topology


def test_defaults_are_left_out() -> None:
    assert topology_json.dump(Topology("lab")) == '{"project":"lab"}'


@pytest.mark.parametrize("text", ["", "[", '{"project":"x","nonsense":1}', "{}"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        topology_json.load(text)
