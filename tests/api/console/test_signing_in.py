"""Signing in and out, with forms alone."""

from __future__ import annotations

import pytest

from tests.api.client import Site
from tests.api.console.visitor import Visitor, signed_in


def broken(*_: object, **__: object) -> None:
    """Fail as no code should."""
    raise RuntimeError("the inside")


class TestSigningIn:
    def test_leads_to_the_screen_that_was_asked_for(self, site: Site) -> None:
        visitor = Visitor(site).opens("/console?x=1")
        assert visitor.path == "/console/sign-in?next=%2Fconsole%3Fx%3D1"

        visitor.sends("/console/sign-in", {"token": site.operator.token or ""})

        assert visitor.path == "/console?x=1"
        visitor.reads("Now")

    def test_refuses_a_token_that_is_none(self, site: Site) -> None:
        visitor = Visitor(site).opens("/console/sign-in")

        visitor.sends("/console/sign-in", {"token": "bita_of_nobody"}, status=401)

        visitor.reads(
            "Sign in",
            "Token",
            "It begins with bita_. An admin gives it to you.",
            "This token is not known, or it was revoked, or it has expired.",
        )
        assert visitor.cookies == {}

    @pytest.mark.parametrize(
        "elsewhere", ["https://evil.test/console", "//evil.test/console", "/\\evil.test", "/v1/status"]
    )
    def test_never_leads_to_another_site(self, site: Site, elsewhere: str) -> None:
        visitor = Visitor(site).opens("/console/sign-in")

        visitor.sends("/console/sign-in", {"token": site.operator.token or "", "next": elsewhere})

        assert visitor.path == "/console"

    def test_is_refused_from_another_site(self, site: Site) -> None:
        visitor = Visitor(site)

        answer = visitor.request(
            "POST", "/console/sign-in", f"token={site.operator.token}", **{"Sec-Fetch-Site": "cross-site"}
        )

        assert (answer.status_code, visitor.cookies) == (403, {})
        assert answer.headers["Content-Type"].startswith("text/html")

    def test_ends_with_signing_out(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)
        before = dict(visitor.cookies)

        visitor.sends("/console/sign-out")

        assert visitor.path == "/console/sign-in"
        visitor.cookies = before
        assert visitor.request("GET", "/console").headers["Location"] == "/console/sign-in?next=%2Fconsole"

    def test_of_a_machine_is_refused(self, site: Site) -> None:
        visitor = Visitor(site).opens("/console/sign-in")

        visitor.sends("/console/sign-in", {"token": site.emitter.token or ""}, status=403)

        visitor.reads("This token is for a machine. Sign in with one that an admin gave to you.")


class TestScreens:
    def test_are_answered_as_pages_that_nobody_keeps(self, site: Site) -> None:
        answer = signed_in(site, site.operator).answer

        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]

    def test_say_that_the_service_failed_and_not_why(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        visitor = signed_in(site, site.operator)
        monkeypatch.setattr(site.bitacora.facade.queries.windows, "page", broken)

        visitor.opens("/console", status=500).reads("The service failed").does_not_read("the inside")

    def test_say_that_there_is_none_at_an_address(self, site: Site) -> None:
        visitor = signed_in(site, site.operator)

        visitor.opens("/console/nothing", status=404).reads("Not found")
