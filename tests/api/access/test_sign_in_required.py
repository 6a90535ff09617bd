"""With a provider of identities, what needs the eyes of two persons needs a sign-in there; a token is not enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from application.access.identity import Identity, session_name
from domain.access.keyring import Role
from domain.access.session import SignIn
from domain.provenance import SignInMethod
from tests.api.access.browser import Browser, InProcess
from tests.api.client import BY_HAND, Site, made
from tests.api.ledger_steps import Held, decided, to_check

FOUR_EYES = {"policy": "check_by_hand", "four_eyes": True}
DONE = {"outcome": "already_done", "note": "Seen at the carrier."}
PROVIDER: dict[str, Any] = {
    "oidc_issuer": "https://id.example.com",
    "oidc_client_id": "bitacora",
    "oidc_client_secret": "not-a-secret",
    "oidc_role_claim": "groups",
    "oidc_roles": "audit=auditor,desk=reviewer",
}


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    """A site with a provider of identities."""
    with Site(sqlite_url, **PROVIDER) as site:
        yield site


def by_oidc(site: Site, person: str) -> InProcess:
    """Give somebody who signed in at the provider."""
    sign_in = SignIn(
        person=person,
        roles=(Role.REVIEWER,),
        method=SignInMethod.OIDC,
        issuer="https://id.example.com",
        subject=person,
    )
    session, _ = site.bitacora.writer.call(
        lambda log: site.bitacora.facade.commands.sessions.begin(log, sign_in, caller=BY_HAND)
    )
    return InProcess(
        site,
        Identity(
            name=session_name(person),
            roles=frozenset(sign_in.roles),
            person=person,
            session=session.id,
            signed_in=SignInMethod.OIDC,
        ),
    )


def claimed(site: Site, by: InProcess, policy: object = FOUR_EYES) -> Held:
    request = to_check(site, policy)
    request.done("claim", by=by)
    return request


class TestDecision:
    def test_by_a_token_is_refused(self, site: Site) -> None:
        request = to_check(site, FOUR_EYES)
        request.done("claim")

        request.refuses("decision", DONE, "sign_in_required", status=403)

    def test_by_a_session_that_began_with_a_token_is_refused(self, site: Site) -> None:
        request, browser = to_check(site, FOUR_EYES), Browser(site)
        browser.sign_in(str(site.issue(Role.REVIEWER, "ana-laptop", "ana").token))
        ana = InProcess(site, browser.now().identity)
        request.done("claim", by=ana)

        request.refuses("decision", DONE, "sign_in_required", status=403, by=ana)

    def test_that_nobody_can_tell_is_refused_by_a_token(self, site: Site) -> None:
        request = to_check(site)
        request.done("claim")

        request.refuses("decision", {**DONE, "outcome": "cannot_tell"}, "sign_in_required", status=403)

    def test_that_needs_no_signature_is_taken_by_a_token(self, site: Site) -> None:
        request = to_check(site)
        request.done("claim")

        assert request.done("decision", DONE)["state"] == "settled"

    def test_by_who_signed_in_is_recorded_with_how(self, site: Site) -> None:
        ana = by_oidc(site, "ana")
        request = claimed(site, ana)

        assert request.done("decision", DONE, by=ana)["state"] == "awaiting_signature"

        event = made(site.auditor.get(f"/v1/aggregates/{request.id}/events"))["data"][-1]
        assert (event["type"], event["actor"], event["signed_in"]) == (
            "held_request.decided",
            "session:ana",
            "oidc",
        )

    def test_is_as_before_without_a_provider(self, sqlite_url: str) -> None:
        with Site(sqlite_url) as site:
            assert decided(site, FOUR_EYES).inside["state"] == "awaiting_signature"


class TestSignature:
    @pytest.fixture
    def request_(self, site: Site) -> Held:
        """One that Ana decided, who signed in."""
        ana = by_oidc(site, "ana")
        request = claimed(site, ana)
        request.done("decision", DONE, by=ana)
        return request

    def test_by_a_token_is_refused(self, request_: Held) -> None:
        request_.refuses("signature", None, "sign_in_required", status=403)

    def test_by_another_person_who_signed_in_settles(self, site: Site, request_: Held) -> None:
        assert request_.done("signature", by=by_oidc(site, "eva"))["state"] == "settled"

    def test_by_the_same_person_is_refused_however_they_signed_in(self, site: Site, request_: Held) -> None:
        request_.refuses("signature", None, "same_person", by=by_oidc(site, " Ana"))

    def test_can_be_refused_with_a_token(self, request_: Held) -> None:
        assert request_.done("return", {"reason": "Look again."})["state"] == "to_check"


class TestBulk:
    def test_with_one_that_needs_a_signature_is_refused_by_a_token_before_anything_is_decided(self, site: Site) -> None:
        plain, strict = to_check(site), to_check(site, FOUR_EYES)
        body = {"filter": {"all": True}, **DONE}

        answer = site.a(Role.REVIEWER).post("/v1/held-requests/decisions", body)

        assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_required")
        assert {plain.inside["state"], strict.inside["state"]} == {"to_check"}

    def test_that_needs_no_signature_is_carried_out_by_a_token(self, site: Site) -> None:
        request = to_check(site)

        answer = site.a(Role.REVIEWER).post("/v1/held-requests/decisions", {"filter": {"all": True}, **DONE})

        assert made(answer)["count"] == 1
        assert request.inside["state"] == "to_check"

    def test_of_signatures_is_refused_by_a_token(self, site: Site) -> None:
        ana = by_oidc(site, "ana")
        claimed(site, ana).done("decision", DONE, by=ana)
        site.tick()

        answer = site.a(Role.REVIEWER).post("/v1/held-requests/signatures", {"filter": {"all": True}})

        assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_required")

    def test_of_signatures_is_carried_out_by_who_signed_in(self, site: Site) -> None:
        ana, eva = by_oidc(site, "ana"), by_oidc(site, "eva")
        request = claimed(site, ana)
        request.done("decision", DONE, by=ana)
        site.tick()
        dry = made(eva.post("/v1/held-requests/signatures", {"filter": {"all": True}}))

        done = made(
            eva.post("/v1/held-requests/signatures", {"filter": {"all": True}, "dry_run": False, "token": dry["token"]})
        )

        assert done["done"] == 1
        assert request.inside["state"] == "settled"
