from conlink_compose.engines.sandbox.supervisor.order import awaited, stoppable
from conlink_compose.topology import Owner
from conlink_compose.workload import Workload


def _service(name: str, *depends_on: str) -> Workload:
    return Workload(Owner("service", name), depends_on=depends_on)


WEB, APP, DB = _service("web", "app"), _service("app", "db", "cache"), _service("db")


def test_only_known_services_that_have_not_started_are_waited_for() -> None:
    assert awaited(APP, known={"app", "db"}, started=set()) == ["db"]
    assert awaited(APP, known={"app", "db"}, started={"db"}) == []


def test_dependents_stop_first() -> None:
    all_three = (WEB, APP, DB)
    assert stoppable(all_three, {"web", "app", "db"}) == {"web"}
    assert stoppable(all_three, {"app", "db"}) == {"app"}
    assert stoppable(all_three, {"db"}) == {"db"}


def test_a_circle_stops_as_a_whole() -> None:
    assert stoppable((_service("a", "b"), _service("b", "a")), {"a", "b"}) == {"a", "b"}
