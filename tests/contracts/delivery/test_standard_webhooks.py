"""Webhooks are signed as Standard Webhooks says, by the word of its own library, and tried again on its schedule."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from domain.subscriptions.values import Channel
from infrastructure.clock import SystemClock
from infrastructure.delivery.retries import next_attempt
from infrastructure.delivery.wire.standard_webhooks import new_secret, secret_bytes, signed_headers

ID = "0197f0aa-1111-7222-8333-123456789abc"
BODY = json.dumps({"type": "incident.updated", "data": {"title": "Płatności"}}).encode()
THEN = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)


class TestSignatures:
    def test_are_good_for_the_library_of_the_standard(self) -> None:
        secret = new_secret()
        headers = signed_headers(ID, SystemClock().now(), BODY, [secret])

        assert Webhook(secret).verify(BODY, headers) == json.loads(BODY)

    @pytest.mark.parametrize("secret", [0, 1])
    def test_of_two_secrets_are_good_for_either(self, secret: int) -> None:
        secrets = [new_secret(), new_secret()]
        headers = signed_headers(ID, SystemClock().now(), BODY, secrets)

        assert len(headers["webhook-signature"].split(" ")) == 2
        assert Webhook(secrets[secret]).verify(BODY, headers) == json.loads(BODY)

    @pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature", "body", "secret"])
    def test_are_bad_once_anything_is_changed(self, name: str) -> None:
        secret, now = new_secret(), SystemClock().now()
        sent = signed_headers(ID, now, BODY, [secret]) | {"body": BODY.decode(), "secret": secret}
        other = signed_headers("another", now + timedelta(seconds=1), b"{}", [new_secret()])
        changed = sent | {name: {**other, "body": "{}", "secret": new_secret()}[name]}

        with pytest.raises(WebhookVerificationError):
            Webhook(changed["secret"]).verify(changed["body"], changed)

    def test_are_those_of_the_example_in_the_standard(self) -> None:
        headers = signed_headers(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            datetime.fromtimestamp(1614265330, UTC),
            b'{"test": 2432232314}',
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        )

        assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    @pytest.mark.parametrize("message_id", ["", "a.b", "a b", "a\r\nb", "a" * 201])
    def test_need_an_id_without_dots(self, message_id: str) -> None:
        with pytest.raises(ValueError, match="id of a webhook"):
            signed_headers(message_id, THEN, BODY, [new_secret()])

    def test_need_a_secret(self) -> None:
        with pytest.raises(ValueError, match="at least one secret"):
            signed_headers(ID, THEN, BODY, [])


class TestSecrets:
    def test_are_random(self) -> None:
        assert len(secret_bytes(new_secret())) == 32
        assert new_secret() != new_secret()
        assert new_secret(lambda size: b"\x01" * size) == "whsec_" + b64encode(b"\x01" * 32).decode()

    @pytest.mark.parametrize(
        "secret",
        [
            "",
            "whsec_",
            "c2VzYW1l" * 4,
            "whsec_c2VzYW1l",
            f"whsec_{'sesa' * 30}",
            f"whsec_{'ses!' * 9}",
            "whsec_sesamé" * 4,
        ],
    )
    def test_that_are_none_are_refused_and_not_repeated(self, secret: str) -> None:
        with pytest.raises(ValueError, match="a secret of a webhook is") as refusal:
            secret_bytes(secret)

        assert "ses" not in str(refusal.value)


class TestSchedule:
    def test_of_webhooks_is_that_of_the_standard(self) -> None:
        pauses = [next_attempt(Channel.WEBHOOK, attempts, 0) for attempts in range(1, 11)]

        hours = [2, 5, 10, 14, 20, 24]
        assert pauses == [
            timedelta(seconds=5),
            timedelta(minutes=5),
            timedelta(minutes=30),
            *(timedelta(hours=each) for each in hours),
            None,
        ]

    @pytest.mark.parametrize("channel", Channel)
    def test_ends_after_some_days(self, channel: Channel) -> None:
        pauses = [pause for attempts in range(1, 20) if (pause := next_attempt(channel, attempts, 0)) is not None]
        *_, end = accumulate(pauses)

        assert timedelta(hours=44) <= end <= timedelta(hours=80)
        assert pauses == sorted(pauses)
        assert next_attempt(channel, len(pauses) + 1, 0) is None

    @given(attempts=st.integers(1, 9), jitter=st.floats(0, 1), channel=st.sampled_from(Channel))
    def test_is_spread_by_chance(self, attempts: int, jitter: float, channel: Channel) -> None:
        plain, spread = next_attempt(channel, attempts, 0), next_attempt(channel, attempts, jitter)

        assert plain is not None
        assert spread is not None
        assert plain <= spread <= plain * 1.1

    def test_heeds_a_longer_pause_that_is_asked_for(self) -> None:
        pause = timedelta(minutes=7)

        assert next_attempt(Channel.SLACK, 1, 0, pause) == pause
        assert next_attempt(Channel.SLACK, 3, 0, pause) == timedelta(minutes=30)
        assert next_attempt(Channel.SLACK, 10, 0, pause) is None
