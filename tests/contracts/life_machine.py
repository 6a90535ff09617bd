"""A machine that commands the program over HTTP, at random, and holds it against the model after each step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.access.keyring import Role
from tests.api.client import Caller, Site, at, written
from tests.application.program import FrozenClock, Program
from tests.contracts.life_model import GRACE, LATELY, PERSISTS, STABLE, TICK, WORSE, Life, Shown, Signal, board
from tests.contracts.replay import assert_replay

if TYPE_CHECKING:
    import httpx

COMPONENTS = {"labels": True, "imports": True, "pages": False}
"""Whether readers see them."""
REFUSED = 409
MOST_DECLARED = 2
"""Every signal on their components would join those that people declared."""
WHY = {"reason": "We know better."}
Database = Callable[[], AbstractContextManager[str]]

names = st.sampled_from(["f1", "f2", "f3"])
keys = st.sampled_from([*COMPONENTS, *["labels"] * 5])
said = st.dictionaries(keys, st.sampled_from(WORSE), max_size=2)
broken = st.dictionaries(keys, st.sampled_from(WORSE[1:]), min_size=1, max_size=2)
alerting = st.sampled_from(WORSE[2:])
rarely = st.sampled_from([True, False, False, False])
progress = st.sampled_from([None, "investigating", "identified", "monitoring", "monitoring"])
steps = st.sampled_from(
    [
        *(TICK, timedelta(seconds=30), GRACE - TICK, GRACE, STABLE, STABLE + TICK, PERSISTS - TICK, PERSISTS),
        *(timedelta(hours=1), timedelta(hours=5), LATELY - TICK, LATELY, timedelta(days=30)),
    ]
)
lateness = st.one_of(st.just(timedelta(0)), st.just(timedelta(0)), steps)
pauses = st.sampled_from([timedelta(hours=1), LATELY - TICK, LATELY])
which = st.integers(0, 5)


class AnyLife(RuleBasedStateMachine):
    """A program over HTTP with three components and four signals, and the model beside it."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._place = database()
        self._url = self._place.__enter__()
        self._keys = count(1)
        self.now = at("08:00")
        self.lives: dict[str, Life] = {}
        self.signals: dict[str, Signal] = {}
        self.last: tuple[datetime, Callable[[], httpx.Response], httpx.Response] | None = None
        self.site = Site(self._url, now=self.now).__enter__()
        self.tokens = {role: self.site.a(role).token for role in (Role.OPERATOR, Role.EMITTER)}
        for key, public in COMPONENTS.items():
            self.site.component(key, public=public)

    def teardown(self) -> None:
        """Hold every view, at every position, against a replay of the log; leave nothing behind."""
        try:
            self.site.tick()
            assert_replay(Program(self.site.bitacora, FrozenClock(self.now)))
        finally:
            self.site.__exit__()
            self._place.__exit__(None, None, None)

    def a(self, role: Role) -> Caller:
        """Give the caller of a role; the token outlives the program."""
        return Caller(self.site, self.tokens[role])

    def command(self, path: str, body: object = None, *, method: str = "POST", role: Role = Role.OPERATOR) -> Any:  # noqa: ANN401 - JSON
        """Send a command under a key of its own; give the answer, or None if a rule refuses it and nothing happens."""
        key, before = f"key-{next(self._keys)}", self.site.last_position()

        def send() -> httpx.Response:
            return self.a(role).send(method, path, json=body, key=key if method == "POST" else None)

        answer = send()
        self.last = (self.now, send, answer) if answer.is_success and method == "POST" else None
        if answer.is_success:
            return answer.json()
        assert answer.status_code == REFUSED, answer.text
        assert self.site.last_position() == before
        return None

    def decide(self, number: int, action: str, may: Callable[[Life], bool], do: Callable[[Life], None]) -> None:
        """Let a person decide about an incident: as the model says that he may."""
        if not self.lives:
            return
        id, life = list(self.lives.items())[number % len(self.lives)]
        method, name, body = ("DELETE", "publication-hold", None) if action == "release" else ("POST", action, WHY)
        self.command_on(life, f"/v1/incidents/{id}/{name}", body, may, do, method=method)

    def command_on(
        self,
        life: Life,
        path: str,
        body: object,
        may: Callable[[Life], bool],
        do: Callable[[Life], None],
        *,
        method: str = "POST",
    ) -> None:
        """Send a command about an incident, and let the model follow it."""
        allowed = may(life)
        assert (self.command(path, body, method=method) is not None) == allowed
        if allowed:
            do(life)
            self.let_happen()

    def let_happen(self) -> None:
        """Let the model do what is due."""
        for life in self.lives.values():
            life.let_happen(self.now)

    # Time, and the program itself

    @rule(step=steps)
    def wait(self, step: timedelta) -> None:
        self.now += step
        self.let_happen()
        self.site.set_clock(self.now)

    @rule(step=st.sampled_from([-TICK, timedelta(0), TICK]))
    def wait_for_the_clock(self, step: timedelta) -> None:
        due = min((due for life in self.lives.values() if (due := life.next_due())), default=self.now)
        self.wait(max(due + step - self.now, timedelta(0)))

    @rule(step=steps, later=st.booleans())
    def start_anew(self, step: timedelta, later: bool) -> None:
        self.site.__exit__()
        self.now += step if later else timedelta(0)
        self.let_happen()
        self.site = Site(self._url, now=self.now).__enter__()

    @precondition(lambda self: self.last is not None and self.now - self.last[0] < timedelta(hours=24))
    @rule()
    def repeat(self) -> None:
        assert self.last is not None
        _, send, answer = self.last
        before = self.site.tick()
        repeated = send()
        assert repeated.headers["Idempotent-Replayed"] == "true"
        assert (repeated.status_code, repeated.content) == (answer.status_code, answer.content)
        assert self.site.last_position() == before

    # Signals

    @rule(name=names, key=keys, status=alerting, code=rarely, late=lateness)
    def fire(self, name: str, key: str, status: str, code: bool, late: timedelta) -> None:
        wanted = self.candidates(key)
        moment = self.now if wanted or name in self.signals else self.now - late
        signal = self.signals.get(name)
        taken = self.report(name, key, status, "firing", code=code, moment=moment)
        if signal is not None and signal.is_worsened_by(status):
            self.escalate(name, signal, status, taken, code=code)
            return
        is_new = signal is None or signal.begins(moment)
        assert (taken["outcome"] != "ignored") == is_new
        if not is_new:
            return
        id = taken["incident"]
        assert id in wanted if wanted else id not in self.lives
        life = self.lives.setdefault(id, Life(automatic=True, began=moment, public=False))
        life.fire(name, key, status, moment, code=code)
        self.signals[name] = Signal(incident=id, fires=True, component=key, status=status, code=code)
        self.let_happen()

    def escalate(self, name: str, signal: Signal, status: str, taken: Any, *, code: bool) -> None:  # noqa: ANN401 - JSON
        """Let a signal that fires say something worse: where it went, if that still listens to it."""
        worse = replace(signal, status=status, code=code or signal.code)
        life = self.lives[str(signal.incident)]
        counts = life.listens_to(name)
        assert taken["outcome"] == ("joined" if counts else "recorded")
        self.signals[name] = worse
        if counts:
            life.fire(name, worse.component, status, self.now, code=worse.code)
            self.let_happen()

    @precondition(lambda self: any(signal.fires for signal in self.signals.values()))
    @rule(number=which)
    def clear_what_fires(self, number: int) -> None:
        firing = [name for name, signal in self.signals.items() if signal.fires]
        self.clear(firing[number % len(firing)])

    @rule(name=names, key=keys, status=alerting, far=st.sampled_from([2, 3, 5, 8, 8]), pause=pauses)
    def come_and_go(self, name: str, key: str, status: str, far: int, pause: timedelta) -> None:
        def fire() -> None:
            self.fire(name, key, status, code=False, late=timedelta(0))

        def on() -> None:
            self.wait_for_the_clock(timedelta(0))

        for go_on in (fire, on, lambda: self.clear(name), on, on, lambda: self.wait(pause), fire, on)[:far]:
            go_on()
            self.everybody_sees_what_the_rules_say()

    @rule(name=names)
    def clear(self, name: str) -> None:
        signal = self.signals.get(name)
        fires = signal is not None and signal.fires
        taken = self.report(name, "labels", "major_outage", "clear")
        assert taken["outcome"] == ("recorded" if signal is None else "cleared" if fires else "ignored")
        if signal is None or fires:
            self.signals[name] = Signal(incident=signal.incident if signal else None, fires=False, cleared=self.now)
        if signal is not None and fires:
            self.lives[str(signal.incident)].clear(name, self.now)
            self.let_happen()

    def report(self, name: str, key: str, status: str, state: str, **more: Any) -> Any:  # noqa: ANN401 - JSON
        """Hand in a signal."""
        body = {"source": "tests", "fingerprint": name, "state": state, "component": key, "status": status}
        if more.get("code"):
            body["cause"] = "code_change"
        if more.get("moment", self.now) != self.now:
            body["occurred_at"] = written(more["moment"])
        return self.command("/v1/signals", body, role=Role.EMITTER)

    def candidates(self, key: str) -> set[str]:
        """Give the incidents that a firing on a component may belong to: one, or those that began or ended at once."""
        opened = {id: life.began for id, life in self.lives.items() if life.is_open and key in life.named}
        over = {id: life.ended for id, life in self.lives.items() if life.takes(key, self.now) and life.ended}
        found = opened or over
        return {id for id, moment in found.items() if moment == max(found.values())}

    # People

    @precondition(lambda self: sum(not life.automatic for life in self.lives.values()) < MOST_DECLARED)
    @rule(components=broken, publish=st.booleans())
    def declare(self, components: Shown, publish: bool) -> None:
        body = {"title": "Trouble", "message": "We look.", "components": components, "publish": publish}
        made = self.command("/v1/incidents", body)
        self.lives[made["id"]] = Life(
            automatic=False, began=self.now, public=publish, shows=components, named=set(components), touched=self.now
        )

    @precondition(lambda self: self.lives)
    @rule(number=which, state=progress, components=said)
    def update(self, number: int, state: str | None, components: Shown) -> None:
        id, life = list(self.lives.items())[number % len(self.lives)]
        body = {"message": "So it goes."} | ({"state": state} if state else {}) | {"components": components}
        path = f"/v1/incidents/{id}/updates"
        self.command_on(life, path, body, Life.may_update, lambda life: life.update(state, components, self.now))

    @precondition(lambda self: self.lives)
    @rule(number=which, anyway=st.booleans())
    def resolve(self, number: int, anyway: bool) -> None:
        id, life = list(self.lives.items())[number % len(self.lives)]
        body = {"state": "resolved", "message": "Over."} | ({"override_reason": "We saw it."} if anyway else {})

        def may(life: Life) -> bool:
            return life.is_open and (anyway or life.may_resolve(self.now))

        self.command_on(life, f"/v1/incidents/{id}/updates", body, may, lambda life: life.resolve(self.now))

    @precondition(lambda self: self.lives)
    @rule(number=which, components=st.one_of(st.just({}), broken))
    def reopen(self, number: int, components: Shown) -> None:
        id, life = list(self.lives.items())[number % len(self.lives)]
        if life.ended == life.touched:
            # What it showed for no time at all is not what it showed when it was resolved.
            components = components or {"labels": "partial_outage"}
        body = WHY | {"components": components}
        path = f"/v1/incidents/{id}/reopening"
        self.command_on(life, path, body, Life.may_reopen, lambda life: life.reopen(components, self.now))

    @rule(number=which)
    def publish(self, number: int) -> None:
        self.decide(number, "publication", Life.may_publish, lambda life: life.publish(self.now))

    @rule(number=which)
    def hold(self, number: int) -> None:
        self.decide(number, "publication-hold", Life.may_hold, lambda life: life.hold(self.now))

    @rule(number=which)
    def release(self, number: int) -> None:
        self.decide(number, "release", lambda life: life.held, lambda life: life.release(self.now))

    @rule(number=which)
    def dismiss(self, number: int) -> None:
        self.decide(number, "dismissal", Life.may_dismiss, lambda life: life.let_go(self.now))

    @rule(number=which)
    def withdraw(self, number: int) -> None:
        self.decide(number, "withdrawal", Life.may_withdraw, lambda life: life.withdraw(self.now))

    # What is seen

    @invariant()
    def everybody_sees_what_the_rules_say(self) -> None:
        self.site.tick()
        for caller, everything in ((self.a(Role.OPERATOR), True), (self.site.reader, False)):
            listed = caller.get("/v1/incidents", params={"limit": 200}).json()["data"]
            keys = [key for key, public in COMPONENTS.items() if public or everything]
            expected = {id: life.seen(keys) for id, life in self.lives.items() if life.public or everything}
            seen = {incident["id"]: shown(incident, everything=everything) for incident in listed}
            assert seen == expected
            told = caller.get("/v1/status").json()
            statuses = {component["key"]: component["status"] for component in told["components"]}
            told_now = {"indicator": told["indicator"], **statuses}
            assert told_now == board(list(self.lives.values()), COMPONENTS, everything=everything)


def shown(incident: dict[str, Any], *, everything: bool) -> Shown:
    """Give what the model knows of an incident, as it is shown."""
    visibility = incident["visibility"] if everything else "public"
    return {"state": incident["state"], "visibility": visibility, **incident["components"]}
