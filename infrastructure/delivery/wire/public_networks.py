"""Which addresses belong to the public Internet, so that nobody can point us at what is behind our own walls."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

IpAddress = IPv4Address | IPv6Address

SHARED = IPv4Network("100.64.0.0/10")
"""Of the customers of a carrier (RFC 6598), and inside clouds."""
PRIVATE: tuple[IPv4Network | IPv6Network, ...] = (
    SHARED,
    *(IPv4Network(each) for each in ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")),
    *(IPv6Network(each) for each in ("::1/128", "fc00::/7")),
)
"""What may be allowed by a setting."""
CLOSED = (
    SHARED,
    # This network, protocol assignments, the relays of 6to4, benchmarks and documentation.
    *(IPv4Network(each) for each in ("0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15")),
    *(IPv4Network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")),
)
METADATA = frozenset(
    # Amazon (of IPv6, its time, its containers), Google, Alibaba, Azure.
    map(
        ip_address,
        ("fd00:ec2::254", "fd00:ec2::123", "fd00:ec2::23", "fd20:ce::254", "100.100.100.200", "168.63.129.16"),
    )
)
"""Where clouds give out credentials, and what is beside that, in networks that are not link-local."""
OPEN = IPv6Network("2000::/3")
"""All that is assigned to the public Internet."""
CLOSED_SIX = (
    # Teredo and its neighbours, whose hidden address cannot be trusted, and documentation.
    *(IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16")),
)
NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses of IPv4 in their last 32 bits, which a gateway unpacks."""
LOW = 0xFFFF_FFFF


def is_public(address: IpAddress) -> bool:
    """Tell whether an address can be reached from everywhere, and so belongs to no network of ours.

    An address of IPv4 that is hidden in one of IPv6 (mapped, 6to4, NAT64) is looked at instead.
    """
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(inner)
        if address not in OPEN or any(address in network for network in CLOSED_SIX):
            return False
    elif any(address in network for network in CLOSED):
        return False
    if address in METADATA:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_private)


def may_connect(address: IpAddress, *, allow_private: bool) -> bool:
    """Tell whether a request may go to an address.

    Even where private networks are allowed, link-local addresses and those like them are not: clouds give out
    credentials there.
    """
    if is_public(address):
        return True
    inner = (_inner(address) if isinstance(address, IPv6Address) else None) or address
    return allow_private and inner not in METADATA and any(inner in network for network in PRIVATE)


def read_ip(host: str) -> IpAddress | None:
    """Read a host that is an address; None if it is a name. Scopes (``%eth0``) are none that we connect to."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    return IPv4Address(int(address) & LOW) if address in NAT64 else None
