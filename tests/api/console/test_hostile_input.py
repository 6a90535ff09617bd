"""What no screen of the console offers, sent all the same: it does no harm, and is answered with a screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from urllib.parse import urlencode

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.busy_night import a_busy_night
from tests.api.console.visitor import FORM, Visitor, signed_in

NEW_INCIDENT, NEW_WINDOW = "/console/incidents/new", "/console/maintenance-windows/new"
LONG = "Я" * 25_000


@pytest.fixture
def admin(site: Site) -> Visitor:
    return signed_in(site, site.a(Role.ADMIN))


class TestAddresses:
    @pytest.mark.parametrize(
        "odd", ["//[", "http://[::1", "/console/ñ€", "/console?x=€", "/console\u2028", "/con sole"]
    )
    def test_to_lead_to_that_are_none_lead_to_the_first_screen(self, site: Site, admin: Visitor, odd: str) -> None:
        asked = f"/console/sign-in?{urlencode({'next': odd})}"
        assert admin.request("GET", asked).headers["Location"] == "/console"

        visitor = Visitor(site).opens(asked)
        visitor.sends("/console/sign-in", {"token": site.operator.token or ""})

        assert visitor.path == "/console"

    def test_with_an_id_in_which_a_slash_is_hidden_reach_no_other_route(self, site: Site, admin: Visitor) -> None:
        ids = a_busy_night(site)
        hidden = {
            f"/console/incidents/{ids['public']}%252Fupdates",
            f"/console/maintenance-windows/{ids['window']}%252Fupdates",
            f"/console/restorations/{ids['restoration']}%252Faccounts",
            f"{NEW_WINDOW}?from={ids['window']}%2Fupdates",
            f"{NEW_INCIDENT}?signal={ids['window']}%2Fepisodes",
        }

        answers = {path: admin.request("GET", path).status_code for path in hidden}

        assert answers == dict.fromkeys(hidden, HTTPStatus.UNPROCESSABLE_ENTITY)

    @pytest.mark.parametrize("span", ["until=0001-01-03T00:00", "from=0001-01-01T00:00", "until=9999-12-31T23:59"])
    def test_of_a_replay_at_the_ends_of_time_are_screens(self, admin: Visitor, span: str) -> None:
        assert admin.request("GET", f"/console/audit/replay?{span}").status_code == HTTPStatus.OK


class TestForms:
    @pytest.mark.parametrize("place", ["1000000", "9" * 20, "9" * 5_000, "-1", "²"])
    def test_with_a_row_of_a_huge_number_show_no_rows_up_to_it(self, admin: Visitor, place: str) -> None:
        body = urlencode({"form": "plan", "do": "review", f"freezes.{place}.data": "x"})

        answer = admin.request("POST", NEW_WINDOW, body)

        assert answer.status_code == HTTPStatus.OK
        assert answer.text.count('name="freezes.') < 20

    def test_of_more_rows_than_usual_lose_none(self, site: Site, admin: Visitor) -> None:
        site.component("orders")
        incident = site.incident({"orders": "major_outage"})
        contacts = [{"channel": "email", "address": f"{place}@example.com"} for place in range(80)]
        made(site.operator.patch(f"/v1/incidents/{incident['id']}", {"contacts": contacts}))

        admin.opens(f"/console/incidents/{incident['id']}/around")
        admin.sends("contacts", {"contacts.0.address": "first@example.com"})

        found = site.operator.get(f"/v1/incidents/{incident['id']}").json()["contacts"]
        assert [each["address"] for each in found] == [
            "first@example.com",
            *(each["address"] for each in contacts[1:]),
        ]

    def test_of_hundreds_of_components_can_be_sent(self, site: Site, admin: Visitor) -> None:
        for place in range(45):
            site.component(f"part-{place}", group="one")
        fields = {f"components.part-{place}": "" for place in range(600)}
        body = {"form": "declare", "title.en": "Down", "message.en": "We look.", **fields}

        answer = admin.request(
            "POST", NEW_INCIDENT, urlencode({**body, "components.part-44": "major_outage", "publish": "true"})
        )

        assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text

    def test_are_kept_while_somebody_signs_in_however_long_their_texts_are(self, site: Site) -> None:
        texts = {f"message.{tag}": LONG for tag in ("en", "es", "pl")}
        visitor = Visitor(site)

        answer = visitor.request("POST", NEW_INCIDENT, urlencode({"form": "declare", **texts}))
        assert answer.status_code == HTTPStatus.UNAUTHORIZED
        visitor._answer = answer  # noqa: SLF001 - the screen that the browser shows
        visitor.sends("/console/sign-in", {"token": site.operator.token or ""}).presses("Go back to the form")

        assert visitor.form("declare").value("message.en") == LONG

    def test_that_are_too_long_to_be_kept_say_so(self, site: Site) -> None:
        answer = Visitor(site).request("POST", NEW_INCIDENT, urlencode({"form": "declare", "message.en": LONG * 5}))

        assert answer.status_code == HTTPStatus.UNAUTHORIZED
        assert "too long to be kept here. Sign in in another window" in answer.text

    def test_that_waited_and_cannot_be_read_begin_no_session(self, site: Site) -> None:
        visitor = Visitor(site)
        kept = "&".join(f"a{number}=1" for number in range(6_000))

        answer = visitor.request(
            "POST", "/console/sign-in", urlencode({"token": site.operator.token, "next": "/console", "kept": kept})
        )

        assert (answer.status_code, visitor.cookies) == (HTTPStatus.BAD_REQUEST, {})
        assert made(site.a(Role.ADMIN).get("/v1/sessions"))["data"] == []


class TestWhatNoRouteReads:
    AS_BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"

    def test_that_is_too_long_is_answered_with_a_screen(self, site: Site, admin: Visitor) -> None:
        before = site.last_position()

        answer = admin.request("POST", NEW_INCIDENT, "a" * 1_048_577, Accept=self.AS_BROWSER)

        assert (answer.status_code, answer.headers["Content-Type"]) == (413, "text/html; charset=utf-8")
        assert "What you sent is longer than 1,048,576 bytes" in answer.text
        assert "Sign out" in answer.text
        assert site.last_position() == before

    def test_that_is_too_long_and_does_not_say_so_is_too(self, site: Site, admin: Visitor) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(17):
                yield b"a" * 65_536

        answer = site.reader.send(
            "POST", NEW_INCIDENT, headers={**admin.headers, "Content-Type": FORM}, content=pieces()
        )

        assert (answer.status_code, answer.headers["Content-Type"]) == (413, "text/html; charset=utf-8")
        assert "What you sent is longer than 1,048,576 bytes" in answer.text

    def test_is_a_problem_for_a_program(self, admin: Visitor) -> None:
        answer = admin.request("POST", NEW_INCIDENT, "a" * 1_048_577)

        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    def test_is_a_screen_where_a_file_is_missing(self, admin: Visitor) -> None:
        gone = "/console/static/console-0123456789ab.css"

        answer = admin.request("GET", gone, Accept=self.AS_BROWSER)

        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert "There is no such screen." in answer.text
        assert admin.request("GET", gone).json()["code"] == "not_found"
