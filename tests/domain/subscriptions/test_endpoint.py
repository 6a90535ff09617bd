"""An endpoint is notified from its registration on, until it is disabled or removed."""

from __future__ import annotations

import pytest

from domain.errors import Invalid
from domain.subscriptions.endpoint import LONGEST_NAME, Endpoint
from domain.subscriptions.errors import EndpointRemoved, HasNoSecret
from domain.subscriptions.values import Channel, DisabledBy, Preferences, Rhythm
from tests.domain.assertions import types_of
from tests.domain.builders import ana, at
from tests.domain.subscription_builders import EVERYTHING, a_removed_endpoint, an_endpoint

LATER = ana(at("10:30"))


def register(name: str = "Order desk", channel: Channel = Channel.WEBHOOK, rhythm: Rhythm = Rhythm.INSTANT) -> Endpoint:
    return Endpoint.register(
        id=an_endpoint().id,
        name=name,
        channel=channel,
        host="hooks.example.com",
        preferences=Preferences(language="en", rhythm=rhythm),
        provenance=ana(at("10:00")),
    )


class TestAnEndpoint:
    @pytest.mark.parametrize("name", ["", " ", "two\nlines", "x" * (LONGEST_NAME + 1)])
    def test_has_a_name_of_one_line(self, name: str) -> None:
        with pytest.raises(Invalid) as refused:
            register(name)
        assert refused.value.facts["pointer"] == "/name"

    def test_is_no_mailbox(self) -> None:
        with pytest.raises(Invalid) as refused:
            register(channel=Channel.EMAIL)
        assert refused.value.facts["pointer"] == "/channel"

    def test_gets_everything_at_once(self) -> None:
        with pytest.raises(Invalid) as refused:
            register(rhythm=Rhythm.DAILY)
        assert refused.value.facts["pointer"] == "/rhythm"

    def test_gets_nothing_while_it_is_disabled(self) -> None:
        endpoint = an_endpoint()

        endpoint.disable(by=DisabledBy.FAILING, because="503 Busy", provenance=LATER)

        assert (endpoint.is_active, endpoint.disabled_by) == (False, DisabledBy.FAILING)
        endpoint.enable(provenance=LATER)
        assert endpoint.is_active

    def test_is_disabled_and_enabled_once(self) -> None:
        endpoint = an_endpoint()

        for by in (DisabledBy.GONE, DisabledBy.OPERATOR):
            endpoint.disable(by=by, because=None, provenance=LATER)
        assert endpoint.disabled_by is DisabledBy.GONE
        for _ in range(2):
            endpoint.enable(provenance=LATER)

        assert types_of(endpoint) == ["endpoint.registered", "endpoint.disabled", "endpoint.enabled"]

    @pytest.mark.parametrize("channel", [Channel.SLACK, Channel.TEAMS])
    def test_has_a_secret_only_if_it_is_a_webhook(self, channel: Channel) -> None:
        with pytest.raises(HasNoSecret):
            an_endpoint(channel).rotate_secret(old_until=at("11:00"), provenance=LATER)

    def test_is_changed_only_if_something_is_another(self) -> None:
        endpoint = an_endpoint()

        for is_moved in (False, True):
            endpoint.change(
                name=endpoint.name, host=endpoint.host, preferences=EVERYTHING, is_moved=is_moved, provenance=LATER
            )

        assert types_of(endpoint) == ["endpoint.registered", "endpoint.moved"]

    def test_does_nothing_any_more_after_it_was_removed(self) -> None:
        endpoint = a_removed_endpoint()

        with pytest.raises(EndpointRemoved):
            endpoint.remove(provenance=LATER)
        with pytest.raises(EndpointRemoved):
            endpoint.enable(provenance=LATER)
