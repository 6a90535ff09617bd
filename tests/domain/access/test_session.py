"""Sessions: they end once, by somebody or when their time is over, and are found by who signed in and how."""

from datetime import timedelta

import pytest

from domain.access.errors import SessionHasEnded
from domain.access.keyring import Role
from domain.access.session import (
    OPEN,
    SessionEnd,
    SignIn,
    person_handle,
    provider_handle,
    subject_handle,
    token_handle,
)
from domain.provenance import SignInMethod
from tests.domain.access.session_builders import BY_OIDC, BY_TOKEN, SESSION, a_session
from tests.domain.assertions import recorded, refused
from tests.domain.builders import ana, at


class TestSession:
    def test_says_who_signed_in_and_how(self) -> None:
        session = a_session()

        assert recorded(session) == ["session.began"]
        assert session.sign_in == SignIn(
            person="ana", roles=(Role.OPERATOR,), method=SignInMethod.TOKEN, token="ana-laptop"
        )
        assert session.began_at == at("10:00")

    def test_keeps_the_digest_of_its_secret(self) -> None:
        assert a_session().digest == "ab" * 32

    def test_is_open_until_it_ends(self) -> None:
        session = a_session()
        assert session.is_open(at("10:01"))

        session.end(reason=SessionEnd.SIGNED_OUT, provenance=ana(at("10:02")))

        assert not session.is_open(at("10:02"))
        assert session.end_reason is SessionEnd.SIGNED_OUT
        assert session.ended_at == at("10:02")

    def test_is_open_until_just_before_it_expires(self) -> None:
        session = a_session()

        assert session.is_open(session.expires_at - timedelta(microseconds=1))
        assert not session.is_open(session.expires_at)

    @pytest.mark.parametrize("reason", list(SessionEnd))
    def test_ends_once(self, reason: SessionEnd) -> None:
        session = a_session()
        session.end(reason=reason, provenance=ana(at("10:02")))

        with refused(session, SessionHasEnded, match=str(SESSION)):
            session.end(reason=SessionEnd.SIGNED_OUT, provenance=ana(at("10:03")))

    def test_is_due_when_it_expires(self) -> None:
        session = a_session()
        assert session.next_due == session.expires_at

        session.end(reason=SessionEnd.SIGNED_OUT, provenance=ana(at("10:02")))

        assert session.next_due is None


class TestHandles:
    def test_of_one_by_token_are_its_person_and_its_token(self) -> None:
        assert set(a_session(BY_TOKEN).handles) == {OPEN, person_handle("ana"), token_handle("ana-laptop")}

    def test_of_one_by_a_provider_are_its_person_its_subject_and_its_session_there(self) -> None:
        assert set(a_session(BY_OIDC).handles) == {
            OPEN,
            person_handle("ana"),
            subject_handle("https://id.example.com", "u-17"),
            provider_handle("https://id.example.com", "s-1"),
        }

    def test_are_those_of_one_person_however_the_name_is_written(self) -> None:
        assert person_handle(" Ana\u200b ") == person_handle("ana")

    def test_of_two_subjects_differ_wherever_issuer_and_subject_meet(self) -> None:
        assert subject_handle("https://id.example.com", "u1") != subject_handle("https://id.example.comu", "1")

    def test_end_with_the_session(self) -> None:
        session = a_session()

        session.end(reason=SessionEnd.SIGNED_OUT, provenance=ana(at("10:02")))

        assert session.handles == {}
