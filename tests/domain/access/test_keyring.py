"""Tokens: their names are never reused, and a revocation holds from then on."""

from datetime import timedelta
from typing import Any

import pytest

from domain.access.errors import SourcesNeedEmitter
from domain.access.keyring import KEYRING, Keyring, Role, Token
from domain.errors import AlreadyRevoked, ExpiresInPast, Invalid, NameTaken, NoSuchToken
from tests.domain.assertions import recorded, refused
from tests.domain.builders import ana, at

DIGEST = "ab" * 32


def a_keyring() -> Keyring:
    return Keyring.open(provenance=ana(at("09:00")))


def issue(keyring: Keyring, name: str, *, role: Role = Role.OPERATOR, person: str = "ana", **more: Any) -> None:  # noqa: ANN401 - what ``issue`` takes
    keyring.issue(name=name, role=role, person=person, digest=DIGEST, provenance=ana(at("10:00")), **more)


def revoke(keyring: Keyring, name: str) -> None:
    keyring.revoke(name=name, provenance=ana(at("11:00")))


class TestToken:
    @pytest.mark.parametrize("role", list(Role))
    def test_names_a_role_and_a_person(self, role: Role) -> None:
        keyring = a_keyring()

        issue(keyring, "ana-laptop", role=role)

        assert recorded(keyring) == ["keyring.opened", "keyring.token_issued"]
        assert keyring.tokens == {
            "ana-laptop": Token(name="ana-laptop", role=role, person="ana", digest=DIGEST, issued_at=at("10:00"))
        }

    def test_may_be_one_of_many_of_a_person(self) -> None:
        keyring = a_keyring()
        issue(keyring, "ana-laptop")

        issue(keyring, "ana-phone")

        assert {token.person for token in keyring.tokens.values()} == {"ana"}
        assert len(keyring.tokens) == 2

    def test_is_refused_a_name_that_is_taken(self) -> None:
        keyring = a_keyring()
        issue(keyring, "ana-laptop")

        with refused(keyring, NameTaken, match="ana-laptop"):
            issue(keyring, "ana-laptop", person="eva")

    def test_is_refused_the_name_of_a_revoked_one(self) -> None:
        keyring = a_keyring()
        issue(keyring, "ana-laptop")
        revoke(keyring, "ana-laptop")

        with refused(keyring, NameTaken):
            issue(keyring, "ana-laptop")

    def test_is_kept_in_the_one_keyring(self) -> None:
        assert a_keyring().id == KEYRING

    @pytest.mark.parametrize("name", ["", "two words", "a/b", ".", "..", "a\x00b", "\ud800", "x" * 101, "console"])
    def test_is_refused_a_name_that_is_none(self, name: str) -> None:
        with refused(keyring := a_keyring(), Invalid):
            issue(keyring, name)


class TestExpiry:
    def test_is_at_the_very_moment(self) -> None:
        issue(keyring := a_keyring(), "ana-laptop", expires_at=at("11:00"))

        token = keyring.tokens["ana-laptop"]

        assert token.is_good(at("11:00") - timedelta(microseconds=1))
        assert not token.is_good(at("11:00"))
        assert (token.has_expired(at("10:59")), token.has_expired(at("11:00"))) == (False, True)

    def test_never_comes_unless_it_was_said(self) -> None:
        issue(keyring := a_keyring(), "ana-laptop")

        assert keyring.tokens["ana-laptop"].is_good(at("10:00") + timedelta(days=36_500))

    @pytest.mark.parametrize("moment", ["09:00", "10:00"])
    def test_is_refused_in_the_past(self, moment: str) -> None:
        with refused(keyring := a_keyring(), ExpiresInPast, match="ana-laptop"):
            issue(keyring, "ana-laptop", expires_at=at(moment))

    def test_does_not_undo_a_revocation(self) -> None:
        issue(keyring := a_keyring(), "ana-laptop", expires_at=at("12:00"))

        revoke(keyring, "ana-laptop")

        assert not keyring.tokens["ana-laptop"].is_good(at("11:30"))


class TestSources:
    def test_bind_an_emitter(self) -> None:
        issue(keyring := a_keyring(), "shop", role=Role.EMITTER, sources=("shop-17", "shop-18"))

        assert keyring.tokens["shop"].sources == ("shop-17", "shop-18")

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.EMITTER])
    def test_are_refused_for_every_other_role(self, role: Role) -> None:
        with refused(keyring := a_keyring(), SourcesNeedEmitter, match=role):
            issue(keyring, "shop", role=role, sources=("shop-17",))


class TestRevocation:
    def test_holds_from_then_on(self) -> None:
        keyring = a_keyring()
        issue(keyring, "ana-laptop")
        issue(keyring, "ana-phone")

        revoke(keyring, "ana-laptop")

        assert recorded(keyring)[-1] == "keyring.token_revoked"
        assert keyring.tokens["ana-laptop"].revoked_at == at("11:00")
        assert keyring.tokens["ana-phone"].revoked_at is None

    def test_is_refused_if_there_is_no_such_token(self) -> None:
        with refused(keyring := a_keyring(), NoSuchToken, match="ana-laptop"):
            revoke(keyring, "ana-laptop")

    def test_is_refused_a_second_time(self) -> None:
        keyring = a_keyring()
        issue(keyring, "ana-laptop")
        revoke(keyring, "ana-laptop")

        with refused(keyring, AlreadyRevoked, match="ana-laptop"):
            revoke(keyring, "ana-laptop")
