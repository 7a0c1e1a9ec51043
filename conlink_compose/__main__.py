"""`conlink-compose`, and `python -m conlink_compose`."""

from __future__ import annotations


def main() -> None:
    from conlink_compose.cli.app import run  # noqa: PLC0415 -- a script's start

    run()


if __name__ == "__main__":
    main()
