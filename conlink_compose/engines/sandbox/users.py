"""`user` and `group_add` of the services: whom the sandbox cannot run as, told before it starts."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.compose.load import Document
from conlink_compose.compose.services import ServiceDeclaration
from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.document.scalars import as_text
from conlink_compose.document.tree import List, Map
from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox.child.user import identify, is_only
from conlink_compose.workload import User

_FILES = ("/etc", "/etc/passwd", "/etc/group")
_UNKNOWN = "make it here, or write its number; the sandbox does not see the users of an image"
_ALONE = "run conlink-compose as root to have it run as another"


def user_problems(document: Document, only: tuple[int, int] | None) -> list[Diagnostic]:
    """`only` is the uid and gid of the one user there is without root, None where there are all."""
    return [
        problem
        for service in document.services.values()
        if not service.is_network_service
        for problem in _of_service(service, only)
    ]


def _of_service(service: ServiceDeclaration, only: tuple[int, int] | None) -> Iterator[Diagnostic]:
    for text, user, at in _named(service.keys):
        try:
            identity = identify(user)
            fits = only is None or (is_only(identity, only) and not user.groups)
        except SandboxError as error:
            if only is None and not _has_users_of_its_own(service.keys):
                yield Diagnostic("unknown-user", str(error), at, _UNKNOWN)
            fits = only is None
        if not fits:
            message = (
                f"`{text}` has no effect without root: the processes of {service.name} run as you"
            )
            yield Diagnostic("not-in-sandbox", message, at, _ALONE, Severity.WARNING)


def _named(service: Map) -> Iterator[tuple[str, User, Span]]:
    """Each on its own, with its place."""
    user, groups = service.get("user"), service.get("group_add")
    if user is not None and not isinstance(user, Map | List):
        text = as_text(user)
        yield f"user: {text}", User(text), service.values_at["user"]
    for item, at in groups.placed() if isinstance(groups, List) else ():
        if not isinstance(item, Map | List):
            yield f"group_add: {as_text(item)}", User("", (as_text(item),)), at


def _has_users_of_its_own(service: Map) -> bool:
    """Whether it mounts something over the files in which users are looked up."""
    volumes = service.get("volumes")
    for item in volumes if isinstance(volumes, List) else ():
        short = [*as_text(item).split(":"), ""] if not isinstance(item, Map | List) else []
        target = item.get("target") if isinstance(item, Map) else (short or ["", ""])[1]
        if str(target).rstrip("/") in _FILES:
            return True
    return False
