"""The real clients, and what each of them understood at each step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.server import Server, serving
from tests.interop.environments import CLIENTS, Runner, modules_of, python_of
from tests.interop.observing import Observed, observe
from tests.interop.walk import Walk
from tests.programs import find_program


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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, process_environment: dict[str, str]) -> Iterator[Server]:
    """The service, with nothing in it."""
    folder = tmp_path_factory.mktemp("interop")
    with serving(f"sqlite:///{folder / 'interop.sqlite3'}", folder, environment=process_environment) as server:
        yield server


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
