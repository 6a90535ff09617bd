"""After a restore nothing of the backup is sent by itself: an operator finds what was perhaps sent since."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from api.notifications.letters.site_letters import SiteLetters
from tests.application.program import FrozenClock, running
from tests.contracts.notifications.subscribed import Subscribed
from tests.e2e.notifying import ClockAhead
from tests.e2e.server import bitacora, serving, succeeded
from tests.mail_relay import PeerRelay, relay_listening

DAY = 24 * 60 * 60


def test_sqlite(empty_sqlite_url: str, tmp_path: Path, process_environment: Mapping[str, str]) -> None:
    backup = str(tmp_path / "backup")
    with relay_listening() as relay:
        incident = announce(empty_sqlite_url)
        succeeded(bitacora("backup", backup, "--database", empty_sqlite_url))
        succeeded(bitacora("restore", backup, "--force", "--database", empty_sqlite_url))

        assert_nothing_is_sent(empty_sqlite_url, incident, relay, tmp_path, process_environment)


def test_postgres(empty_postgres_url: str, tmp_path: Path, process_environment: Mapping[str, str]) -> None:
    with relay_listening() as relay:
        incident = announce(empty_postgres_url)
        succeeded(bitacora("restore", "--adopt", "--database", empty_postgres_url))

        assert_nothing_is_sent(empty_postgres_url, incident, relay, tmp_path, process_environment)


def announce(database: str) -> str:
    """Plan mails that nobody sends, and announce more, which is not planned yet; all of it a day ago."""
    clock = FrozenClock(ClockAhead(-DAY).now())
    with running(database, clock) as program:
        world = Subscribed(program)
        program.register()
        world.subscribe("ana@example.com")
        incident = program.declare(title="Of the backup")
        planner = program.bitacora.notifier.write_with(SiteLetters(program.bitacora.facade))
        program.bitacora.follower.catch_up()
        while planner.step():
            pass
        program.update(incident)
        return str(incident)


def assert_nothing_is_sent(
    database: str, incident: str, relay: PeerRelay, folder: Path, process_environment: Mapping[str, str]
) -> None:
    """Serve the restored store, and find that the first mail is about what comes afterwards."""
    settings = {"BITACORA_SMTP_URL": f"smtp://127.0.0.1:{relay.port}", "BITACORA_MAIL_FROM": "status@example.com"}
    with serving(database, folder, environment={**process_environment, **settings}) as server:
        admin = server.admin()
        body = {"title": "A new one", "message": "We look into it.", "components": {"labels": "major_outage"}}
        server.client.post("/v1/incidents", json=body, headers=admin).raise_for_status()
        first = relay.wait_for(1)
        found = server.client.get("/v1/deliveries", params={"state": "perhaps_sent"}, headers=admin).json()["data"]
        unsent = [each for each in found if each["kind"] == "instant"]

        assert "A new one" in str(first[0].message["subject"])
        assert [(each["thing"], each["state"]) for each in unsent] == [(f"incident/{incident}", "perhaps_sent")]

        retried = server.client.post(f"/v1/deliveries/{unsent[0]['id']}/retry", headers=admin)
        assert retried.status_code == 200, retried.text
        assert "Of the backup" in str(relay.wait_for(2)[1].message["subject"])
