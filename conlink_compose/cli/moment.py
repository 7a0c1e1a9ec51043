"""A moment as `logs --since` takes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def moment(text: str, now: datetime) -> str | None:
    """`2026-01-31T12:00:00Z`, `2026-01-31`, seconds since the epoch, or how long ago (`42m`), as
    the time of a log line; None where it is none of these."""
    from conlink_compose.workloads.process import seconds

    try:
        found = _moment(text, now, seconds(text))
    except (ValueError, OverflowError):
        return None
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(text: str, now: datetime, ago: float | None) -> datetime:
    if ago is not None:
        return now - timedelta(seconds=ago)
    if text.replace(".", "", 1).isdecimal():
        return datetime.fromtimestamp(float(text), UTC)
    return datetime.fromisoformat(text)  # without a zone it is local time, as in Docker
