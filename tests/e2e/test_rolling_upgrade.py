"""Servers of two versions on one PostgreSQL, on a store of an old version: both take commands all the time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg

from tests.e2e.later_version import LATER, MARK
from tests.e2e.server import DEADLINE_SECONDS, Server, eventually, serving
from tests.upgrade.stores import OldStore, versions

OLDEST = OldStore(versions()[0], "postgres")
POSITIONS = range(100, 1_401, 130)
PATHS = ("/v1/incidents?limit=100", "/v1/maintenance-windows", "/v1/panels", "/v1/status", "/v1/components")
OPERATOR = {"Authorization": "Bearer bita_operator-of-the-old-stores"}


class Registrar:
    """Registers one component after the other at a server, each with a name of its own."""

    def __init__(self, server: Server, name: str) -> None:
        self._server, self._name = server, name
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._register)
        self.registered: list[str] = []
        self.refused: list[str] = []

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Register until the end, and see that nothing was refused and something was done."""
        self._thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._thread.join(DEADLINE_SECONDS)
        assert self.refused == []
        assert self.registered

    def _register(self) -> None:
        with httpx.Client(base_url=self._server.address, timeout=DEADLINE_SECONDS, headers=OPERATOR) as client:
            while not self._stopping.is_set():
                key = f"{self._name}-{len(self.registered)}"
                body = {"key": key, "name": {"en": key}, "group": "hubs"}
                answer = client.post("/v1/components", json=body)
                if answer.status_code == httpx.codes.CREATED:
                    self.registered.append(key)
                else:
                    self.refused.append(answer.text)


class TestTwoVersions:
    def test_serve_one_store_side_by_side(
        self, postgres_url: str, tmp_path: Path, process_environment: Mapping[str, str]
    ) -> None:
        OLDEST.restore(postgres_url)
        folders = [tmp_path / name for name in ("now", "later", "second")]
        for folder in folders:
            folder.mkdir()
        environment = {**process_environment, LATER: "1"}
        with serving(postgres_url, folders[0]) as now:
            before = past(now)
            first = Registrar(now, "now")
            with first.at_work():
                with serving(postgres_url, folders[1], environment=environment) as later:
                    second = Registrar(later, "later")
                    with second.at_work():
                        eventually(lambda: len(second.registered) > 20 and len(first.registered) > 20)
                        assert past(now) == before
                        assert unmarked(past(later)) == before
                        # Another process of the later version finds the views of the first one.
                        with serving(postgres_url, folders[2], environment=environment) as another:
                            assert unmarked(past(another)) == before
                    both = {*second.registered}
                    assert now.client.get("/readyz").status_code == httpx.codes.OK
                # The later version is taken back, and nothing is lost of what it did.
                eventually(lambda: both <= groups(now).keys())
            assert set(groups(now).values()).isdisjoint(marked(set(groups(now).values())))

            with serving(postgres_url, folders[1], environment=environment) as later:
                wanted = both | {*first.registered}
                eventually(lambda: wanted <= groups(later).keys())
                found = groups(later)
                assert set(found.values()) == marked(set(groups(now).values()))
                now.end()
                eventually(lambda: tables(postgres_url, "public", "components") == 0)
                assert groups(later) == found
                assert unmarked(past(later)) == before
                assert tables(postgres_url, "bitacora_beside", "components") == 1
                assert later.client.get("/readyz").status_code == httpx.codes.OK
                assert "Traceback" not in later.complained


def past(server: Server) -> dict[str, bytes]:
    """Give what the server answers about the past of the store."""
    asked = [f"{path}{'&' if '?' in path else '?'}as_of={position}" for path in PATHS for position in POSITIONS]
    found: dict[str, bytes] = {}
    for path in asked:
        answer = server.client.get(path, headers=OPERATOR)
        assert answer.status_code == httpx.codes.OK, (path, answer.text)
        found[path] = answer.content
    return found


def unmarked(answers: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give answers as the version before gives them; each of components has to have the mark of the later one."""
    for path, content in answers.items():
        assert (MARK.encode() in content) == (b'"group":' in content), path
    return {path: content.replace(MARK.encode(), b"") for path, content in answers.items()}


def marked(names: set[str]) -> set[str]:
    """Give the groups as the later version has them."""
    return {f"{name}{MARK}" for name in names}


def groups(server: Server) -> dict[str, str]:
    """Give the group of each component."""
    answer = server.client.get("/v1/components", headers=OPERATOR)
    assert answer.status_code == httpx.codes.OK, answer.text
    return {each["key"]: each["group"] for each in answer.json()["data"]}


def tables(database: str, schema: str, name: str) -> int:
    """Count the tables of a name in a schema."""
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = %s AND tablename = %s", (schema, name)
        ).fetchone()
    assert row is not None
    return int(row[0])
