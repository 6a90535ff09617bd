"""Runs the command line as ``python -m api.cli``."""

from __future__ import annotations

from infrastructure.process_tuning import raise_gc_thresholds


def main() -> None:
    """Load the command line, and run it."""
    # Before it is loaded: a fifth of the time of loading it went into looking for garbage that there is not.
    raise_gc_thresholds()
    from api.cli.program import main as run  # noqa: PLC0415

    run()


if __name__ == "__main__":
    main()
