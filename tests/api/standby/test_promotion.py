"""A standby that lacks the last events takes the place of the primary: what was lost is not shown, and is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from application.status.projection import BOARD_VIEW
from infrastructure.store.base import StoreDown
from infrastructure.store.postgres import PostgresStore
from tests.api.client import Site, problem
from tests.api.standby.replicated import Replicated, reasons
from tests.databases import PostgresDatabases
from tests.postgres_server import controlled_server
from tests.standby_server import standby_of
from tests.waiting import until


@pytest.fixture
def replicated() -> Iterator[Replicated]:
    """A server with a hot standby, of which this test leaves one."""
    with controlled_server() as primary, standby_of(primary) as standby:
        yield Replicated(primary, standby, PostgresDatabases(primary.url))


def hosts_of(replicated: Replicated) -> str:
    """Give the hosts of both servers, for a URL."""
    primary = replicated.primary.url.rpartition("host=")[2]
    return f"host={primary},{replicated.standby.folder}"


@pytest.fixture
def site(replicated: Replicated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The service on whichever server takes writes; its checkpoint is kept beside its key."""
    monkeypatch.chdir(tmp_path)
    url = f"postgresql://postgres@/postgres?{hosts_of(replicated)}&target_session_attrs=read-write"
    with Site(url, checkpoint_every="P9D") as site:
        yield site


def shown(site: Site) -> set[str]:
    """Give the components that the board shows everybody."""
    return {each["key"] for each in site.reader.get("/v1/status").json()["components"]}


def test_of_events_that_it_lacks_nothing_is_shown_and_all_are_named(site: Site, replicated: Replicated) -> None:
    site.component("labels")
    auditor, operator = site.auditor, site.operator
    site.tick()
    replicated.standby.caught_up()
    until(lambda: replicated.standby.is_true("SELECT min(position) = max(position) FROM views"))
    replicated.standby.fall_behind()
    lost = site.component("lost")
    until(lambda: shown(site) == {"labels", "lost"})
    position, views = site.last_position(), site.bitacora.facade.visibility
    seen = views.stand(BOARD_VIEW.name)
    kept = auditor.get("/log/checkpoint").text
    until(lambda: site.reader.get("/v1/incidents").status_code == 200)

    replicated.primary.crash()
    problem(operator.post("/v1/components", {"key": "a"}), 503, "store_unavailable")
    replicated.standby.promote()
    body = {"key": "found", "name": "Found", "group": "platform", "since": "2025-01-01"}
    until(lambda: operator.post("/v1/components", body, key="found").status_code == 201)

    assert site.last_position() == position
    # Nobody reads before the views have come to another event at the same position.
    until(lambda: views.stand(BOARD_VIEW.name)[1] != seen[1] and views.stand(BOARD_VIEW.name)[0] == seen[0])
    assert shown(site) == {"labels", "found"}
    problem(operator.get(f"/v1/components/{lost['key']}"), 404, "not_found")
    problem(
        operator.post("/v1/components/lost/pins", {"status": "degraded_performance", "reason": "x"}), 404, "not_found"
    )
    assert auditor.get("/log/checkpoint").text != kept
    assert "log_not_signed" in reasons(site)
    (named,) = [
        each["message"] for each in auditor.get("/readyz").json()["details"] if each["code"] == "log_not_signed"
    ]
    assert f"the log has {position} events, and is not the one that has the checkpoint in" in named
    assert f", of {position};" in named


def test_that_nobody_answers_is_said_without_the_password(tmp_path: Path) -> None:
    store = PostgresStore(
        f"postgresql://ana:sesame@/log?host={tmp_path}/a,{tmp_path}/b&target_session_attrs=read-write"
    )

    with pytest.raises(StoreDown) as error, store.reading_log():
        pass

    assert "sesame" not in f"{error.value} {store.address} {error.value.__cause__}"
