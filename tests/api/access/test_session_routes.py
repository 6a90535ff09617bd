"""Sessions over HTTP: people see and end their own, and admins those of everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.access.browser import Browser
from tests.api.client import Caller, Site, made, problem
from tests.api.pages import pages

SESSIONS = "/v1/sessions"


class TestSessions:
    @pytest.fixture(autouse=True)
    def scene(self, site: Site) -> None:
        """Ana, with a session of hers; Eva, with two; and an admin."""
        self.site = site
        self.ana = site.issue(Role.OPERATOR, "ana-laptop", "ana")
        self.eva = site.issue(Role.REVIEWER, "eva-laptop", "eva")
        self.admin = site.a(Role.ADMIN)
        self.of_ana = self.signed_in(self.ana)
        self.of_eva = [self.signed_in(self.eva), self.signed_in(self.eva)]

    def signed_in(self, caller: Caller) -> Browser:
        self.site.clock.moment += timedelta(seconds=1)
        browser = Browser(self.site)
        browser.sign_in(str(caller.token))
        return browser

    def listed(self, caller: Caller, **asked: Any) -> list[str]:  # noqa: ANN401 - of the query
        return [each["id"] for each in made(caller.get(SESSIONS, params=asked))["data"]]

    def test_are_those_of_the_person_who_asks(self) -> None:
        assert self.listed(self.eva) == [str(each.now().session) for each in reversed(self.of_eva)]

    def test_say_how_and_until_when_and_have_no_secret(self) -> None:
        answer = self.ana.get(SESSIONS)

        session = self.of_ana.now()
        assert made(answer)["data"] == [
            {
                "id": str(session.session),
                "person": "ana",
                "roles": ["operator"],
                "method": "token",
                "token": "ana-laptop",
                "issuer": None,
                "is_current": False,
                "began_at": "2025-03-04T08:00:01Z",
                "last_used_at": "2025-03-04T08:00:01Z",
                "expires_at": "2025-03-04T20:00:01Z",
                "ended_at": None,
            }
        ]
        assert self.of_ana.cookies["bitacora_session"] not in answer.text

    def test_name_the_one_from_which_somebody_asks(self) -> None:
        found = made(self.of_eva[0].ask("GET", SESSIONS))["data"]

        assert [each["is_current"] for each in found] == [False, True]

    def test_of_everybody_are_listed_for_admins(self) -> None:
        assert len(self.listed(self.admin)) == 3
        assert self.listed(self.admin, person=" ANA") == [str(self.of_ana.now().session)]

    def test_are_listed_page_by_page(self) -> None:
        seen = [each["id"] for page in pages(self.admin, SESSIONS, limit=2) for each in page]

        assert seen == self.listed(self.admin)
        problem(self.admin.get(SESSIONS, params={"cursor": "bm9uZQ"}), 422, "invalid")

    def test_of_others_are_not_listed(self) -> None:
        problem(self.ana.get(SESSIONS, params={"person": "eva"}), 403, "forbidden")
        problem(self.ana.get(SESSIONS, params={"person": " "}), 422, "invalid")

    def test_that_nobody_uses_are_not_listed(self) -> None:
        self.site.clock.moment += timedelta(minutes=29)
        assert self.of_ana.signed_in() is not None
        self.site.clock.moment += timedelta(minutes=29)

        assert self.listed(self.admin) == [str(self.of_ana.now().session)]

    def test_end_from_the_next_request_on(self) -> None:
        first, second = self.of_eva

        ended = made(self.eva.delete(f"{SESSIONS}/{first.now().session}"))

        assert ended["ended_at"] == "2025-03-04T08:00:03Z"
        assert first.signed_in() is None
        assert second.signed_in() is not None

    def test_end_once(self) -> None:
        session = self.of_ana.now().session
        made(self.ana.delete(f"{SESSIONS}/{session}"))

        problem(self.ana.delete(f"{SESSIONS}/{session}"), 409, "session_has_ended")

    def test_of_others_are_not_found(self) -> None:
        before = self.site.last_position()

        problem(self.ana.delete(f"{SESSIONS}/{self.of_eva[0].now().session}"), 404, "no_such_session")

        assert self.site.last_position() == before

    def test_of_others_end_by_an_admin(self) -> None:
        session = self.of_ana.now().session

        made(self.admin.delete(f"{SESSIONS}/{session}"))

        assert self.of_ana.signed_in() is None
        assert self.reason(str(session)) == "ended_by_admin"

    def test_all_end_by_signing_out_everywhere(self) -> None:
        ids = self.listed(self.eva)

        assert made(self.of_eva[0].ask("DELETE", SESSIONS)) == {"ended": 2}

        assert [each.signed_in() for each in self.of_eva] == [None, None]
        assert {self.reason(id) for id in ids} == {"signed_out_everywhere"}
        assert self.of_ana.signed_in() is not None

    def test_all_of_a_person_end_by_an_admin(self) -> None:
        assert made(self.admin.delete(SESSIONS, params={"person": "eva"})) == {"ended": 2}

        assert self.of_ana.signed_in() is not None

    def test_all_of_everybody_end_by_an_admin(self) -> None:
        assert made(self.admin.delete(SESSIONS)) == {"ended": 3}

        assert self.of_ana.signed_in() is None

    def test_all_of_others_are_not_ended_by_anybody_else(self) -> None:
        problem(self.ana.delete(SESSIONS, params={"person": "eva"}), 403, "forbidden")

        assert self.of_eva[0].signed_in() is not None

    def reason(self, session: str) -> str:
        found = made(self.site.auditor.get(f"/v1/aggregates/{session}/events"))["data"][-1]["data"]["reason"]
        return str(found)
