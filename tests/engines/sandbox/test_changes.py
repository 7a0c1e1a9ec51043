from dataclasses import replace

from conlink_compose.engines.sandbox.supervisor.changes import Changes, decide
from conlink_compose.topology import Owner
from conlink_compose.workload import Restart, Workload

WEB = Workload(Owner("service", "web"), replicas=2, argv=("nginx",))
H1 = Workload(Owner("host", "h1"))
PRESENT = {"web-1": WEB, "web-2": WEB, "h1": H1}


def test_the_same_file_changes_nothing() -> None:
    assert decide(PRESENT, [WEB, H1], False, ()) == Changes()


def test_scaling_touches_only_the_surplus() -> None:
    assert decide(PRESENT, [replace(WEB, replicas=1), H1], False, ()).remove == ("web-2",)
    assert decide(PRESENT, [replace(WEB, replicas=3), H1], False, ()).create == ("web-3",)


def test_another_process_recreates_and_what_can_be_obeyed_in_place_does_not() -> None:
    assert decide(PRESENT, [replace(WEB, argv=("caddy",)), H1], False, ()).recreate == (
        "web-1",
        "web-2",
    )
    in_place = replace(WEB, restart=Restart("always"), depends_on=("h1",), stop_grace=1.0)
    assert decide(PRESENT, [in_place, H1], False, ()).recreate == ()


def test_what_has_ended_is_started_again_once() -> None:
    found = decide(PRESENT, [WEB, H1], False, ["web-2"], at_rest=["web-1", "web-2"])
    assert (found.start, found.recreate) == (("web-1",), ("web-2",))


def test_recreate_takes_nodes_and_services() -> None:
    assert decide(PRESENT, [WEB, H1], False, ["web-2"]).recreate == ("web-2",)
    assert decide(PRESENT, [WEB, H1], False, ["web"]).recreate == ("web-1", "web-2")


def test_a_service_that_left_the_file_is_an_orphan_and_a_host_goes() -> None:
    assert decide(PRESENT, [], False, ()) == Changes(remove=("h1",), orphans=("web-1", "web-2"))
    assert decide(PRESENT, [], True, ()) == Changes(remove=("web-1", "web-2", "h1"))
