"""On which stores a test runs: on both, or on one unless both are asked for."""

import pytest

EACH = ("sqlite", "postgres")
OPTION = "--both-stores"
EVERY_EXAMPLE = "every example"
"""The name of the settings under which a property is tried with as many examples on either store."""


def run_on_one(metafunc: pytest.Metafunc, *fixtures: str) -> None:
    """Let a test that uses one of the ``fixtures`` run on the embedded store alone.

    The contracts prove that the two stores behave alike, so that what is built upon them need not be tested on each.
    A module marked ``both_stores`` depends on the statements themselves; with the option, every test runs on both.
    """
    if not (metafunc.config.getoption(OPTION) or metafunc.definition.get_closest_marker("both_stores")):
        keep_to(metafunc, EACH[0], *fixtures)


def keep_to(metafunc: pytest.Metafunc, store: str, *fixtures: str) -> None:
    """Let a test that uses one of the ``fixtures`` run on one store, as if it said so itself.

    It goes before the parameters of the fixtures, so that the hook that calls this has to be tried first.
    """
    for name in fixtures:
        if name in metafunc.fixturenames:
            metafunc.definition.add_marker(pytest.mark.parametrize(name, [store], indirect=True))
