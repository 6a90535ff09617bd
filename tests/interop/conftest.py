"""The real clients, and what each of them understood at each step."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.databases import PostgresDatabases
from tests.e2e.server import Server, serving
from tests.interop.environments import CLIENTS, Runner, modules_of, newer_python, python_of
from tests.interop.observing import Observed, observe
from tests.interop.walk import Walk
from tests.programs import find_program
from tests.stores import EACH, run_on_one

GO_PACKAGES = Path("/usr/share/gocode")
"""Where Debian puts them."""


@pytest.fixture(scope="session")
def in_python(process_environment: dict[str, str], *, test_everything: bool) -> Iterator[Runner]:
    """Runs clients in Python; two of them run programs for calendars."""
    for name in ("khal", "vdirsyncer"):
        find_program(name, package=name, required=test_everything)
    runner = Runner(python_of("python", process_environment), CLIENTS / "run.py", environment=process_environment)
    yield runner
    runner.stop()


@pytest.fixture(scope="session")
def in_newer_python(process_environment: dict[str, str]) -> Iterator[Runner]:
    """Runs the clients that need a newer Python than ours."""
    interpreter = newer_python(process_environment)
    if interpreter is None:
        pytest.skip("there is no Python 3.12 or later")
    python = python_of("witness", process_environment, interpreter)
    runner = Runner(python, CLIENTS / "run.py", environment=process_environment)
    yield runner
    runner.stop()


@pytest.fixture(scope="session")
def tlog_program(
    tmp_path_factory: pytest.TempPathFactory, process_environment: dict[str, str], *, test_everything: bool
) -> Path:
    """The client in Go, built with the packages of Debian."""
    go = find_program("go", package="golang-go", required=test_everything)
    if not GO_PACKAGES.joinpath("src/golang.org/x/mod/sumdb").exists():
        (pytest.fail if test_everything else pytest.skip)("apt install golang-golang-x-mod-dev")
    program = tmp_path_factory.mktemp("go") / "tlog_client"
    environment = {**process_environment, "GO111MODULE": "off", "GOPATH": str(GO_PACKAGES)}
    subprocess.run([go, "build", "-o", program, CLIENTS / "tlog_client.go"], env=environment, check=True, timeout=300)
    return program


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
