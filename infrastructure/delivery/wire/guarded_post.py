"""Posts to an endpoint on the public Internet, and to no place that its address only pretends not to be.

It is written on sockets: the address that was checked is the one that is connected to, and the size and the time of
each part of the answer are bounded. A new connection for each request is what an endpoint gets, since it gets few.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome, later
from infrastructure.delivery.wire.endpoint_url import EndpointUrl, parse_endpoint_url
from infrastructure.delivery.wire.http_answer import HttpAnswer, NoHttpAnswer
from infrastructure.delivery.wire.masking import mask_endpoint
from infrastructure.delivery.wire.public_networks import may_connect, read_ip

if TYPE_CHECKING:
    from datetime import datetime

SECONDS = 15.0
"""How long one request may take altogether."""
CONNECT_SECONDS = 5.0
"""How long one address may take before the next one is tried."""
MOST_ADDRESSES = 4
HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,100}")
HEADER_VALUE = re.compile(r"[ -~]{0,4000}")
OWN_HEADERS = frozenset({"host", "content-length", "connection", "transfer-encoding", "accept-encoding", "accept"})
AGENT = "Bitacora"

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a host, the best one first.

Raises:
    OSError: if it has none.
"""


class NotAllowed(Exception):
    """The host is in a network that no request may go to."""


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Ask the resolver of the system."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class GuardedPost:
    """Sends POST requests. It follows no redirect, keeps no cookie and reads no proxy from the environment."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        allow_private: bool,
        resolve: Resolve = system_resolver,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """With ``allow_private``, an endpoint may be in a network of our own. ``tls`` checks its certificate.

        Dates in answers are compared with ``now``.
        """
        self._now, self._allow_private, self._resolve, self._tls = now, allow_private, resolve, tls

    async def send(self, url: str, headers: Mapping[str, str], body: bytes, *, seconds: float = SECONDS) -> WireAnswer:
        """Post ``body``, within so many ``seconds``. The answer has nothing of the path and the query in it.

        Raises:
            ValueError: if a header of ours is none. Nothing that the other side does raises.
        """
        try:
            endpoint = parse_endpoint_url(url)
        except ValueError as error:
            return WireAnswer(outcome=WireOutcome.REFUSED, text=f"Not sent: {error}.")
        request = write_request(endpoint, headers, body)
        answer = HttpAnswer(lambda text: mask_endpoint(text, endpoint))
        try:
            async with asyncio.timeout(seconds):
                await self._exchange(endpoint, request, answer)
        except TimeoutError:
            if not answer.has_head:
                return later(f"No answer within {seconds:g} seconds.")
        except NotAllowed as error:
            return later(f"Not sent: {error}.")
        except NoHttpAnswer as error:
            return later(f"No answer: {error}.")
        except OSError as error:
            if not answer.has_head:
                return later(f"No answer: {_reason(error)}.")
        return answer.to_wire(self._now())

    async def _exchange(self, endpoint: EndpointUrl, request: bytes, answer: HttpAnswer) -> None:
        connected = await self._connect(endpoint)
        try:
            reader, writer = await asyncio.open_connection(
                sock=connected,
                ssl=(self._tls or _trusted()) if endpoint.is_tls else None,
                server_hostname=endpoint.host if endpoint.is_tls else None,
            )
        except BaseException:
            connected.close()
            raise
        try:
            # Who answers before all was read is heard, too.
            writer.write(request)
            await answer.read(reader)
        finally:
            writer.transport.abort()

    async def _connect(self, endpoint: EndpointUrl) -> socket.socket:
        """Connect to one of the addresses of the host, each of which is checked."""
        literal = read_ip(endpoint.host)
        try:
            found = [endpoint.host] if literal else await self._resolve(endpoint.host, endpoint.port)
        except UnicodeError:
            raise OSError("the name of the host cannot be looked up") from None
        failed = OSError("the host has no address")
        if not found:
            raise failed
        allowed = [each for each in found if self._is_allowed(each)]
        if not allowed:
            raise NotAllowed("the host is in a private network, and those are not allowed here")
        for each in allowed[:MOST_ADDRESSES]:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await self._connect_to(each, endpoint.port)
            except TimeoutError:
                failed = OSError("the host takes no connection in time")
            except OSError as error:
                failed = error
        raise failed

    async def _connect_to(self, address: str, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        connected = socket.socket(family, socket.SOCK_STREAM)
        try:
            connected.settimeout(0)
            await asyncio.get_running_loop().sock_connect(connected, (address, port))
            self._check_peer(connected, address)
        except BaseException:
            connected.close()
            raise
        return connected

    def _check_peer(self, connected: socket.socket, address: str) -> None:
        peer = str(connected.getpeername()[0])
        if read_ip(peer) != read_ip(address) or not self._is_allowed(peer):
            raise NotAllowed("the connection leads to another address than the one that was checked")

    def _is_allowed(self, address: str) -> bool:
        ip = read_ip(address)
        return ip is not None and may_connect(ip, allow_private=self._allow_private)


def write_request(endpoint: EndpointUrl, headers: Mapping[str, str], body: bytes) -> bytes:
    """Write a POST request.

    Raises:
        ValueError: if a header has a character that does not belong into one, or is one that is set here.
    """
    for name, value in headers.items():
        if HEADER_NAME.fullmatch(name) is None or HEADER_VALUE.fullmatch(value) is None or name.lower() in OWN_HEADERS:
            raise ValueError(f"{name[:100]!r} cannot be sent as a header")
    all_headers = {
        "Host": endpoint.authority,
        **({} if "user-agent" in map(str.lower, headers) else {"User-Agent": AGENT}),
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
        "Content-Length": str(len(body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in all_headers.items())
    return f"POST {endpoint.target} HTTP/1.1\r\n{lines}\r\n".encode("ascii") + body


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not good ({error.verify_message})"
    return (error.strerror or str(error) or type(error).__name__).rstrip(".")
