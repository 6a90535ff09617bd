"""Tokens over HTTP: admins issue, list and revoke them, and they expire by themselves."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from domain.access.keyring import Role
from tests.api.client import Caller, Site, a_signal, at, made, problem, written
from tests.api.commands import a_key
from tests.api.pages import pages
from tests.api.panel_steps import refused

pytestmark = pytest.mark.both_stores

TOKENS = "/v1/tokens"


def issued(site: Site, **more: object) -> tuple[Caller, dict[str, object]]:
    """Let the admin issue a token, and give whoever has it, and what the answer said."""
    document = made(site.a(Role.ADMIN).post(TOKENS, {"name": a_key(), "role": "emitter", **more}))
    return Caller(site, str(document["secret"])), document


class TestIssuing:
    def test_gives_a_token_that_is_good_at_once(self, shared_site: Site) -> None:
        name = a_key()
        body = {"name": name, "role": "operator", "person": "ana", "expires_at": "2025-03-05T09:00:00+01:00"}

        answer = shared_site.a(Role.ADMIN).post(TOKENS, body)

        document = made(answer)
        secret = document.pop("secret")
        assert answer.status_code == 201
        assert answer.headers["Location"] == f"{TOKENS}/{name}"
        assert document == {
            "name": name,
            "role": "operator",
            "person": "ana",
            "sources": [],
            "issued_at": written(shared_site.clock.moment),
            "expires_at": "2025-03-05T08:00:00Z",
            "revoked_at": None,
        }
        assert Caller(shared_site, secret).get("/v1/signals").status_code == 200
        read = shared_site.a(Role.ADMIN).get(answer.headers["Location"])
        assert made(read) == document
        assert read.headers["ETag"] == answer.headers["ETag"]

    def test_names_the_person_as_the_token_if_nobody_is_named(self, shared_site: Site) -> None:
        _, document = issued(shared_site)

        assert document["person"] == document["name"]

    @pytest.mark.parametrize("name", ["márcia", "ana@phone", "100%", "a?b#c", "{x}"])
    def test_takes_names_that_have_to_be_written_otherwise_in_paths(self, site: Site, name: str) -> None:
        answer = site.a(Role.ADMIN).post(TOKENS, {"name": name, "role": "auditor"})

        assert answer.headers["Location"] == f"{TOKENS}/{quote(name, safe='')}"
        assert made(site.a(Role.ADMIN).delete(answer.headers["Location"]))["name"] == name

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"role": "king"}, "/role"),
            ({"name": "two words"}, "/name"),
            ({"name": "a/b"}, "/name"),
            ({"name": "console"}, "/name"),
            ({"name": "."}, "/name"),
            ({"name": ""}, "/name"),
            ({"person": " "}, "/person"),
            ({"expires_at": "2025-03-05T09:00:00"}, "/expires_at"),
            ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
            ({"sources": ["shop-17"], "role": "operator"}, "/sources"),
            ({"sources": ["shop-17"], "role": "admin"}, "/sources"),
            ({"sources": [""]}, "/sources/0"),
            ({"sources": [f"shop-{number}" for number in range(101)]}, "/sources"),
            ({"secret": "of my own"}, "/secret"),
        ],
        ids=str,
    )
    def test_refuses_what_cannot_be(self, shared_site: Site, wrong: dict[str, object], pointer: str) -> None:
        body = {"name": a_key(), "role": "emitter", **wrong}

        answer = shared_site.a(Role.ADMIN).post(TOKENS, body)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer

    def test_never_reuses_a_name(self, shared_site: Site) -> None:
        admin = shared_site.a(Role.ADMIN)
        _, document = issued(shared_site)
        body = {"name": document["name"], "role": "emitter"}
        refused(shared_site, lambda: admin.post(TOKENS, body), 409, "name_taken")

        made(admin.delete(f"{TOKENS}/{document['name']}"))

        refused(shared_site, lambda: admin.post(TOKENS, body), 409, "name_taken")


class TestList:
    def test_has_all_in_order_without_a_secret(self, site: Site) -> None:
        admin = site.a(Role.ADMIN)
        made_ones = [issued(site, sources=["shop-17"] if number % 2 else [])[1] for number in range(5)]
        site.revoke(str(made_ones[0]["name"]))

        listed = [token for page in pages(admin, TOKENS, limit=2) for token in page]

        assert [token["name"] for token in listed] == ["the-admin", *(each["name"] for each in made_ones)]
        assert [bool(token["revoked_at"]) for token in listed] == [False, True, False, False, False, False]
        assert [token["sources"] for token in listed][1:] == [[], ["shop-17"], [], ["shop-17"], []]
        told = admin.get(TOKENS).text
        assert not any(str(each["secret"]) in told for each in made_ones)
        assert "secret" not in told
        assert "digest" not in told

    def test_goes_on_behind_names_of_any_letters(self, site: Site) -> None:
        names = ["żółw", "ana@phone", "100%", "z"]
        for name in names:
            issued(site, name=name)

        listed = [token["name"] for page in pages(site.a(Role.ADMIN), TOKENS, limit=1) for token in page]

        assert listed == ["the-admin", *names]

    def test_of_one_that_there_is_not_is_not_found(self, shared_site: Site) -> None:
        admin = shared_site.a(Role.ADMIN)

        problem(admin.get(f"{TOKENS}/nobody"), 404, "no_such_token")
        refused(shared_site, lambda: admin.delete(f"{TOKENS}/nobody"), 404, "no_such_token")


class TestRevoking:
    def test_holds_from_the_next_request_on(self, shared_site: Site) -> None:
        caller, document = issued(shared_site, role="operator")
        assert caller.get("/v1/signals").status_code == 200

        told = made(shared_site.a(Role.ADMIN).delete(f"{TOKENS}/{document['name']}"))

        assert told["revoked_at"] == written(shared_site.clock.moment)
        problem(caller.get("/v1/signals"), 401, "not_authenticated")

    def test_is_refused_a_second_time(self, shared_site: Site) -> None:
        _, document = issued(shared_site)
        path, admin = f"{TOKENS}/{document['name']}", shared_site.a(Role.ADMIN)
        made(admin.delete(path))

        refused(shared_site, lambda: admin.delete(path), 409, "already_revoked")


class TestExpiry:
    def test_holds_from_the_next_request_on_by_the_clock_of_the_service(self, site: Site) -> None:
        site.component("labels")
        caller, _ = issued(site, expires_at=written(at("09:00")))
        signal = a_signal("1", "labels")
        site.set_clock(at("09:00") - timedelta(microseconds=1))
        # It is known from here on: what is in memory expires as well.
        assert caller.post("/v1/signals", signal).status_code == 200

        site.set_clock("09:00")

        position = site.last_position()
        problem(caller.post("/v1/signals", signal), 401, "not_authenticated")
        problem(caller.post("/v1/signals", signal, key=a_key()), 401, "not_authenticated")
        problem(caller.get("/v1/status"), 401, "not_authenticated")
        problem(caller.post("/v1/components/labels/heartbeat"), 401, "not_authenticated")
        assert site.last_position() == position
        (listed,) = [each for each in made(site.a(Role.ADMIN).get(TOKENS))["data"] if each["expires_at"]]
        assert (listed["expires_at"], listed["revoked_at"]) == (written(at("09:00")), None)
