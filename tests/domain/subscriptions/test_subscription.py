"""A subscription begins when its reader confirms it, and ends for good."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.errors import Invalid
from domain.subscriptions.errors import SubscriptionEnded
from domain.subscriptions.values import MOST_KEYS, EndReason, NotificationScope, Preferences
from tests.domain.assertions import types_of
from tests.domain.builders import ana, at
from tests.domain.subscription_builders import EVERYTHING, LABELS_ALONE, a_subscription

NO_KEYS = NotificationScope()


class TestASubscription:
    def test_is_active_from_its_confirmation_on(self) -> None:
        subscription = a_subscription()

        assert subscription.is_active
        assert types_of(subscription) == ["subscription.confirmed"]

    def test_takes_other_preferences_once(self) -> None:
        subscription = a_subscription()

        subscription.change(preferences=LABELS_ALONE, provenance=ana(at("10:10")))
        subscription.change(preferences=LABELS_ALONE, provenance=ana(at("10:20")))

        assert subscription.preferences == LABELS_ALONE
        assert types_of(subscription) == ["subscription.confirmed", "subscription.changed"]

    def test_ends_once_and_says_why_it_did_first(self) -> None:
        subscription = a_subscription()

        subscription.end(reason=EndReason.ONE_CLICK, provenance=ana(at("10:10")))
        subscription.end(reason=EndReason.BOUNCE, provenance=ana(at("10:20")))

        assert subscription.ended is EndReason.ONE_CLICK
        assert types_of(subscription) == ["subscription.confirmed", "subscription.ended"]

    def test_takes_no_preferences_after_it_ended(self) -> None:
        subscription = a_subscription()
        subscription.end(reason=EndReason.READER, provenance=ana(at("10:10")))

        with pytest.raises(SubscriptionEnded):
            subscription.change(preferences=EVERYTHING, provenance=ana(at("10:20")))

    @pytest.mark.parametrize("kind", ["components", "groups", "audiences", "panels"])
    def test_names_a_bounded_number_of_keys(self, kind: str) -> None:
        keys: Any = tuple(f"key-{number}" for number in range(MOST_KEYS + 1))
        enough, too_many = replace(NO_KEYS, **{kind: keys[1:]}), replace(NO_KEYS, **{kind: keys})

        assert a_subscription(Preferences(language="en", scope=enough)).is_active
        with pytest.raises(Invalid) as refused:
            a_subscription(Preferences(language="en", scope=too_many))
        assert refused.value.facts["pointer"] == f"/scope/{kind}"
