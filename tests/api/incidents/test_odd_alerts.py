"""Nothing that decides nothing loses an alert: odd bodies of Alertmanager, as they were found or made up."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from tests.api.alerts import MIB, PATH, alert, signals, take
from tests.api.client import Site, made, problem
from tests.api.commands import a_key

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.both_stores

PAYLOADS = Path(__file__).parents[1] / "payloads"
JSON = {"Content-Type": "application/json"}
STATES = ("firing", "resolved")


def metric(site: Site, name: str) -> float:
    """Give the value of a metric."""
    page = site.operator.get("/metrics").text
    return float(next(line for line in page.splitlines() if line.startswith(f"bitacora_{name}_total ")).split()[1])


def send(site: Site, content: bytes, **query: str) -> dict[str, Any]:
    """Send a body as it is, and give the answer."""
    return made(site.emitter.post(PATH, content=content, headers=JSON, params=query))


class TestCapturedOddParts:
    def test_are_all_taken(self, shared_site: Site) -> None:
        site, source = shared_site, a_key()
        site.component("base")
        before = metric(site, "alerts_truncated")

        answer = send(site, (PAYLOADS / "alertmanager_odd_parts.json").read_bytes(), source=source)

        assert [result["outcome"] for result in answer["alerts"]] == ["detected", *["joined"] * 5, "unrouted"]
        assert answer["truncated_alerts"] == 12
        assert metric(site, "alerts_truncated") == before + 12
        kept = signals(site, source)
        assert {signal["status"] for signal in kept.values()} == {"major_outage"}
        assert kept["half-emoji"]["summary"] == "disk \ufffd"

    def test_that_came_late_begin_nothing(self, shared_site: Site) -> None:
        site, key = shared_site, shared_site.component(a_key())["key"]
        steps = json.loads((PAYLOADS / "alertmanager_overtaken.json").read_bytes())["steps"]
        steps = [{**step, "labels": {**step["labels"], "component": key}} for step in steps]

        results = [take(site, step, source=key)[0] for step in steps]

        assert [(result["outcome"], result["incident"]) for result in results] == [
            ("recorded", None),
            ("ignored", None),
        ]
        assert signals(site, key) == {}
        assert site.operator.get("/v1/incidents", params={"component": key}).json()["data"] == []


ODD: dict[str, dict[str, Any]] = {
    "a lone surrogate in an annotation": {"annotations": {"summary": "disk \ud83d"}},
    "a lone surrogate in the name of a label": {"more_labels": {"\ud83d": "x"}},
    "NUL in a label": {"more_labels": {"pod": "a\x00b"}},
    "NUL in the fingerprint": {"fingerprint": "a\x00b\ud800"},
    "a number as fingerprint": {"fingerprint": 5077},
    "a fingerprint of 10,000 characters": {"fingerprint": "f" * 10_000},
    "no fingerprint": {"fingerprint": None},
    "annotations that are null": {"annotations": None},
    "annotations that are a list": {"annotations": [1]},
    "a number as a label": {"more_labels": {"replicas": 3, "on": True, "none": None, "list": [1]}},
    "not a number": {"more_labels": {"a": float("nan"), "b": float("inf")}},
    "no end": {"endsAt": ""},
    "an end that is a number": {"endsAt": 7},
    "a start that is none": {"startsAt": "soon"},
    "no start": {"startsAt": ""},
    "a start that is an object": {"startsAt": {"a": 1}},
    "a start without an offset": {"startsAt": "2025-03-04T07:59:00"},
    "a start in a thousand years": {"startsAt": "3025-03-04T07:59:00Z"},
    "an address that is a list": {"generatorURL": ["x"]},
    "a status in capitals": {"status": "FIRING"},
    "enormous labels": {"more_labels": {f"label-{number}": "x" * 5_000 for number in range(200)}},
    "controls in every text": {"annotations": {"summary": "\x01" * 9_000}, "generatorURL": "\x01" * 9_000},
}


class TestOddAlert:
    @pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
    @pytest.mark.parametrize("component", [True, False], ids=["routed", "unrouted"])
    def test_is_taken(self, shared_site: Site, odd: dict[str, Any], component: bool) -> None:
        site, source = shared_site, a_key()
        more = {**odd}
        labels = {"severity": "Critical", **more.pop("more_labels", {})}
        key = site.component(a_key())["key"] if component else None
        fires = alert(key, labels=labels, **more)
        content = json.dumps({"alerts": [fires]}).encode()

        first, again = (send(site, content, source=source)["alerts"][0] for _ in range(2))
        ends = {**fires, "status": "resolved", "endsAt": None}
        over = send(site, json.dumps({"alerts": [ends]}).encode(), source=source)["alerts"][0]

        assert first["outcome"] == ("detected" if component else "unrouted")
        assert [again["outcome"], over["outcome"]] == ["ignored", "cleared"]
        assert over["signal"] == first["signal"]
        (signal,) = signals(site, source).values()
        assert (signal["state"], signal["status"]) == ("clear", "major_outage")
        assert site.bitacora.facade.visibility.failed == {}

    def test_may_have_an_integer_of_any_length(self, shared_site: Site) -> None:
        fires = json.dumps(alert(labels={"number": "HERE"})).encode().replace(b'"HERE"', b"9" * 10_000)

        answer = send(shared_site, b'{"alerts": [%b], "truncatedAlerts": %b}' % (fires, b"9" * 10_000))

        assert (answer["alerts"][0]["outcome"], answer["truncated_alerts"]) == ("unrouted", 0)

    def test_may_be_in_a_body_with_bytes_that_are_no_text(self, shared_site: Site) -> None:
        fires = json.dumps(alert()).encode().replace(b"nothing", b"\xff\xed\xa0\x80\x01")

        assert send(shared_site, b'\xef\xbb\xbf{"alerts": [%b]}' % fires)["alerts"][0]["outcome"] == "unrouted"

    def test_keeps_the_start_that_it_named(self, shared_site: Site) -> None:
        source = a_key()
        take(shared_site, alert(startsAt="soon"), source=source)

        (signal,) = signals(shared_site, source).values()

        assert signal["reported_at"] == "soon"

    def test_fires_anew_whatever_start_it_names(self, shared_site: Site) -> None:
        fires = alert(shared_site.component(a_key())["key"], startsAt="soon")
        outcomes = []
        for status in ("firing", "resolved", "firing"):
            shared_site.set_clock(
                shared_site.clock.moment.replace(microsecond=shared_site.clock.moment.microsecond + 1)
            )
            outcomes.append(take(shared_site, {**fires, "status": status})[0]["outcome"])

        assert outcomes == ["detected", "cleared", "joined"]

    def test_that_ends_before_it_begins_ends_as_it_begins(self, shared_site: Site) -> None:
        fires = alert(shared_site.component(a_key())["key"], startsAt="2025-03-04T07:50:00Z")
        take(shared_site, fires)

        ends = {**fires, "status": "resolved", "endsAt": "2025-03-04T07:40:00Z"}

        assert take(shared_site, ends)[0]["outcome"] == "cleared"


class TestFingerprint:
    def test_is_made_of_the_labels_in_whatever_order(self, shared_site: Site) -> None:
        labels = {"component": shared_site.component(a_key())["key"], "pod": "a", "zone": "b"}
        fires = {"status": "firing", "labels": labels, "startsAt": "2025-03-04T07:59:00Z"}
        turned = {**fires, "status": "resolved", "labels": dict(reversed(labels.items())), "fingerprint": ""}
        another = {**fires, "labels": {**labels, "pod": "c"}}

        first, second, third = take(shared_site, fires)[0], take(shared_site, turned)[0], take(shared_site, another)[0]

        assert [first["outcome"], second["outcome"], third["outcome"]] == ["detected", "cleared", "joined"]
        assert first["fingerprint"] == second["fingerprint"] != third["fingerprint"]


class TestMarket:
    @pytest.mark.parametrize(
        "label", [{"market": "es"}, {"markets": "ES, pl;Narnia"}, {"market": "ES", "markets": "PL"}]
    )
    def test_is_named_by_the_incident(self, shared_site: Site, label: dict[str, str]) -> None:
        key = shared_site.component(a_key(), markets=["ES", "PL", "MX"])["key"]

        (result,) = take(shared_site, alert(key, labels=label))

        shared_site.tick()
        incident = shared_site.operator.get(f"/v1/incidents/{result['incident']}").json()
        assert incident["markets"] == (["ES"] if label == {"market": "es"} else ["ES", "PL"])


class TestUnroutedAlert:
    def test_tells_what_it_is(self, shared_site: Site) -> None:
        site, before = shared_site, metric(shared_site, "signals_unrouted")
        fires = alert(
            labels={"instance": "db-7"},
            annotations={"description": "92 % used"},
            generatorURL="http://prometheus.example/graph?g0.expr=disk",
        )

        with capture_logs() as lines:
            (result,) = take(site, fires)
            take(site, fires)

        site.tick()
        listed = site.operator.get("/v1/unrouted-signals", params={"limit": 200}).json()["data"]
        signal = next(each for each in listed if each["id"] == result["signal"])
        assert signal["labels"] == {"alertname": "NoLabels", "instance": "db-7"}
        assert signal["annotations"] == {"description": "92 % used"}
        assert signal["generator_url"] == "http://prometheus.example/graph?g0.expr=disk"
        assert metric(site, "signals_unrouted") == before + 1
        told = [line for line in lines if line["event"] == "signal_unrouted"]
        assert [(line["fingerprint"], line["labels"]["instance"]) for line in told] == [(fires["fingerprint"], "db-7")]
        problem(site.reader.get("/v1/unrouted-signals"), 401, "not_authenticated")

    def test_keeps_no_more_than_there_is_room_for(self, shared_site: Site) -> None:
        (result,) = take(shared_site, alert(labels={f"label-{number}": "ż" * 5_000 for number in range(200)}))

        shared_site.tick()
        listed = shared_site.operator.get("/v1/unrouted-signals", params={"limit": 200}).json()["data"]
        kept = next(each for each in listed if each["id"] == result["signal"])["labels"]
        assert kept["label-0"] == "ż" * 1_000
        assert sum(len(text.encode()) for text in kept.values()) <= 8 * 1024

    def test_keeps_nothing_if_its_component_is_known(self, shared_site: Site) -> None:
        source = a_key()
        take(shared_site, alert(shared_site.component(a_key())["key"]), source=source)

        (signal,) = signals(shared_site, source).values()

        assert (signal["labels"], signal["annotations"], signal["generator_url"]) == (None, None, None)

    def test_is_counted_if_it_comes_by_the_other_route(self, shared_site: Site) -> None:
        before = metric(shared_site, "signals_unrouted")

        shared_site.signal(a_key(), "nowhere-at-all")

        assert metric(shared_site, "signals_unrouted") == before + 1


class TestRefusedAlert:
    def test_is_counted_and_told_of(self, shared_site: Site) -> None:
        before = metric(shared_site, "alerts_refused")

        with capture_logs() as lines:
            results = take(shared_site, alert(), {"status": "firing"}, 7)

        assert [result.get("index") for result in results] == [None, 1, 2]
        assert metric(shared_site, "alerts_refused") == before + 2
        assert [line["index"] for line in lines if line["event"] == "alert_refused"] == [1, 2]


class TestLargeBody:
    def test_is_taken(self, shared_site: Site) -> None:
        key, source = shared_site.component(a_key())["key"], a_key()
        many = [alert(key, labels={"pod": "x" * 3_000}) for _ in range(450)]

        results = take(shared_site, *many, source=source)

        assert [result["outcome"] for result in results] == ["detected", *["joined"] * 449]
        assert len(signals(shared_site, source)) == 450

    def test_is_taken_in_the_order_of_its_times(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        late = [alert(key, startsAt=f"2025-03-04T07:5{9 - number // 60}:{number % 60:02}Z") for number in range(210)]

        results = take(shared_site, *late)

        # Those are the first of the earliest minute, in a command of their own.
        assert [place for place, result in enumerate(results) if result["outcome"] == "detected"] == [180]

    def test_is_not_read_before_its_token_is_known(self, shared_site: Site) -> None:
        for caller in (shared_site.reader, shared_site.operator):
            pieces = Pieces(b" " * MIB, 16)
            answer = caller.post(PATH, content=pieces, headers=JSON)
            assert answer.status_code in {401, 403}
            assert pieces.given <= 1

    def test_waits_while_two_others_are_taken_in(self, shared_site: Site) -> None:
        site, caller = shared_site, shared_site.emitter
        gates = [asyncio.Event(), asyncio.Event()]
        started = [asyncio.Event(), asyncio.Event()]
        headers = {**JSON, "Authorization": f"Bearer {caller.token}", "X-Request-Id": "large"}

        async def held(number: int) -> Any:  # noqa: ANN401 - an async generator
            yield b'{"alerts": []' + b" " * (MIB + 1)
            started[number].set()
            await gates[number].wait()
            yield b"}"

        async def race() -> list[httpx.Response]:
            first = [
                asyncio.create_task(site.client.post(PATH, content=held(number), headers=headers)) for number in (0, 1)
            ]
            for event in started:
                await event.wait()
            third = await site.client.post(PATH, content=b'{"alerts": []}' + b" " * MIB, headers=headers)
            small = await site.client.post(PATH, content=b'{"alerts": []}', headers=headers)
            for gate in gates:
                gate.set()
            taken = [await task for task in first]
            after = await site.client.post(PATH, content=b'{"alerts": []}' + b" " * MIB, headers=headers)
            return [third, small, *taken, after]

        third, *others = site.run(race())

        problem(third, 503, "busy")
        assert third.headers["Retry-After"]
        assert [answer.status_code for answer in others] == [200] * 4


class Pieces:
    """A body that counts how much of it was asked for."""

    def __init__(self, piece: bytes, count: int) -> None:
        self._piece, self._count = piece, count
        self.given = 0

    async def __aiter__(self) -> Any:  # noqa: ANN401 - an async generator
        for _ in range(self._count):
            self.given += 1
            yield self._piece
