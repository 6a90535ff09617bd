"""The webhook of Alertmanager: bodies as they were captured, in every order and however often they come."""

import json
from itertools import permutations, product
from pathlib import Path
from typing import Any

import pytest

from tests.api.alerts import MIB, PATH, ZERO, alert, signals, take
from tests.api.client import Site, problem, written
from tests.api.client import at as moment
from tests.api.commands import a_key

PAYLOADS = Path(__file__).parents[1] / "payloads"
FIRING, PARTLY, RESOLVED = (
    json.loads((PAYLOADS / f"alertmanager_{name}.json").read_text(encoding="utf-8"))
    for name in ("firing", "partial_resolved", "resolved")
)
FIRST, SECOND = "ff6567f249c2f4f2", "81732f6876c3e96d"
CAPTURED = moment("17:12:30").replace(year=2026, month=11, day=21)


def expected(bodies: tuple[dict[str, Any], ...]) -> dict[str, str]:
    """Say what each alert has to be after bodies of one firing each: unknown if it cleared before it fired."""
    states: dict[str, str] = {}
    over = set[str]()
    for body in bodies:
        for item in body["alerts"]:
            name = item["fingerprint"]
            if item["status"] == "resolved":
                over.add(name)
                states |= {name: "clear"} if name in states else {}
            elif name not in over:
                states.setdefault(name, "firing")
    return states


@pytest.fixture
def captured_site(database: str) -> Any:  # noqa: ANN401 - a generator of sites
    """The service at the time of the captured bodies, which name the component by another label."""
    with Site(database, now=CAPTURED, alert_component_label="service") as site:
        yield site


class TestCapturedBodies:
    def test_leave_the_same_in_every_order_and_however_often_they_come(self, captured_site: Site) -> None:
        orders = [*permutations((FIRING, PARTLY, RESOLVED)), *product((FIRING, PARTLY, RESOLVED), repeat=2)]
        orders += [order * 2 for order in permutations((FIRING, PARTLY, RESOLVED))]
        captured_site.tick()

        for number, bodies in enumerate(orders):
            source = f"pair-{number}"
            for body in bodies:
                take(captured_site, *body["alerts"], source=source)
            states = {name: signal["state"] for name, signal in signals(captured_site, source).items()}
            assert states == expected(bodies), number

    def test_make_one_incident_that_is_clear_at_the_end(self, captured_site: Site) -> None:
        captured_site.component("account-panel")

        outcomes = [
            [result["outcome"] for result in captured_site.emitter.post(PATH, body).json()["alerts"]]
            for body in (FIRING, FIRING, PARTLY, PARTLY, RESOLVED, RESOLVED, FIRING)
        ]

        assert outcomes == [
            ["detected", "joined"],
            ["ignored", "ignored"],
            ["cleared", "ignored"],
            ["ignored", "ignored"],
            ["cleared"],
            ["ignored"],
            ["ignored", "ignored"],
        ]
        captured_site.tick()
        incidents = captured_site.operator.get("/v1/incidents").json()["data"]
        assert [(item["components"], item["signals_firing"]) for item in incidents] == [
            ({"account-panel": "major_outage"}, [])
        ]
        assert incidents[0]["started_at"] == "2026-11-21T17:12:04.157213Z"

    def test_keep_the_nanoseconds_and_the_summary_for_operators(self, captured_site: Site) -> None:
        captured_site.component("account-panel")
        captured_site.emitter.post(PATH, FIRING)

        kept = signals(captured_site, "alertmanager")

        assert kept[FIRST]["reported_at"] == "2026-11-21T17:12:04.15721377Z"
        assert kept[FIRST]["fired_at"] == "2026-11-21T17:12:04.157213Z"
        assert kept[SECOND]["summary"] == "Restoration queue stalled 2"
        assert "stalled" not in captured_site.reader.get("/v1/incidents").text


class TestMapping:
    @pytest.mark.parametrize(
        ("severity", "status"),
        [
            ("critical", "major_outage"),
            (" Critical ", "major_outage"),
            ("ERROR", "partial_outage"),
            ("error", "partial_outage"),
            ("warning", "degraded_performance"),
            ("page", "degraded_performance"),
            ("", "degraded_performance"),
            (None, "degraded_performance"),
        ],
    )
    def test_gives_each_severity_its_status(self, shared_site: Site, severity: str | None, status: str) -> None:
        key = shared_site.component(a_key())["key"]
        labels = {} if severity is None else {"severity": severity}

        assert [result["outcome"] for result in take(shared_site, alert(key, labels=labels))] == ["detected"]

        shared_site.tick()
        board = shared_site.operator.get("/v1/status").json()["components"]
        assert next(item["status"] for item in board if item["key"] == key) == status

    @pytest.mark.parametrize("severity", ["info", "none"])
    def test_records_what_is_no_trouble(self, shared_site: Site, severity: str) -> None:
        key = shared_site.component(a_key())["key"]

        results = take(shared_site, alert(key, labels={"severity": severity}))

        assert [(result["outcome"], result["incident"]) for result in results] == [("recorded", None)]

    def test_publishes_a_code_change_at_once(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]

        (result,) = take(shared_site, alert(key, labels={"severity": "error", "cause": "code_change"}))

        shared_site.tick()
        assert shared_site.reader.get(f"/v1/incidents/{result['incident']}").status_code == 200

    def test_takes_the_start_of_a_firing_and_the_end_of_a_clear(self, shared_site: Site) -> None:
        key, source = shared_site.component(a_key())["key"], a_key()
        fires = alert(key, startsAt="2025-03-04T07:10:00.000000123Z")
        ends = {**fires, "status": "resolved", "endsAt": "2025-03-04T07:20:00Z"}

        outcomes = [take(shared_site, item, source=source)[0]["outcome"] for item in (fires, ends)]

        signal = signals(shared_site, source)[fires["fingerprint"]]
        assert outcomes == ["detected", "cleared"]
        assert (signal["fired_at"], signal["cleared_at"]) == (
            "2025-03-04T07:10:00Z",
            "2025-03-04T07:20:00Z",
        )

    def test_tells_two_firings_apart_by_their_nanoseconds(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        fires = alert(key, startsAt="2025-03-04T07:59:30.000000100Z")
        ends = {**fires, "status": "resolved", "endsAt": "2025-03-04T07:59:30.000000200Z"}
        earlier = {**fires, "startsAt": "2025-03-04T07:59:30.000000150Z"}
        later = {**fires, "startsAt": "2025-03-04T07:59:30.000000201Z"}

        outcomes = [take(shared_site, item)[0]["outcome"] for item in (fires, ends, earlier, later)]

        assert outcomes == ["detected", "cleared", "ignored", "joined"]

    def test_takes_a_clear_without_an_end_as_of_now(self, shared_site: Site) -> None:
        key, source = shared_site.component(a_key())["key"], a_key()
        fires = alert(key)
        take(shared_site, fires, source=source)

        for end in (ZERO, None):
            ends = {**fires, "status": "resolved", "endsAt": end}
            assert take(shared_site, ends, source=source)[0]["outcome"] in {"cleared", "ignored"}

        signal = signals(shared_site, source)[fires["fingerprint"]]
        assert (signal["state"], signal["cleared_at"]) == ("clear", written(shared_site.clock.moment))

    def test_ignores_what_it_does_not_know(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]

        results = take(shared_site, alert(key, newer={"member": [1]}), newest=True, notificationReason="repeat")

        assert [result["outcome"] for result in results] == ["detected"]

    def test_never_believes_the_status_of_the_group(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]

        results = take(shared_site, alert(key), {**alert(key), "status": "resolved"}, status="resolved")

        assert [result["outcome"] for result in results] == ["detected", "recorded"]

    def test_keeps_the_alerts_of_each_source_apart(self, shared_site: Site) -> None:
        item = alert(shared_site.component(a_key())["key"])

        outcomes = [take(shared_site, item, source=source)[0]["outcome"] for source in ("north", "south", "north")]

        assert outcomes == ["detected", "joined", "ignored"]


class TestUnknownComponent:
    def test_is_kept_until_an_operator_says_which_it_is(self, shared_site: Site) -> None:
        key, source = a_key(), a_key()
        nameless, wrong = alert(), alert(key)

        results = take(shared_site, nameless, wrong, source=source)

        assert [(result["outcome"], result["incident"]) for result in results] == [("unrouted", None)] * 2
        shared_site.component(key)
        shared_site.tick()
        unrouted = shared_site.operator.get("/v1/unrouted-signals", params={"limit": 200}).json()["data"]
        assert {result["signal"] for result in results} <= {signal["id"] for signal in unrouted}

        path = f"/v1/unrouted-signals/{results[1]['signal']}/routing"
        routed = shared_site.operator.post(path, {"component": key})

        assert (routed.status_code, routed.json()["component"]) == (200, key)
        incident = shared_site.operator.get(
            f"/v1/incidents/{routed.json()['incident']}",
            params={"min_position": routed.headers["Bitacora-Position"]},
        ).json()
        # It counts from when it fired.
        assert incident["started_at"] == wrong["startsAt"]
        problem(shared_site.operator.post(path, {"component": key}), 409, "already_routed")

    def test_may_be_one_that_was_retired(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        shared_site.operator.post(f"/v1/components/{key}/retirement")

        assert [result["outcome"] for result in take(shared_site, alert(key))] == ["unrouted"]


BAD: list[Any] = [
    {"status": "pending", "labels": {}, "startsAt": "2025-03-04T07:00:00Z", "fingerprint": "x"},
    {"labels": {"a": "b"}, "fingerprint": "x"},
    {"status": None, "labels": {"a": "b"}, "fingerprint": "x"},
    {"status": ["firing"], "fingerprint": "x"},
    {"status": "firing"},
    {"status": "firing", "labels": {}, "fingerprint": ""},
    {"status": "firing", "labels": None, "fingerprint": "  "},
    {"status": "firing", "labels": {"a": None}, "fingerprint": ["x"]},
    None,
    "alert",
    17,
    [],
]


class TestBadAlerts:
    @pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
    def test_do_not_lose_the_good_ones(self, shared_site: Site, bad: Any) -> None:  # noqa: ANN401 - anything
        key = shared_site.component(a_key())["key"]
        content = json.dumps({"alerts": [alert(key), bad, alert(key)]}).encode()

        answer = shared_site.emitter.post(PATH, content=content, headers={"Content-Type": "application/json"})

        assert answer.status_code == 200, answer.text
        results = answer.json()["alerts"]
        assert [results[0]["outcome"], results[2]["outcome"]] == ["detected", "joined"]
        assert (results[1]["outcome"], results[1]["code"], results[1]["index"]) == ("refused", "invalid", 1)
        assert results[1]["detail"]

    def test_never_stop_the_views_with_a_strange_label(self, shared_site: Site) -> None:
        for label in ("a\x00b", "x" * 10_000, "../..", "😀", "%", "|"):
            assert [result["outcome"] for result in take(shared_site, alert(label))] == ["unrouted"]
        shared_site.tick()
        assert shared_site.reader.get("/readyz").status_code == 200


class TestBody:
    def test_that_cannot_be_is_refused_as_a_whole(self, shared_site: Site) -> None:
        json_type = {"Content-Type": "application/json"}
        emitter = shared_site.emitter

        problem(emitter.post(PATH, content=b"{", headers=json_type), 400, "malformed")
        problem(emitter.post(PATH, content=b"{}", headers={"Content-Type": "text/plain"}), 415, "unsupported_media")
        problem(emitter.post(PATH, content=b" " * (16 * MIB + 1), headers=json_type), 413, "too_large")
        problem(emitter.post(PATH, {}), 422, "invalid")
        problem(emitter.post(PATH, {"alerts": {}}), 422, "invalid")
        problem(emitter.post(PATH, content=b"[]", headers=json_type), 422, "invalid")
        problem(emitter.post(PATH, content=b"", headers=json_type), 400, "malformed")
        for deep in (b"[" * 100_000, b'{"alerts": ' + b'[{"a":' * 100_000):
            problem(emitter.post(PATH, content=deep, headers=json_type), 400, "malformed")
        problem(emitter.post(PATH, {"alerts": []}, params={"source": ""}), 422, "invalid")
        problem(shared_site.operator.post(PATH, {"alerts": []}), 403, "forbidden")

    def test_may_be_empty(self, shared_site: Site) -> None:
        assert take(shared_site) == []

    def test_takes_no_key_because_repeats_are_known_by_themselves(self, shared_site: Site) -> None:
        body = {"alerts": [alert(shared_site.component(a_key())["key"])]}
        key = a_key()

        outcomes = [shared_site.emitter.post(PATH, body, key=key).json()["alerts"][0]["outcome"] for _ in range(2)]

        assert outcomes == ["detected", "ignored"]
