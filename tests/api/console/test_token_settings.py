"""Settings of access: tokens that are issued and revoked, and the people who have them."""

from __future__ import annotations

import pytest

from domain.access.keyring import Role
from tests.api.client import Caller, Site, made
from tests.api.console.visitor import Visitor, signed_in
from tests.api.ledger_steps import REQUESTS, a_cause, a_request, ended

TOKENS = "/console/settings/tokens"


def an_admin(site: Site) -> Visitor:
    return signed_in(site, site.a(Role.ADMIN))


def a_claimed_request(site: Site, reviewer: Caller) -> str:
    """Let a reviewer claim a request, and give what its source calls it."""
    cause = a_cause(site, order="check_by_hand")
    request = a_request(cause)
    made(site.emitter.post(REQUESTS, [request]))
    ended(site, cause)
    (found,) = made(reviewer.get(REQUESTS))["data"]
    made(reviewer.post(f"{REQUESTS}/{found['id']}/claim"))
    return str(request["reference"])


class TestTokens:
    def test_are_issued_and_their_secret_is_shown_once(self, site: Site) -> None:
        visitor = an_admin(site).opens(TOKENS)

        visitor.sends(
            "issue", {"name": "ana-2025", "role": "operator", "person": "ana", "expires_at": "2025-06-01T12:00"}
        )

        visitor.reads("The token ana-2025 is issued. Copy its secret now: it is not shown again.")
        secret = next(each for each in visitor.lines if each.startswith("bita_"))
        assert Caller(site, secret).get("/v1/tokens").status_code == 403
        visitor.opens(TOKENS).does_not_read(secret)
        visitor.reads("In use (2)", "ana-2025 operator ana expires June 1, 2025, 12:00 UTC")

    def test_are_not_issued_twice_by_one_form(self, site: Site) -> None:
        visitor = an_admin(site).opens(TOKENS)
        form = visitor.form("issue").filled({"name": "ana", "role": "auditor"})
        assert visitor.request("POST", TOKENS, form).status_code == 200

        again = visitor.request("POST", TOKENS, form)

        assert again.status_code == 409
        assert "bita_" not in again.text.replace("It begins with bita_", "")

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"name": "two words"}, "name"),
            ({"name": "ana", "expires_at": "2020-01-01T00:00"}, "expires_at"),
            ({"name": "ana", "expires_at": "soon"}, "expires_at"),
            ({"name": "ana", "role": "operator", "sources": "shop"}, "sources"),
        ],
    )
    def test_point_at_what_is_wrong(self, site: Site, values: dict[str, str], field: str) -> None:
        visitor = an_admin(site).opens(TOKENS)

        visitor.sends("issue", {"person": "<b>Ana</b>", **values}, status=422)

        assert f'id="issue-{field}-fault"' in visitor.answer.text
        assert visitor.form("issue").value("name") == values["name"]
        assert visitor.form("issue").value("person") == "<b>Ana</b>"
        assert "<b>Ana</b>" not in visitor.answer.text

    def test_say_what_a_revocation_releases(self, site: Site) -> None:
        reviewer = site.issue(Role.REVIEWER, "rita-1", person="rita")
        site.issue(Role.REVIEWER, "rita-2", person="Rita")
        reference = a_claimed_request(site, reviewer)
        visitor = an_admin(site).opens(f"{TOKENS}/rita-1")

        visitor.reads(
            "Token rita-1",
            "It releases what was claimed with it. rita has 1 claimed held request:",
            f"Order {reference}, claimed until March 4, 2025, 08:30 UTC",
            "rita keeps rita-2.",
        )
        visitor.sends("revoke")

        visitor.reads("The token is revoked. It is refused from now on, and what it had claimed is released.")
        assert reviewer.get("/v1/held-requests").status_code == 401
        assert made(site.auditor.get("/v1/held-requests"))["data"][0]["claim"] is None
        assert [each.name for each in visitor.forms] == [""]

    def test_end_the_session_of_who_revokes_their_own(self, site: Site) -> None:
        admin = site.issue(Role.ADMIN, "boss")
        visitor = signed_in(site, admin).opens(f"{TOKENS}/boss")
        visitor.reads("You are signed in with this token. You will be signed out.")

        visitor.sends("revoke")

        assert visitor.path.startswith("/console/sign-in")

    def test_whose_name_has_odd_letters_can_be_opened_and_revoked(self, site: Site) -> None:
        site.issue(Role.READER, "zoë?&#%41")
        visitor = an_admin(site).opens(TOKENS)
        address = next(each for each in visitor.answer.text.split('"') if each.startswith(f"{TOKENS}/zo"))

        visitor.opens(address.replace("&amp;", "&")).sends("revoke").reads("Token zoë?&#%41")

        tokens = {each["name"]: each for each in made(site.a(Role.ADMIN).get("/v1/tokens"))["data"]}
        assert tokens["zoë?&#%41"]["revoked_at"] is not None

    def test_are_for_admins(self, site: Site) -> None:
        for caller in (site.operator, site.auditor):
            visitor = signed_in(site, caller)
            for path in (TOKENS, f"{TOKENS}/the-auditor", "/console/settings/people"):
                visitor.opens(path, status=403)
            assert visitor.request("POST", TOKENS, "form=issue&name=x&role=admin").status_code == 403

    def test_that_are_none_are_not_found(self, site: Site) -> None:
        an_admin(site).opens(f"{TOKENS}/nobody", status=404)


class TestPeople:
    def test_are_one_by_name_whatever_tokens_they_have(self, site: Site) -> None:
        site.issue(Role.OPERATOR, "ana-1", person="Ana")
        site.issue(Role.AUDITOR, "ana-2", person="ana ")
        site.issue(Role.AUDITOR, "old", person="Bea")
        site.revoke("old")

        visitor = an_admin(site).opens("/console/settings/people")

        visitor.reads(
            "Ana", "auditor operator", "Tokens: ana-1, ana-2", "Bea", "has no access any more", "Tokens: old (revoked)"
        )

    def test_are_named_with_where_they_are_signed_in(self, site: Site) -> None:
        ana = site.issue(Role.OPERATOR, "ana")
        signed_in(site, ana)
        signed_in(site, ana)

        visitor = an_admin(site).opens("/console/settings/people")

        visitor.reads("ana", "operator Signed in in 2 browsers now.", "Tokens: ana")
        assert any(
            "2 browsers signed in with it are signed out" in line for line in visitor.opens(f"{TOKENS}/ana").lines
        )
