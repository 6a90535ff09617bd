"""One day of a carrier hub, told through HTTP, with what readers and operators saw after each of its steps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.api.client import Caller, Site, at, written

CARRIER = "carrier-a"
IMPORT = "order-import"
HISTORY = {"from": written(at("08:00")), "until": written(at("09:00"))}


@dataclass(frozen=True)
class View:
    """What one caller sees at one moment."""

    board: httpx.Response
    incidents: httpx.Response

    @property
    def statuses(self) -> dict[str, tuple[str, str | None]]:
        """Status of each component, and since when."""
        return {
            item["key"]: (item["status"], item["status_since"][11:] if item["status_since"] else None)
            for item in self.board.json()["components"]
        }

    @property
    def indicator(self) -> str:
        """The indicator of the board."""
        return str(self.board.json()["indicator"])

    @property
    def states(self) -> dict[str, str]:
        """State of each incident, by its first component."""
        return {next(iter(item["components"])): item["state"] for item in self.incidents.json()["data"]}

    @property
    def bytes_and_tags(self) -> list[tuple[bytes, str]]:
        """What a cache would keep of it."""
        return [(answer.content, answer.headers["ETag"]) for answer in (self.board, self.incidents)]


@dataclass
class Day:
    """What was seen after each step, and what was answered to it."""

    reader: dict[str, View] = field(default_factory=dict)
    operator: dict[str, View] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    answers: dict[str, httpx.Response] = field(default_factory=dict)


def look(caller: Caller, **parameters: str) -> View:
    """Look at the board and at the incidents."""
    board = caller.get("/v1/status", params=parameters)
    incidents = caller.get("/v1/incidents", params={name: value for name, value in parameters.items() if name != "at"})
    assert (board.status_code, incidents.status_code) == (200, 200), (board.text, incidents.text)
    return View(board, incidents)


def live_through(site: Site) -> Day:
    """Let the day go by, and look around after each step."""
    day = Day()
    site.component(CARRIER, name={"en": "Carrier A", "es": "Transportista A"}, group="carriers")
    site.component(IMPORT, name="Order import", group="platform", position=1)
    site.component("tracking", name="Tracking pages", group="platform", position=2)
    for moment, act in _steps(site):
        position = site.set_clock(moment)
        if act is not None:
            answer = act()
            day.answers[moment] = answer
            position = site.tick()
        day.positions[moment] = position
        day.reader[moment], day.operator[moment] = look(site.reader), look(site.operator)
    return day


def _steps(site: Site) -> Iterator[tuple[str, Callable[[], httpx.Response] | None]]:
    def signal(state: str, component: str, status: str = "major_outage", cause: str | None = None) -> Any:  # noqa: ANN401 - an act
        body = {
            "source": "monitoring",
            "fingerprint": f"{component}-errors",
            "state": state,
            "component": component,
            "status": status,
            "summary": "error rate above 20 %",
            "cause": cause,
        }
        return lambda: site.emitter.post("/v1/signals", body)

    def update(state: str) -> Any:  # noqa: ANN401 - an act
        return lambda: site.update(the_incident_on(look(site.operator), CARRIER), state)

    def deploy(state: str) -> Any:  # noqa: ANN401 - an act
        return signal(state, IMPORT, "partial_outage", "code_change")

    yield "09:59", None
    yield "10:00", signal("firing", CARRIER)
    yield "10:20", None
    yield "10:25", None
    yield "10:30", None
    yield "10:30:00.000001", None
    yield "10:35", deploy("firing")
    yield "10:50", update("identified")
    yield "11:04", signal("clear", CARRIER)
    yield "11:05", update("monitoring")
    yield "11:10", None
    yield "11:12", update("resolved")
    yield "11:13", signal("firing", CARRIER)
    yield "11:19", signal("clear", CARRIER)
    yield "11:20", update("monitoring")
    yield "11:30", None
    yield "11:30:00.000001", None
    yield "11:40", deploy("clear")
    yield "11:41:59.999999", None
    yield "11:42", None
    yield "11:52", None
    yield "11:52:00.000001", None
    yield "12:00", signal("firing", CARRIER)
    yield "12:04", None
    yield "12:05", signal("clear", CARRIER)
    yield "12:06:59.999999", None
    yield "12:07", None
    yield "12:35", None


def the_incident_on(view: View, component: str) -> str:
    """Find the incident on a component."""
    return next(str(item["id"]) for item in view.incidents.json()["data"] if component in item["components"])
