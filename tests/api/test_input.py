"""What may be sent, in which forms, and that nothing that may not be sent can break the service."""

import gc
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.access.keyring import Role
from tests.api.client import Site, at, problem, written
from tests.api.commands import COMMANDS, NEED_NO_BODY, NO_BODY, TAKES_LINES, WHY, WITHOUT_KEY, Command, a_key
from tests.api.members import MEMBERS
from tests.api.roles import NOBODY, address

JSON = {"Content-Type": "application/json"}
PREPARED = COMMANDS | WITHOUT_KEY
WITH_BODY = [
    place
    for place in PREPARED
    if place[0] in {"POST", "PATCH", "PUT"} and not place[1].endswith(("retirement", "heartbeat", *NO_BODY))
]
STRICT = [place for place in WITH_BODY if "alertmanager" not in place[1] and place[1] not in TAKES_LINES]
Prepared = Callable[[tuple[str, str]], Command]
NOTHING = (b"null", b"")
LISTS_TOO = ("/v1/restorations/{id}/accounts", *TAKES_LINES)
"""The paths of those that take a list as well."""
READ_IN_SOME_WAY = (*LISTS_TOO, "/v1/ingest/alertmanager", "/v1/signals", "/v1/components")
"""The paths of those that read their bodies by hand, of one that is read before the framework, and of one by it."""
WEIRD: dict[str, bytes] = {
    "a NUL": rb'"a\u0000b"',
    "a lone surrogate": rb'"\ud800"',
    "two surrogates in the wrong order": rb'"\udc00\ud800"',
    "an astral character": rb'"\ud83d\ude00"',
    "a noncharacter": rb'"\uffff"',
    "writing to the left": '"\u202eabc\u0301"'.encode(),
    "a very long text": b'"' + b"x" * 100_000 + b'"',
    "a huge integer": b"9" * 4_000,
    "an integer beyond the limit": b"9" * 5_000,
    "a huge float": b"1e999",
    "not a number": b"NaN",
    "infinity": b"-Infinity",
    "nothing": b"null",
    "true": b"true",
    "a number": b"-1",
    "an empty text": b'""',
    "a list": b"[]",
    "an object": b"{}",
    "an object with a weird key": rb'{"\ud800": "\ud800", "": "", "\u0000": "x"}',
    "deep lists": b"[" * 5_000 + b"]" * 5_000,
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def shared_site(stricter_site: Site) -> Site:
    """The service on one store: what is looked at here lies before it, or is refused by the stricter one."""
    return stricter_site


@pytest.fixture(scope="module")
def prepared(shared_site: Site) -> Prepared:
    """Give each command with what it needs, made once: what is refused leaves that as it was."""
    return cache(lambda place: PREPARED[place](shared_site))


def raw(members: dict[str, bytes]) -> bytes:
    """Write an object whose values are JSON already."""
    return b"{" + b", ".join(json.dumps(name).encode() + b": " + value for name, value in members.items()) + b"}"


def as_sent(command: Command) -> dict[str, bytes]:
    """Give the members of a body as JSON."""
    return {name: json.dumps(value).encode() for name, value in (command.body or {}).items()}


def with_odd_texts(body: Any, odd: str) -> Iterator[Any]:  # noqa: ANN401 - any JSON
    """Give a body once for each text in it, however deep, with something odd at the end of that."""
    if isinstance(body, str):
        yield body + odd
    places: Any = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for place, part in places:
        for changed in with_odd_texts(part, odd):
            copied = body.copy()
            copied[place] = changed
            yield copied


def _parameters(site: Site, path: str) -> list[str]:
    (route,) = (route for method, route in site.routes() if (method, route.path) == ("GET", path))
    return [each.alias for each in get_flat_params(route.dependant) if each.field_info.__class__.__name__ == "Query"]


def send(site: Site, command: Command, content: bytes) -> int:
    """Send a body and look at what every answer has to have; give its status."""
    answer = site.a(command.role).send(command.method, command.path, content=content, headers=JSON)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        # Nothing was recorded, so that there is nothing that a view could fail on.
        problem(answer, answer.status_code, answer.json()["code"])
        return answer.status_code
    site.tick()
    assert site.bitacora.facade.visibility.failed == {}
    return answer.status_code


class TestBodies:
    @pytest.mark.parametrize("place", STRICT, ids=" ".join)
    def test_with_a_member_that_nobody_knows_are_refused(
        self, shared_site: Site, prepared: Prepared, place: tuple[str, str]
    ) -> None:
        command = prepared(place)
        caller, position = shared_site.a(command.role), shared_site.last_position()

        answer = caller.send(command.method, command.path, json={**(command.body or {}), "sumary": "?"})

        refusal = problem(answer, 422, "invalid")
        assert [fault["pointer"] for fault in refusal["errors"]] == ["/sumary"]
        assert shared_site.last_position() == position

    @pytest.mark.parametrize("place", WITH_BODY, ids=" ".join)
    def test_that_are_no_object_are_refused(
        self, shared_site: Site, prepared: Prepared, place: tuple[str, str]
    ) -> None:
        command = prepared(place)

        objects = () if place[1] in LISTS_TOO else (b"[]",)
        for content in (*objects, b"1", b'"x"', b"true", b"  ", *(() if place[1] in NEED_NO_BODY else NOTHING)):
            assert send(shared_site, command, content) in {400, 415, 422}, content

    @pytest.mark.parametrize("place", [place for place in WITH_BODY if place[1] in READ_IN_SOME_WAY], ids=" ".join)
    def test_may_begin_with_a_byte_order_mark(self, shared_site: Site, place: tuple[str, str]) -> None:
        command = PREPARED[place](shared_site)

        assert send(shared_site, command, json.dumps(command.body or {}).encode("utf-8-sig")) < 300

    @pytest.mark.parametrize("path", sorted(NEED_NO_BODY))
    @pytest.mark.parametrize("nothing", NOTHING)
    def test_that_may_be_left_out_are_left_out(self, shared_site: Site, path: str, nothing: bytes) -> None:
        command = COMMANDS["POST", path](shared_site)

        assert send(shared_site, command, nothing) == 200

    @pytest.mark.parametrize("place", WITH_BODY, ids=" ".join)
    def test_never_break_the_service_with_a_weird_value(
        self, shared_site: Site, prepared: Prepared, place: tuple[str, str]
    ) -> None:
        command = prepared(place)
        members = as_sent(command)

        for value in WEIRD.values():
            send(shared_site, command, value)
            for name in (*members, "extra\ud800"):
                send(shared_site, command, raw({**members, name: value}))

    @pytest.mark.parametrize("place", WITH_BODY, ids=" ".join)
    def test_with_a_text_that_no_store_can_keep_are_refused(
        self, shared_site: Site, prepared: Prepared, place: tuple[str, str]
    ) -> None:
        command = prepared(place)

        for odd in ("\x00", "\ud83d"):
            for body in with_odd_texts(command.body, odd):
                status = send(shared_site, command, json.dumps(body).encode())
                # Where many come at once, the others are taken.
                assert status in ({400, 422} if place in STRICT else {200, 400, 422}), body

    @pytest.mark.parametrize("path", ["/v1/components", "/v1/held-requests"])
    @pytest.mark.parametrize("content", [b'{"a": ' + b"[" * 500, b"[1, 2", b"1"])
    def test_that_are_refused_leave_nothing_in_memory(self, shared_site: Site, path: str, content: bytes) -> None:
        caller = shared_site.a(Role.ADMIN)
        gc.collect()
        gc.disable()
        try:
            answer = caller.send("POST", path, content=content, headers=JSON)
            assert answer.status_code in {400, 422}
            assert not [each for each in gc.get_objects() if isinstance(each, RequestValidationError)]
        finally:
            gc.enable()

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_never_break_the_service_whatever_they_are(self, shared_site: Site, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(WITH_BODY))
        body = data.draw(ANYTHING | st.dictionaries(st.sampled_from(MEMBERS), ANYTHING))
        path = address(place[1], place[0])
        command = Command(place[0], path, None, Role.ADMIN)

        send(shared_site, command, json.dumps(body).encode())


class TestAddresses:
    @pytest.mark.parametrize(
        "path",
        [
            "/v1/components/%00",
            "/v1/components/%ff%fe",
            "/v1/components/%ed%a0%80",
            "/v1/components/" + "x" * 5_000,
            "/v1/incidents/%00",
            "/v1/incidents/not-an-id",
            "/v1/maintenance-windows/%00",
            "/v1/maintenance-windows/not-an-id",
            "/v1/maintenance-series/%ff%fe",
            "/v1/panels/%00",
            "/v1/panels/%ff%fe/availability",
            "/v1/panels/%00/automations/none/decision?item_created_at=2021-03-11T00:00:00Z",
            "/v1/panels/none/automations/%00/decision?item_created_at=2021-03-11T00:00:00Z",
            "/v1/panels/none/automations/" + "x" * 5_000 + "/decision?item_created_at=2021-03-11T00:00:00Z",
            "/v1/restorations/not-an-id",
            f"/v1/restorations/{NOBODY}/accounts/%00",
            f"/v1/restorations/{NOBODY}/accounts/..%2f..%2fetc",
            f"/v1/restorations/{NOBODY}/capabilities/%ff",
            f"/v1/restorations/{NOBODY}/instructions/{'9' * 30}",
            "/v1/held-requests/%00",
            "/v1/held-requests/not-an-id/trail",
            "/v1/held-requests/%ed%a0%80/claim",
            "/v1/reprocessing-runs/%00",
            f"/v1/reprocessing-runs/{NOBODY}/batches?limit={'9' * 30}",
            "/v1/signals/%ff/clearance",
            "/v1/components/..%2f..%2fetc",
            "/v1/components//history",
            "/%00",
        ],
    )
    def test_never_break_the_service(self, shared_site: Site, path: str) -> None:
        for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
            answer = shared_site.operator.send(method, path, json={} if method in {"POST", "PATCH", "PUT"} else None)
            assert answer.status_code < 500
            assert answer.status_code >= 400 or answer.is_redirect

    def test_have_queries_that_never_break_it_either(self, shared_site: Site) -> None:
        admin = shared_site.a(Role.ADMIN)
        for path in (
            "/v1/status",
            "/v1/incidents",
            "/v1/events",
            "/v1/maintenance-windows",
            "/v1/maintenance-series",
            "/v1/panels",
            "/v1/panels/availability",
            "/v1/panels/lookup",
            "/v1/restorations",
            "/v1/held-requests",
            "/v1/held-requests.csv",
            "/v1/held-requests.ndjson",
            "/v1/held-requests/summary",
            "/v1/reprocessing-runs",
        ):
            for name in (*_parameters(shared_site, path), "unknown"):
                for value in ("%00", "%ff", "%ed%a0%80", "-1", "1" * 5_000, "x" * 20_000, "", "%F0%9F%98%80"):
                    answer = admin.get(f"{path}?{name}={value}")
                    assert answer.status_code in {200, 422}, (path, name, value)


class TestTexts:
    def test_are_a_string_in_the_default_language_or_a_map(self, shared_site: Site) -> None:
        for name, expected in [
            ("Labels", {"en": "Labels"}),
            ("  Labels \n", {"en": "Labels"}),
            ({"es": "Etiquetas", "pl": "Etykiety"}, {"es": "Etiquetas", "pl": "Etykiety"}),
            ({"pt-BR": "Etiquetas"}, {"pt-BR": "Etiquetas"}),
        ]:
            assert shared_site.component(a_key(), name=name)["name"] == expected

    @pytest.mark.parametrize(
        "text", ["", "   ", {}, {"en": ""}, {"english please": "x"}, {"en": None}, ["x"], 7, {"e": "x"}, "x" * 25_001]
    )
    def test_that_say_nothing_or_too_much_are_refused(self, shared_site: Site, text: object) -> None:
        body = {"key": a_key(), "name": text, "group": "x"}

        problem(shared_site.operator.post("/v1/components", body), 422, "invalid")

    def test_have_up_to_25000_characters(self, shared_site: Site) -> None:
        assert shared_site.component(a_key(), name="x" * 25_000)["name"]["en"] == "x" * 25_000

    def test_keep_every_character_that_is_one(self, shared_site: Site) -> None:
        text = 'Ærøskøbing – zażółć gęślą jaźń – 測試 😀 \u202e \u0301 " \\ / <b>&amp;'
        key = shared_site.component(a_key(), name=text)["key"]
        shared_site.tick()

        assert shared_site.reader.get(f"/v1/components/{key}").json()["name"] == {"en": text}


class TestInstants:
    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("2025-03-04T07:30:00Z", "2025-03-04T07:30:00Z"),
            ("2025-03-04T09:30:00+02:00", "2025-03-04T07:30:00Z"),
            ("2025-03-04t07:30:00z", "2025-03-04T07:30:00Z"),
            ("2025-03-03T19:30:00.5-12:00", "2025-03-04T07:30:00.500000Z"),
            ("2025-03-04T07:30:00.123456789Z", "2025-03-04T07:30:00.123456Z"),
        ],
    )
    def test_are_kept_in_utc(self, shared_site: Site, sent: str, kept: str) -> None:
        key = shared_site.component(a_key())["key"]

        assert shared_site.incident({key: "major_outage"}, occurred_at=sent)["started_at"] == kept

    @pytest.mark.parametrize(
        "sent",
        [
            "2025-03-04T07:30:00",
            "2025-03-04",
            "1741073400",
            1741073400,
            "2025-02-30T07:30:00Z",
            "2025-03-04T25:00:00Z",
            "2025-03-04T07:30:00+25:00",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "now",
            "",
        ],
    )
    def test_without_an_offset_or_that_there_are_not_are_refused(self, shared_site: Site, sent: object) -> None:
        key = shared_site.component(a_key())["key"]
        for path, body in [
            ("/v1/incidents", {"title": "x", "message": "x", "components": {key: "major_outage"}, "occurred_at": sent}),
            (
                "/v1/signals",
                {
                    "source": "x",
                    "fingerprint": "x",
                    "state": "firing",
                    "component": key,
                    "status": "major_outage",
                    "occurred_at": sent,
                },
            ),
        ]:
            refusal = problem(shared_site.a(Role.ADMIN).post(path, body), 422, "invalid")
            assert [fault["pointer"] for fault in refusal["errors"]] == ["/occurred_at"]

    def test_of_facts_lie_at_most_five_seconds_ahead(self, site: Site) -> None:
        site.component("labels")
        body = {"title": "x", "message": "x", "components": {"labels": "major_outage"}}

        late = site.operator.post("/v1/incidents", {**body, "occurred_at": written(at("08:00:05.000001"))})
        just = site.operator.post("/v1/incidents", {**body, "occurred_at": written(at("08:00:05"))})

        problem(late, 422, "in_the_future")
        assert just.status_code == 201

    def test_of_signals_may_come_from_a_wrong_clock(self, site: Site) -> None:
        site.component("labels")

        taken = site.signal("ahead", "labels", occurred_at="2025-03-04T09:00:00.123456789Z")

        site.tick()
        signal = site.operator.get("/v1/signals").json()["data"][0]
        assert taken["outcome"] == "detected"
        assert signal["fired_at"] == written(at("08:00"))
        assert signal["reported_at"] == "2025-03-04T09:00:00.123456789Z"


class TestKeysAndStatuses:
    @pytest.mark.parametrize("key", ["", "-a", "a-", "A", "a b", "a/b", "x" * 65, "ñ", "a\x00"])
    def test_that_cannot_be_are_refused(self, shared_site: Site, key: str) -> None:
        body = {"key": key, "name": "x", "group": "x"}

        assert (
            problem(shared_site.operator.post("/v1/components", body), 422, "invalid")["errors"][0]["pointer"] == "/key"
        )

    def test_that_no_cause_can_have_are_refused(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        for status in ("operational", "unknown", "broken", "", None):
            body = {"title": "x", "message": "x", "components": {key: status}}
            assert shared_site.operator.post("/v1/incidents", body).status_code == 422
            assert shared_site.operator.post(f"/v1/components/{key}/pins", {"status": status, **WHY}).status_code == 422

    def test_of_a_registration_are_used_once(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]

        answer = shared_site.operator.post("/v1/components", {"key": key, "name": "x", "group": "x"})

        problem(answer, 409, "already_exists")


class TestDefaults:
    def test_of_a_component_are_few(self, shared_site: Site) -> None:
        answer = shared_site.operator.post("/v1/components", {"key": a_key(), "name": "x", "group": "y"})

        document: dict[str, Any] = answer.json()
        assert answer.headers["Location"] == f"/v1/components/{document['key']}"
        assert (document["public"], document["position"], document["heartbeat"]) == (True, 0, None)
        assert (document["markets"], document["since"]) == ([], "2025-03-04")
        assert document["id"]

    def test_of_an_incident_are_now_and_public(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        body = {"title": "x", "message": "x", "components": {key: "major_outage"}}

        answer = shared_site.operator.post("/v1/incidents", body)

        document = answer.json()
        assert answer.headers["Location"] == f"/v1/incidents/{document['id']}"
        assert (document["visibility"], document["started_at"]) == ("public", written(shared_site.clock.moment))
