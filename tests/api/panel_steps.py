"""Panels, a restoration as an operator runs it and as both sides see it, and the accounts that it recovers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from domain.access.keyring import Role
from tests.api.client import made, problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import httpx
    from starlette.types import Message

    from tests.api.client import Site

PANELS = "/v1/panels"
RESTORATIONS = "/v1/restorations"
WARSAW = "Europe/Warsaw"
NDJSON = "application/x-ndjson"
CAPABILITIES = ["login", "orders", "stock_sync"]
NOBODY = "00000000-0000-7000-8000-000000000000"

_numbers = count(1)


@dataclass(frozen=True)
class Thing:
    """Something that operators act on: at a site, under a path."""

    site: Site
    path: str

    @property
    def inside(self) -> dict[str, Any]:
        """What operators see."""
        return made(self.site.operator.get(self.path))

    @property
    def outside(self) -> dict[str, Any]:
        """What readers see."""
        self.site.tick()
        return made(self.site.reader.get(self.path))

    @property
    def events(self) -> list[str]:
        """What has happened to it."""
        return [name.partition(".")[2] for name in self.site.events(self.inside["id"])]

    def act(self, action: str, body: object = None, **options: Any) -> httpx.Response:  # noqa: ANN401 - what ``send`` takes
        """Let the operator do something; another method than ``POST`` stands before the action."""
        method, _, action = action.rpartition(" ")
        path = f"{self.path}/{action}" if action else self.path
        return self.site.operator.send(method or "POST", path, json=body, **options)

    def done(self, action: str, body: object = None) -> dict[str, Any]:
        """Let the operator do something that goes well."""
        return made(self.act(action, body))

    def refuses(self, action: str, body: object, status: int, code: str) -> dict[str, Any]:
        """Let the operator try what is refused, and look that nothing was recorded."""
        return refused(self.site, lambda: self.act(action, body), status, code)


@dataclass(frozen=True)
class Account(Thing):
    """The recovery of an account."""


@dataclass(frozen=True)
class Restoration(Thing):
    """A restoration of a panel."""

    @property
    def id(self) -> str:
        """Its id."""
        return self.path.rpartition("/")[2]

    @property
    def accounts(self) -> str:
        """Where its accounts are."""
        return f"{self.path}/accounts"

    def gets(self, capability: str) -> None:
        """Let its panel get a capability after the loss."""
        path = f"{PANELS}/{self.inside['panel']}/capabilities"
        made(self.site.operator.post(path, {"key": capability, "name": capability}))

    def says(self, capability: str, state: str, **more: object) -> dict[str, Any]:
        """Let the operator say how it is with a capability."""
        return self.done(f"PUT capabilities/{capability}", {"state": state, **more})

    def takes(self, account: str, **more: object) -> Account:
        """Let the operator take an account in."""
        answer = self.site.operator.post(self.accounts, {"account": account, **more})
        assert answer.status_code == 201, answer.text
        return Account(self.site, str(answer.headers["Location"]))

    def takes_lines(self, lines: Iterable[object], **options: Any) -> dict[str, Any]:  # noqa: ANN401 - what ``send`` takes
        """Let the operator hand accounts in, one a line; what is no bytes is written as JSON."""
        return made(sent_lines(self, written_lines(lines), **options))


def written_lines(lines: Iterable[object]) -> bytes:
    """Write lines; what is no bytes as JSON."""
    return b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)


def sent_lines(restoration: Restoration, content: bytes, **options: Any) -> httpx.Response:  # noqa: ANN401 - what ``send`` takes
    """Let the operator hand accounts in, as bytes of lines."""
    headers = {"Content-Type": NDJSON}
    return restoration.site.operator.post(restoration.accounts, content=content, headers=headers, **options)


def refused(site: Site, act: Any, status: int, code: str) -> dict[str, Any]:  # noqa: ANN401 - a request
    """Try what is refused, and look that nothing was recorded."""
    for role in Role:
        # A token that is issued by the first request with it would be an event.
        site.a(role)
    position = site.last_position()
    refusal = problem(act(), status, code)
    assert site.last_position() == position
    return refusal


def a_panel_name() -> str:
    """Give a key that no other test uses."""
    return f"panel-{next(_numbers)}"


def registered(site: Site, key: str, **more: object) -> dict[str, Any]:
    """Register a panel in Warsaw."""
    return made(site.operator.post(PANELS, {"key": key, "zone": WARSAW, "capabilities": CAPABILITIES, **more}))


def an_account_name() -> str:
    """Give the name of an account that no other test uses."""
    return f"shop-{next(_numbers)}"


def a_day() -> str:
    """Give a day, long ago, that no other test uses."""
    number = next(_numbers)
    return f"{1000 + number // 300:04}-{number % 300 // 25 + 1:02}-{number % 25 + 1:02}"


def a_panel(site: Site, **more: object) -> str:
    """Register a panel with accounts of one day that no other panel has, and give its key."""
    day = a_day()
    return str(registered(site, a_panel_name(), accounts_from=day, accounts_until=day, **more)["key"])


def lost(site: Site, panel: str | None = None, **more: object) -> Restoration:
    """Let access to a panel be lost; to one of its own, if none is named."""
    answer = site.operator.post(RESTORATIONS, {"panel": panel or a_panel(site), **more})
    assert answer.status_code == 201, answer.text
    return Restoration(site, str(answer.headers["Location"]))


def panel_c_lost(site: Site) -> Restoration:
    """Let the panel of 2020 be lost; the one after it is there for temporary accounts."""
    registered(site, "panel-c", accounts_from="2020-08-27", accounts_until="2021-03-10")
    registered(site, "panel-d", accounts_from="2021-03-11")
    return lost(site, "panel-c")


def regained(site: Site, panel: str | None = None, **more: object) -> Restoration:
    """Let access to a panel be lost, and be there again."""
    restoration = lost(site, panel, **more)
    restoration.done("access-restored")
    return restoration


def completed(site: Site, panel: str | None = None) -> Restoration:
    """Let a panel be lost and be recovered, but for its stock, which is given up."""
    restoration = regained(site, panel)
    restoration.says("login", "available")
    restoration.says("orders", "available")
    restoration.done("completion", {"given_up": ["stock_sync"]})
    return restoration


def decided(site: Site, panel: str, automation: str, created: str, **asked: str) -> dict[str, Any]:
    """Ask, without a token, whether an automation may run for an item."""
    site.tick()
    path = f"{PANELS}/{panel}/automations/{automation}/decision"
    return made(site.reader.get(path, params={"item_created_at": created, **asked}))


def available(site: Site, **asked: str) -> dict[str, dict[str, Any]]:
    """Give what readers are told of each panel, by its key."""
    site.tick()
    return {each["key"]: each for each in made(site.reader.get(f"{PANELS}/availability", params=asked))["data"]}


def states(panel: Mapping[str, Any]) -> dict[str, str]:
    """Give the state of each capability of a panel."""
    return {name: each["state"] for name, each in panel["capabilities"].items()}


def cut_off(restoration: Restoration, content: bytes) -> None:
    """Hand accounts in, and hang up before the body has come to its end."""
    site, token = restoration.site, restoration.site.operator.token
    messages: list[Message] = [
        {"type": "http.request", "body": content[:1_000], "more_body": True},
        {"type": "http.request", "body": content[1_000:], "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": restoration.accounts,
        "raw_path": restoration.accounts.encode(),
        "query_string": b"",
        "headers": [(b"content-type", NDJSON.encode()), (b"authorization", f"Bearer {token}".encode())],
    }

    async def receive() -> Message:
        return messages.pop(0)

    async def send(_: Message) -> None:
        """Nobody hears what is answered."""

    site.run(site.app(scope, receive, send))
