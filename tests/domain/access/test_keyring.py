"""Tokens: their names are never reused, and a revocation holds from then on."""

import pytest

from domain.access.keyring import KEYRING, Keyring, Role, Token
from domain.errors import AlreadyRevoked, NameTaken, NoSuchToken
from tests.domain.assertions import recorded, refused
from tests.domain.builders import ana, at

DIGEST = "ab" * 32


def a_keyring() -> Keyring:
    return Keyring.open(provenance=ana(at("09:00")))


def issue(keyring: Keyring, name: str, *, role: Role = Role.OPERATOR, person: str = "ana") -> None:
    keyring.issue(name=name, role=role, person=person, digest=DIGEST, provenance=ana(at("10:00")))


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
