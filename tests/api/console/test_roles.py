"""Every address of the console, by who asks: default deny, forms of other sites refused, nothing kept by caches."""

from __future__ import annotations

import re
from http import HTTPStatus
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from api.main import endpoints, roles_of
from application.access.identity import STAFF
from domain.access.keyring import Role
from tests.api.client import Site
from tests.api.console.visitor import Visitor, signed_in

PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
ENDING = frozenset({"/console/sign-out", "/console/settings/session/everywhere"})
"""What ends the session, whoever asks."""
EVERYBODY = tuple(role for role in Role if role in STAFF)


def addresses(site: Site, method: str) -> list[APIRoute]:
    """Give the routes of the console that take a method."""
    found = [each for each in endpoints(site.app.routes) if each.path.startswith("/console")]
    return [each for each in found if method in (each.methods or ())]


def filled(path: str) -> str:
    """Put an id of nothing into the places of a path."""
    return PLACE.sub(lambda _: str(uuid4()), path)


def is_public(route: APIRoute) -> bool:
    """Whether a route serves people who have not signed in: it declares that readers may."""
    return Role.READER in roles_of(route)


@pytest.fixture
def visitors(site: Site) -> dict[Role, Visitor]:
    """A window of somebody of each role that people have."""
    found = {}
    for role in EVERYBODY:
        visitor = Visitor(site).opens("/console/sign-in")
        answer = visitor.request("POST", "/console/sign-in", f"token={site.a(role).token}")
        assert answer.status_code == HTTPStatus.SEE_OTHER
        found[role] = visitor
    return found


class TestScreens:
    def test_are_shown_to_their_roles_alone(self, site: Site, visitors: dict[Role, Visitor]) -> None:
        wrong = []
        for route in addresses(site, "GET"):
            if is_public(route) or route.path == "/console/live":
                continue
            for role, visitor in visitors.items():
                status = visitor.request("GET", filled(route.path)).status_code
                if (status == HTTPStatus.FORBIDDEN) != (role not in roles_of(route)):
                    wrong.append((route.path, role, status))
        assert wrong == []

    def test_ask_whoever_has_not_signed_in_to_do_so(self, site: Site) -> None:
        stranger, wrong = Visitor(site), []
        for route in addresses(site, "GET"):
            if is_public(route) or route.path == "/console/live":
                continue
            answer = stranger.request("GET", filled(route.path))
            if not answer.headers.get("Location", "").startswith("/console/sign-in?next="):
                wrong.append((route.path, answer.status_code))
        assert wrong == []

    def test_are_kept_by_no_cache(self, site: Site) -> None:
        visitor, wrong = signed_in(site, site.a(Role.ADMIN)), []
        for route in addresses(site, "GET"):
            answer = visitor.request("GET", filled(route.path) if route.path != "/console/live" else "/console/live")
            if not route.path.startswith("/console/static/") and answer.headers.get("Cache-Control") != "no-store":
                wrong.append(route.path)
        assert wrong == []


class TestForms:
    def test_are_taken_from_their_roles_alone(self, site: Site, visitors: dict[Role, Visitor]) -> None:
        wrong = []
        for route in addresses(site, "POST"):
            if is_public(route) or route.path in ENDING:
                continue
            for role, visitor in visitors.items():
                status = visitor.request("POST", filled(route.path), "form=none").status_code
                if (status == HTTPStatus.FORBIDDEN) != (role not in roles_of(route)):
                    wrong.append((route.path, role, status))
        assert wrong == []

    @pytest.mark.parametrize(
        "sent", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "", "Origin": "https://a.test"}]
    )
    def test_of_other_sites_are_refused(self, site: Site, sent: dict[str, str]) -> None:
        visitor, wrong = signed_in(site, site.a(Role.ADMIN)), []
        for route in addresses(site, "POST"):
            if route.path == "/console/oidc/backchannel-logout":
                # The provider itself sends it, without a browser; it proves itself by what it has signed.
                continue
            answer = visitor.request("POST", filled(route.path), "form=none", **sent)
            if answer.status_code != HTTPStatus.FORBIDDEN:
                wrong.append((route.path, answer.status_code))
        assert wrong == []
        assert visitor.request("GET", "/console").status_code == HTTPStatus.OK

    def test_without_a_session_are_answered_with_the_form_to_sign_in(self, site: Site) -> None:
        stranger, wrong = Visitor(site), []
        for route in addresses(site, "POST"):
            if is_public(route):
                continue
            answer = stranger.request("POST", filled(route.path), "form=none")
            if answer.status_code != HTTPStatus.UNAUTHORIZED or "Sign in" not in answer.text:
                wrong.append((route.path, answer.status_code))
        assert wrong == []


class TestCookie:
    def test_opens_no_other_route(self, site: Site) -> None:
        visitor = signed_in(site, site.a(Role.ADMIN))

        assert visitor.request("GET", "/v1/tokens").status_code == HTTPStatus.UNAUTHORIZED
        assert visitor.request("GET", "/v1/events").status_code == HTTPStatus.UNAUTHORIZED
