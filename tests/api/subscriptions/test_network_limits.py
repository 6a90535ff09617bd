"""How often a network may ask."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.http.networks import network_of
from api.subscriptions.network_limits import NetworkLimits
from tests.api.client import at

NOW = at("10:00")


class TestNetworks:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("192.0.2.7", "192.0.2.0/24"),
            ("192.0.2.255", "192.0.2.0/24"),
            ("::ffff:192.0.2.7", "192.0.2.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1::/56"),
            ("2001:db8:1:ff::1", "2001:db8:1::/56"),
            ("2001:db8:1:100::1", "2001:db8:1:100::/56"),
            ("fe80::1%eth0", "fe80::/56"),
            ("unix:", ""),
            (None, ""),
        ],
    )
    def test_are_those_that_one_customer_has(self, address: str | None, network: str) -> None:
        assert network_of(address) == network


class TestLimits:
    def test_are_those_of_each_network_alone(self) -> None:
        limits = NetworkLimits(most=2)

        found = [limits.spend(address, NOW) for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.3.1")]

        assert found == [None, None, 360, None]

    def test_are_filled_up_as_time_passes_and_no_higher(self) -> None:
        limits = NetworkLimits(most=2)
        later = NOW + timedelta(days=1)
        assert [limits.spend("192.0.2.1", NOW) for _ in range(3)] == [None, None, 360]

        assert limits.spend("192.0.2.1", NOW + timedelta(minutes=4)) == 120
        assert [limits.spend("192.0.2.1", later) for _ in range(3)] == [None, None, 360]

    def test_are_not_filled_up_by_a_clock_that_goes_back(self) -> None:
        limits = NetworkLimits(most=1)
        assert limits.spend("192.0.2.1", NOW) is None

        assert limits.spend("192.0.2.1", NOW - timedelta(hours=1)) == 360

    def test_are_kept_of_so_many_networks_at_most(self) -> None:
        limits = NetworkLimits(kept=100)

        for number in range(1_000):
            limits.spend(f"10.{number // 250}.{number % 250}.1", NOW)

        assert len(limits) == 100
