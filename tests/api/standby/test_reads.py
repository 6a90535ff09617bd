"""Reads come from the hot standby; what they do while it is behind, and while the primary is away."""

from __future__ import annotations

from threading import Event

import psycopg
import pytest
from structlog.testing import capture_logs

from application.status.board import STALE_SECONDS
from domain.access.keyring import Role
from infrastructure.projections import positions
from infrastructure.projections.standby_watch import BEHIND_SECONDS
from infrastructure.store.postgres_programs import OPEN_LOCK
from tests.api.client import Site, made, problem
from tests.api.console.identity_provider import SigningIn, a_provider
from tests.api.private_changes import LABELS, VAULT, a_public_morning
from tests.api.private_recoveries import OTHER, PANEL, a_public_loss, of_the_loss
from tests.api.readers import Places, Question, ask_all, questions
from tests.api.standby.replicated import Replicated, Watch, paused, reasons, settle, without_primary
from tests.waiting import until

A_MINUTE = 60.0


def keys(answer_of: Site, caller: Role | None = None) -> list[str]:
    """Give the keys of the components that are read."""
    who = answer_of.reader if caller is None else answer_of.a(caller)
    answer = who.get("/v1/components")
    assert answer.status_code == 200, answer.text
    return [each["key"] for each in answer.json()["data"]]


class TestReads:
    def test_are_answered_from_the_standby(self, site: Site, replicated: Replicated) -> None:
        site.component("labels")
        site.a(Role.AUDITOR)
        settle(site)
        with paused(replicated):
            before = int(site.auditor.get("/v1/components").headers["Bitacora-Position"])
            answer = site.operator.post(
                "/v1/components", {"key": "orders", "name": "Orders", "group": "x", "since": "2025-01-01"}
            )

            assert int(answer.headers["Bitacora-Position"]) == site.last_position() == before + 1
            assert keys(site) == keys(site, Role.AUDITOR) == ["labels"]
            assert site.auditor.get("/v1/components").headers["Bitacora-Position"] == str(before)
            assert [each["position"] for each in site.auditor.get("/v1/events?limit=200").json()["data"]][-1] == before

        settle(site)
        assert keys(site) == ["labels", "orders"]

    def test_wait_for_a_position_until_the_standby_has_it(self, site: Site, replicated: Replicated) -> None:
        settle(site)
        begun = Event()
        with paused(replicated):
            site.component("orders")
            position = site.last_position()
            waiting = site.start(_read_at(site, position, begun))
            assert begun.wait(20)

        assert waiting.result(20) == (200, ["orders"])

    def test_are_refused_if_the_standby_does_not_come_to_a_position_in_time(
        self, site: Site, replicated: Replicated, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site.a(Role.AUDITOR)
        settle(site)
        with monkeypatch.context() as patch, paused(replicated):
            patch.setattr(positions.ViewPositions.reach, "__kwdefaults__", {"patience": 0.05})
            site.component("orders")
            asked = {"min_position": site.last_position()}

            for caller in (site.reader, site.auditor):
                problem(caller.get("/v1/components", params=asked), 503, "not_yet_visible")
                problem(caller.get("/v1/components", params={"as_of": asked["min_position"]}), 503, "not_yet_visible")
                problem(caller.get("/v1/components", params={"as_of": "2025-03-04T08:00:00Z"}), 503, "not_yet_visible")

        settle(site)
        for caller in (site.reader, site.auditor):
            for query in (asked, {"as_of": asked["min_position"]}, {"as_of": "2025-03-04T08:00:00Z"}):
                assert [each["key"] for each in caller.get("/v1/components", params=query).json()["data"]] == ["orders"]


async def _read_at(site: Site, position: int, begun: Event) -> tuple[int, list[str]]:
    begun.set()
    answer = await site.client.get("/v1/components", params={"min_position": position})
    return answer.status_code, [each["key"] for each in answer.json()["data"]]


class TestAStandbyThatIsBehind:
    def test_is_told_by_the_age_of_what_is_read_and_by_readyz(
        self, site: Site, replicated: Replicated, watch: Watch
    ) -> None:
        scene = a_public_loss(a_public_morning(site))
        ids = (scene.declared, scene.resolved, scene.detected, scene.planned, scene.under_way, of_the_loss(scene).id)
        places = Places(components=(LABELS, VAULT, PANEL, OTHER), ids=ids, last_position=site.tick())
        asked = [each for each in questions(site, places) if each.is_bare and each.method == "GET"]
        settle(site)
        before = ask_all(site, asked)
        with paused(replicated):
            site.operator.post(f"/v1/components/{LABELS}/pins", {"status": "major_outage", "reason": "seen"})
            watch.advance(A_MINUTE)
            until(lambda: "read_database_behind" in reasons(site))

            ready = site.auditor.get("/readyz")
            assert (ready.status_code, ready.json()["stale"]) == (503, True)
            found = {each["code"]: each["message"] for each in ready.json()["details"]}
            assert found.keys() == {"read_database_behind", "board_stale"}
            assert found["read_database_behind"].startswith("The read database is 6")
            assert found["read_database_behind"].endswith(" seconds and 1 events behind.")
            answers = ask_all(site, asked)
            for question, answered in answers.items():
                _assert_old(question, before[question].status, answered.status, dict(answered.headers))
            assert sum(answered.status == 200 for answered in answers.values()) > 40
            lag = _lag(site)
            assert lag["seconds"] >= A_MINUTE
            assert lag["positions"] == 1

        settle(site)
        assert _lag(site)["seconds"] < STALE_SECONDS
        assert _lag(site)["positions"] == 0
        assert not any("age" in dict(answered.headers) for answered in ask_all(site, asked).values())
        status = site.reader.get("/v1/status").json()
        assert {each["key"]: each["status"] for each in status["components"]}[LABELS] == "major_outage"

    def test_says_once_that_it_fell_behind_and_that_it_caught_up(
        self, site: Site, replicated: Replicated, watch: Watch
    ) -> None:
        settle(site)
        with capture_logs() as lines:
            with paused(replicated):
                site.component("labels")
                watch.advance(BEHIND_SECONDS)
                until(lambda: "read_database_behind" in reasons(site))
            settle(site)
            until(lambda: lines[-1]["event"] == "read_database_caught_up")

        said = [line["event"] for line in lines if line["event"].startswith("read_database")]
        assert said == ["read_database_behind", "read_database_caught_up"]

    def test_is_not_behind_while_nothing_is_written(self, site: Site, replicated: Replicated, watch: Watch) -> None:
        settle(site)
        with paused(replicated):
            watch.advance(A_MINUTE)
            until(lambda: (site.bitacora.facade.visibility.lag or 0) < STALE_SECONDS)

            settle(site)
            assert "Age" not in site.reader.get("/v1/components").headers


class TestWhatDecides:
    def test_a_token_that_was_revoked_is_refused_though_the_standby_knows_it(
        self, site: Site, replicated: Replicated
    ) -> None:
        caller = site.issue(Role.AUDITOR, "ann")
        settle(site)
        with paused(replicated):
            assert caller.get("/v1/components").status_code == 200
            site.revoke("ann")

            problem(caller.get("/v1/components"), 401, "not_authenticated")

    def test_a_session_that_an_admin_ended_is_over_though_the_standby_knows_it(
        self, replicated: Replicated, replicated_url: str
    ) -> None:
        standby = replicated.standby.url_of(replicated_url)
        with a_provider() as provider, Site(replicated_url, read_database=standby, **provider.settings()) as site:
            person, admin = SigningIn(site, provider), site.a(Role.ADMIN)
            person.sign_in()
            settle(site)
            with paused(replicated):
                begun = site.last_position()
                assert person.visitor.opens("/console").path == "/console"
                (session,) = made(admin.get("/v1/sessions"))["data"]
                assert admin.delete(f"/v1/sessions/{session['id']}").status_code < 300
                assert site.last_position() > begun

                assert person.visitor.opens("/console").path.startswith("/console/sign-in")

    def test_a_command_is_repeated_by_its_receipt_though_the_standby_has_none(
        self, site: Site, replicated: Replicated
    ) -> None:
        settle(site)
        body = {"key": "orders", "name": "Orders", "group": "x", "since": "2025-01-01"}
        site.a(Role.OPERATOR)
        with paused(replicated):
            first = site.operator.post("/v1/components", body, key="once")
            again = site.operator.post("/v1/components", body, key="once")

        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.json() == first.json()


class TestAPrimaryThatIsAway:
    def test_stops_commands_and_tokens_and_no_public_read(
        self, site: Site, replicated: Replicated, watch: Watch
    ) -> None:
        scene = a_public_loss(a_public_morning(site))
        ids = (scene.declared, scene.resolved, scene.detected, scene.planned, scene.under_way, of_the_loss(scene).id)
        places = Places(components=(LABELS, VAULT, PANEL, OTHER), ids=ids, last_position=site.tick())
        asked = [each for each in questions(site, places) if each.is_bare and each.method == "GET"]
        settle(site)
        before = ask_all(site, asked)
        operator, position = site.operator, site.last_position()
        with without_primary(replicated):
            until(lambda: "store_unavailable" in reasons(site))
            watch.advance(A_MINUTE)
            answers = ask_all(site, asked)
            problem(operator.get("/v1/components"), 503, "store_unavailable")
            problem(operator.post("/v1/components", {"key": "a"}), 503, "store_unavailable")
            at_least = site.reader.get("/v1/components", params={"min_position": position})
            assert (at_least.status_code, int(at_least.headers["Age"]) >= A_MINUTE) == (200, True)

        for question, answered in answers.items():
            if question.path.startswith(("/readyz", "/en/account/", "/es/account/", "/pl/account/", "/pt/account/")):
                # What a link opens is read where it is revoked.
                assert answered.status == 503, question
                continue
            _assert_old(question, before[question].status, answered.status, dict(answered.headers))
        until(lambda: site.reader.get("/readyz").status_code == 200)
        assert operator.get("/v1/components").status_code == 200


def _assert_old(question: Question, before: int, status: int, headers: dict[str, str]) -> None:
    if question.path.endswith("/decision"):
        # A job would act on a rule that may be another one by now.
        assert status == (before if before == 422 else 503), question
        return
    assert status == before or question.path == "/readyz", (question, status, before)
    if status == 200 and question.path != "/livez":
        assert int(headers.get("age", "0")) >= A_MINUTE, (question, headers)


def _lag(site: Site) -> dict[str, float]:
    page = site.auditor.get("/metrics").text
    lines = (line.split() for line in page.splitlines() if line.startswith("bitacora_read_database_lag_"))
    return {name.removeprefix("bitacora_read_database_lag_"): float(value) for name, value in lines}


class TestViewsOfTwoVersions:
    def test_are_read_each_where_they_are(self, replicated: Replicated, replicated_url: str) -> None:
        with psycopg.connect(replicated_url, autocommit=True) as older:
            # As long as it is connected, another version keeps its views beside the log.
            older.execute("SELECT pg_try_advisory_lock_shared(%s)", (OPEN_LOCK,))
            older.execute("UPDATE views SET version = version + 1 WHERE name = 'board'")
            before = older.execute("SELECT * FROM views ORDER BY name").fetchall()
            standby = replicated.standby.url_of(replicated_url)
            with Site(replicated_url, read_database=standby, checkpoint_every="P9D") as site:
                site.component("labels")
                settle(site)

                assert keys(site) == ["labels"]
                assert reasons(site) == set()
            assert older.execute("SELECT * FROM views ORDER BY name").fetchall() == before
