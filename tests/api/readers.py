"""Everything that somebody without a token can ask, taken from the routes themselves, and what he is answered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING

from fastapi.dependencies.utils import get_flat_params
from starlette.routing import Route

from api.main import roles_of
from api.site.live import PATH as LIVE
from application.maintenance.projection import WindowStage
from domain.access.keyring import Role
from domain.maintenance import WindowState
from domain.panels.restoration import RestorationState
from tests.api.client import REQUEST_ID, Site, at, written

if TYPE_CHECKING:
    import httpx
    from fastapi.routing import APIRoute

TOGETHER = 20
NOBODY = "00000000-0000-7000-8000-000000000000"
NOTHING = "no-such-thing"
ACCOUNT = "shop-1001"
INCIDENT_STATES = ("investigating", "identified", "monitoring", "resolved", "withdrawn", "dismissed")
STATES = tuple(dict.fromkeys((*INCIDENT_STATES, *WindowState, *RestorationState)))
NEEDED = {
    "from": written(at("08:30")),
    "until": written(at("09:30")),
    "account_created_on": "2020-08-27",
    "item_created_at": "2021-03-10T12:00:00Z",
}
"""What questions cannot do without, or would follow the clock without."""
ITEMS = '{"items": [{"item_created_at": "2021-03-10T12:00:00Z"}]}'


@dataclass(frozen=True)
class Question:
    """A request without a token; ``moves`` if the answer follows the clock, bare if it asks for nothing special."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    moves: bool = False
    is_bare: bool = False
    body: str = ""


@dataclass(frozen=True)
class Answered:
    """What came back: the status, all headers but the date, the body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def by(cls, response: httpx.Response) -> Answered:
        """Take an answer down."""
        headers = tuple(sorted((name, value) for name, value in response.headers.items() if name != "date"))
        return cls(response.status_code, headers, response.content)

    @property
    def text(self) -> str:
        """Everything in it that can be read."""
        return f"{self.headers}\n{self.body.decode()}"


@dataclass(frozen=True)
class Places:
    """With what the parameters of routes and queries are filled; ``components`` are their keys, and those of panels."""

    components: tuple[str, ...]
    ids: tuple[str, ...]
    last_position: int

    def path_values(self, name: str) -> Sequence[str]:
        """Give the values of a path parameter; one that is new has to be added."""
        return {
            "key": (*self.components, NOTHING),
            "account": (ACCOUNT, NOTHING),
            "automation": ("order_paid",),
            "capability": ("login",),
            "id": (*self.ids, NOBODY, "no-id"),
            "name": ("order_paid", "login", NOTHING),
            "number": ("1",),
            "pin": (NOBODY,),
            "position": ("1", str(self.last_position), "0"),
            "run": (NOBODY,),
        }[name]

    def query_values(self, name: str) -> Sequence[str]:
        """Give the values of a query parameter; one that is new has to be added."""
        morning, noon = written(at("08:30")), written(at("09:30"))
        positions = (str(self.last_position // 2), str(self.last_position), str(self.last_position + 7), "900")
        return {
            "as": ("restated", "?"),
            "account_created_at": (morning, noon, "?"),
            "account_created_on": ("2020-08-27", "2025-03-04", "?"),
            "as_of": (noon, "0", *positions, "2999-01-01T00:00:00Z"),
            "at": (morning, noon, "2999-01-01T00:00:00Z"),
            "audience": ("sellers", NOTHING),
            "component": (*self.components, NOTHING),
            "cursor": ("bm9uZQ", "?"),
            "from": (morning,),
            "item_created_at": (morning, noon, "?"),
            "lang": ("es", "xx", "?"),
            "limit": ("1", "0"),
            "min_position": positions[1:3],
            "panel": (*self.components, NOTHING, "?"),
            "policy": ("strict-1", "?"),
            "rule": ("any", "?"),
            "series": (*self.ids[:1], NOBODY, "no-id"),
            "sort": ("at", "-at", "?"),
            "stage": (*WindowStage, "unknown"),
            "state": (*STATES, "unknown"),
            "until": (noon,),
            "visibility": ("public", "private"),
            "zone": ("America/Lima", "Mars/Base", "?"),
        }[name]


def questions(site: Site, places: Places) -> Iterator[Question]:
    """Give every question: each route, filled in each way, bare and with each of its parameters."""
    for method, route in site.routes():
        for path in _paths(route, places):
            if Role.READER in roles_of(route):
                yield from _about(method, route, path, places)
            else:
                yield Question(method, path)
                yield Question(method, path, headers=(("Authorization", "Bearer bita_garbage"),))
    for plain in site.app.routes:
        # A stream has no end; what it says of a change is tested with a server.
        if type(plain) is Route and plain.path != LIVE:
            yield Question("GET", plain.path, is_bare=True)
    for language in site.bitacora.settings.languages:
        yield Question("GET", f"/{language}/account/{'A' * 43}", is_bare=True)
    yield Question("GET", "/v1/nowhere")
    yield Question("PUT", "/v1/status")


def _about(method: str, route: APIRoute, path: str, places: Places) -> Iterator[Question]:
    names = [
        field.alias for field in get_flat_params(route.dependant) if field.field_info.__class__.__name__ == "Query"
    ]
    fixed = tuple((name, value) for name, value in NEEDED.items() if name in names)
    yield Question(method, path, moves="until" in names, is_bare=True)
    if method == "POST":
        yield Question(method, path, body=ITEMS, is_bare=True)
        return
    yield Question(method, path, fixed, is_bare=bool(fixed))
    for name in names:
        for value in places.query_values(name):
            # A history that says no end ends now, or when its position was the last.
            yield Question(method, path, ((name, value),), moves="until" in names)
            yield Question(method, path, (*(pair for pair in fixed if pair[0] != name), (name, value)))
    if {"as_of", "at"} <= set(names):
        moments = places.query_values("at")[:2]
        for then, moment in product((*moments, str(places.last_position)), moments):
            yield Question(method, path, (("as_of", then), ("at", moment)))


def _paths(route: APIRoute, places: Places) -> Iterator[str]:
    names = re.findall(r"{(\w+)}", route.path)
    for values in product(*(places.path_values(name) for name in names)):
        yield route.path.format(**dict(zip(names, values, strict=True)))


def ask(site: Site, question: Question) -> Answered:
    """Ask one question."""
    return site.run(_answered(site, question))


def ask_all(site: Site, all_questions: Iterable[Question]) -> dict[Question, Answered]:
    """Ask every question, some dozens in each piece of work that is handed to the service and waited for."""
    left, found = iter(all_questions), dict[Question, Answered]()
    while some := list(islice(left, TOGETHER)):
        found |= site.run(_all_answered(site, some))
    return found


async def _all_answered(site: Site, some: Sequence[Question]) -> dict[Question, Answered]:
    # Side by side, as readers come: a thread that reads goes on with the next one, instead of being woken for each.
    answers = await asyncio.gather(*(_answered(site, question) for question in some))
    return dict(zip(some, answers, strict=True))


async def _answered(site: Site, question: Question) -> Answered:
    kind = {"Content-Type": "application/json"} if question.body else {}
    return Answered.by(
        await site.client.request(
            question.method,
            question.path,
            params=list(question.query),
            headers={"X-Request-Id": REQUEST_ID, **dict(question.headers), **kind},
            content=question.body or None,
        )
    )
