"""An operation as a line of text: what `conlink-compose plan` prints."""

from __future__ import annotations

from conlink_compose.state import Operation


def describe(operation: Operation) -> str:
    """`add     veth r1-1:eth0 = (hub):r1_1-eth0 mtu 1500   # is declared, compose.yaml:7:11`"""
    return f"{operation.verb:<7} {_what(operation)}   # {because(operation)}"


def because(operation: Operation) -> str:
    """The cause, and the place in the file it comes from."""
    return f"{operation.cause}, {operation.span}" if operation.span else operation.cause


def _what(operation: Operation) -> str:
    thing, other = operation.thing, operation.other
    if operation.verb != "add":
        return thing.title
    ends = [f"= {other.end}"] if other else []
    joined = [f"master {other.master}"] if other and other.master else []
    isolated = ["isolated"] if other and other.isolated else []
    return " ".join([thing.title, *ends, *thing.attributes, *joined, *isolated])
