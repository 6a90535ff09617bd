"""The program that the tests of this folder share."""

import pytest

from tests.application.shared_program import program, shared_program
from tests.stores import run_on_one

__all__ = ["program", "shared_program"]


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    run_on_one(metafunc, "database", "shared_program")
