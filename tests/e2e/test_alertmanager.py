"""A real Alertmanager sends, and what comes of it is read over HTTP."""

from pathlib import Path

from tests.e2e.alertmanager import alert, alerting, nanoseconds
from tests.e2e.client import CLEAR_GRACE, PUBLISH_AFTER, STABLE_FOR, TICK, Desk, now, read
from tests.e2e.outages import Outage, live_through, without_a_process, without_a_store
from tests.e2e.server import eventually


class TestAlertmanager:
    def test_tells_of_a_group_from_its_first_alert_to_the_end(
        self, alertmanager_program: str, desk: Desk, tmp_path: Path
    ) -> None:
        desk.register("told")
        began, second = now(), now()
        one, two = alert("told", "one", starts=began), alert("told", "two", starts=second, severity="warning")
        with alerting(
            alertmanager_program, tmp_path / "one", webhook=desk.webhook("one"), token=desk.emitter
        ) as alertmanager:
            # It fires, and is told of again and again.
            alertmanager.post(one, two)
            (incident,) = eventually(lambda: desk.incidents("told", visibility="public"))
            eventually(lambda: alertmanager.sent >= 3)
            assert desk.states("one") == {"one": "firing", "two": "firing"}

            # One of the two is over, and the group goes on.
            first_end = now()
            alertmanager.post({**one, "endsAt": nanoseconds(first_end)})
            eventually(lambda: desk.states("one") == {"one": "clear", "two": "firing"})
            assert desk.public_state(incident["id"]) == "investigating"

            # Then the other is.
            last_end = now()
            alertmanager.post({**two, "endsAt": nanoseconds(last_end)})
            eventually(lambda: desk.public_state(incident["id"]) == "resolved")
            assert alertmanager.refused == 0

        self._is_whole(desk, incident["id"])
        (resolved,) = desk.incidents("told")
        assert resolved["components"] == {"told": "operational"}
        assert [(span["status"], read(span["from"])) for span in resolved["impact_spans"]["told"]] == [
            ("major_outage", began)
        ]
        assert read(resolved["published_at"]) == began + PUBLISH_AFTER + TICK
        assert read(resolved["resolved_at"]) >= last_end + CLEAR_GRACE + STABLE_FOR
        signals = desk.signals("one")
        assert signals["one"]["reported_at"] == nanoseconds(began)
        assert [read(signals[name]["cleared_at"]) for name in ("one", "two")] == [first_end, last_end]

    @staticmethod
    def _is_whole(desk: Desk, incident: str) -> None:
        assert desk.history(incident) == [
            "incident.detected",
            "incident.signal_fired",
            "incident.published",
            "incident.signal_cleared",
            "incident.signal_cleared",
            "incident.monitoring_began",
            "incident.resolved",
        ]
        for signal in desk.signals("one").values():
            assert desk.history(signal["id"]) == ["signal.fired_first", "signal.cleared"]


class TestTwoAlertmanagers:
    def test_that_know_nothing_of_each_other_tell_everything_twice(
        self, alertmanager_program: str, sqlite_desk: Desk, tmp_path: Path
    ) -> None:
        desk = sqlite_desk
        desk.register("orders")
        # A pair of Prometheus servers finds the same a moment apart.
        starts = [now(), now()]
        to = {"webhook": desk.webhook("strangers"), "token": desk.emitter}
        with (
            alerting(alertmanager_program, tmp_path / "north", **to) as north,
            alerting(alertmanager_program, tmp_path / "south", **to) as south,
        ):
            both = list(zip((north, south), starts, strict=True))
            for alertmanager, start in both:
                alertmanager.post(alert("orders", "queue", starts=start))
            eventually(lambda: min(north.sent, south.sent) >= 2)
            (incident,) = eventually(lambda: desk.incidents("orders", visibility="public"))

            # One of them says that it is over, and the other that it fires, still and again.
            end = now()
            north.post(alert("orders", "queue", starts=starts[0], ends=end))
            eventually(lambda: desk.states("strangers") == {"queue": "clear"})
            sent = south.sent
            eventually(lambda: south.sent >= sent + 2)
            south.post(alert("orders", "queue", starts=starts[1], ends=now()))
            sent = south.sent
            eventually(lambda: south.sent > sent and desk.public_state(incident["id"]) == "resolved")
            assert north.refused == south.refused == 0

        signal = desk.signals("strangers")["queue"]
        assert desk.history(signal["id"]) == ["signal.fired_first", "signal.cleared"]
        assert read(signal["cleared_at"]) == end
        assert [found["id"] for found in desk.incidents("orders")] == [incident["id"]]

    def test_of_one_cluster_tell_what_the_other_cannot_any_more(
        self, alertmanager_program: str, postgres_desk: Desk, tmp_path: Path
    ) -> None:
        desk = postgres_desk
        desk.register("stock")
        start = now()
        to = {"webhook": desk.webhook("pair"), "token": desk.emitter}
        with alerting(alertmanager_program, tmp_path / "first", peers=[], **to) as first:
            address = eventually(first.peers)
            with alerting(alertmanager_program, tmp_path / "second", peers=address, **to) as second:
                eventually(lambda: len(first.peers()) == len(second.peers()) == 2)
                for alertmanager in (first, second):
                    alertmanager.post(alert("stock", "sync", starts=start))
                (incident,) = eventually(lambda: desk.incidents("stock", visibility="public"))
                assert desk.states("pair") == {"sync": "firing"}

                first.kill()
                later = now()
                second.post(alert("stock", "sync", starts=start, ends=later), alert("stock", "prices", starts=later))
                eventually(lambda: desk.states("pair") == {"sync": "clear", "prices": "firing"})
                second.post(alert("stock", "prices", starts=later, ends=now()))
                eventually(lambda: desk.public_state(incident["id"]) == "resolved")

        for signal in desk.signals("pair").values():
            assert signal["incident"] == incident["id"]
            assert desk.history(signal["id"]) == ["signal.fired_first", "signal.cleared"]
        assert [found["id"] for found in desk.incidents("stock")] == [incident["id"]]


class TestOutage:
    def test_of_the_process_loses_nothing_that_happens_meanwhile(
        self, alertmanager_program: str, sqlite_desk: Desk, tmp_path: Path
    ) -> None:
        self._is_lived_through(alertmanager_program, sqlite_desk, tmp_path / "away", without_a_process)

    def test_of_the_store_loses_nothing_that_happens_meanwhile(
        self, alertmanager_program: str, postgres_desk: Desk, tmp_path: Path
    ) -> None:
        self._is_lived_through(alertmanager_program, postgres_desk, tmp_path / "away", without_a_store)

    @staticmethod
    def _is_lived_through(program: str, desk: Desk, folder: Path, outage: Outage) -> None:
        source = folder.name
        desk.register(source)
        with alerting(program, folder, webhook=desk.webhook(source), token=desk.emitter) as alertmanager:
            live_through(desk, alertmanager, outage, source=source)
