"""How the services that are added to the project are to be."""

from __future__ import annotations

from conlink_compose.document.tree import Map
from conlink_compose.language.fields import RefusedPaths, fields_of, flag, text, texts
from conlink_compose.topology import RuntimeOptions


def read_runtime(tree: Map, written_by: str | None, refused: RefusedPaths) -> RuntimeOptions:
    top = tree.get("x-conlink")
    options = top.get("runtime") if isinstance(top, Map) else None
    if not isinstance(options, Map):
        return RuntimeOptions(written_by=written_by)
    fields = fields_of(options, ("x-conlink", "runtime"), refused)
    networks, ports = fields.get("networks"), fields.get("ports")
    return RuntimeOptions(
        text(fields, "image"),
        text(fields, "name"),
        tuple(name for name, _ in texts(networks)) if networks else (),
        tuple(port for port, _ in texts(ports)) if ports else (),
        text(fields, "log_level") or "info",
        flag(fields, "gate") is not False,
        flag(fields, "names") is not False,
        written_by,
    )
