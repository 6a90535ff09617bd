"""Which network an address belongs to, where it is counted how often somebody asks."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

IPV4, IPV6 = 24, 56
"""The bits of an address that name a network; a customer of a provider often has all that is behind them."""


def network_of(address: str | None) -> str:
    """Give the network of an address; all that have none are one."""
    try:
        ip = ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    bits = IPV6 if isinstance(ip, IPv6Address) else IPV4
    return str(ip_network(f"{ip}/{bits}", strict=False))
