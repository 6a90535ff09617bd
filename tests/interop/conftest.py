"""The real clients, and what each of them understood at each step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.databases import PostgresDatabases
from tests.e2e.server import Server, serving
from tests.interop.environments import CLIENTS, Runner, modules_of, python_of
from tests.interop.observing import Observed, observe
from tests.interop.walk import Walk
from tests.programs import find_program
from tests.stores import EACH, run_on_one


@pytest.fixture(scope="session")
def in_python(process_environment: dict[str, str], *, test_everything: bool) -> Iterator[Runner]:
    """Runs clients in Python; two of them run programs for calendars."""
    for name in ("khal", "vdirsyncer"):
        find_program(name, package=name, required=test_everything)
    runner = Runner(python_of("python", process_environment), CLIENTS / "run.py", environment=process_environment)
    yield runner
    runner.stop()


@pytest.fixture(scope="session")
def in_node(npm: str, process_environment: dict[str, str]) -> Iterator[Runner]:
    """Runs clients in JavaScript."""
    modules = {"NODE_PATH": str(modules_of(npm, process_environment))}
    runner = Runner("node", CLIENTS / "run.js", environment={**process_environment, **modules})
    yield runner
    runner.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is said follows from queries that are the same on both stores; the long soak looks at both."""
    run_on_one(metafunc, "server")


@pytest.fixture(scope="session", params=EACH)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, process_environment: dict[str, str]
) -> Iterator[Server]:
    """The service, with nothing in it."""
    folder = tmp_path_factory.mktemp("interop")
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'interop.sqlite3'}"
        if request.param == "postgres":
            databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
            url = stack.enter_context(databases.empty())
        yield stack.enter_context(serving(url, folder, environment=process_environment))


@pytest.fixture(scope="session")
def walk(server: Server) -> Walk:
    """What happens; the steps have to be taken."""
    return Walk(server=server, operator=server.admin())


@pytest.fixture(scope="session")
def observed(
    walk: Walk,
    in_python: Runner,
    in_node: Runner,
    tmp_path_factory: pytest.TempPathFactory,
) -> Observed:
    """What every client understood, by its name and by the step after which it looked."""
    runners = {"python": in_python, "node": in_node}
    return observe(walk, runners, tmp_path_factory.mktemp("clients"))
