"""Servers that are killed while they work on the ledger of held requests leave it exactly right."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

from tests.e2e.ledger_model import Line, Model, file_of, line_of, refused_in
from tests.e2e.ledger_proof import Name, Told, assert_as_expected, assert_counted, assert_shown, assert_told
from tests.e2e.mirror import Mirror, mirrored
from tests.e2e.proof import assert_gap_free, assert_recorded_once
from tests.e2e.server import eventually
from tests.soak.fleet import Fleet, fleet_of
from tests.soak.ledger_work import COMPONENT, Answer, Caller, Round
from tests.soak.pace import Pace

T = TypeVar("T")

TIMES = {"BITACORA_RUN_LEASE": "1s"}
"""Short enough that leases run out while nobody serves."""
ROLES = {"operator": "operator", "emitter": "emitter", "reviewer": "reviewer", "second": "reviewer"}
OUTCOME = "done_now"
LATE = 3
LOOKED_AT = 3
"""At how many positions of the past the counts are looked at, in each round."""
LOOK_SECONDS = 0.002
REBUILT = 5
"""After how many rounds the views are compared with a rebuild."""


SENT_AGAIN = 4
"""After how many rounds the whole file is handed in again when all of it is settled."""


@pytest.fixture(params=["sqlite", "postgres"])
def fleet(request: pytest.FixtureRequest, tmp_path: Path, process_environment: dict[str, str]) -> Iterator[Fleet]:
    """One server on SQLite, two on one PostgreSQL database."""
    size = {"sqlite": 1, "postgres": 2}[request.param]
    database = request.getfixturevalue(f"{request.param}_url")
    with fleet_of(size, database, tmp_path, process_environment | TIMES) as fleet:
        yield fleet


@pytest.fixture
def mirror(fleet: Fleet, folder: Path) -> Iterator[Mirror]:
    """What the store of the fleet has come to hold, and what it ought to."""
    with mirrored(fleet.database, folder) as mirror:
        yield mirror


@dataclass
class Siege:
    """A fleet that is killed in the midst of whatever is done to the ledger, and what has to come of it."""

    fleet: Fleet
    mirror: Mirror
    chance: Random
    caller: Caller
    model: Model = field(default_factory=Model)
    told: Told = field(default_factory=Told)
    rounds: list[Round] = field(default_factory=list)
    hit: Counter[str] = field(default_factory=Counter)
    """In what the servers were killed before it was done."""
    _seen: int = 0

    def during(self, what: str, events: int, act: Callable[[], T]) -> T:
        """Do something that records about so many events, and kill servers somewhere in between."""
        begins, after = self.mirror.last(), self.chance.randrange(events)
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(act)
            while self.mirror.last() <= begins + after and not done.done():
                threading.Event().wait(LOOK_SECONDS)
            self.hit[what] += self.mirror.last() < begins + events
            victims = sorted(self.chance.sample(range(self.fleet.size), self.chance.randint(1, self.fleet.size)))
            self.fleet.kill(victims)
            self.look()
            self.fleet.start(victims)
            return done.result()

    def read(self) -> None:
        """Read what is new in the log."""
        events = self.mirror.look()
        self.told.take(events[self._seen :])
        self._seen = len(events)

    def look(self) -> None:
        """Read what is new in the log; everything holds that has to hold at any moment."""
        self.read()
        assert_told(self.told)

    def recorded(self, request: str) -> list[tuple[str, Name]]:
        """Give the events that one request recorded, and of which held request each is."""
        self.look()
        return [
            (event["type"].partition(".")[2], self.told.stories[event["aggregate"]["id"]].name)
            for event in self.mirror.events
            if event["request_id"] == request
        ]

    def hand_in(self, work: Round, lines: Sequence[Line], name: str, *, killed: bool) -> None:
        """Hand a file in, and once more if that was not answered; it holds exactly what the batches say that came."""
        answer: Answer | None = None
        for again in range(3):
            request = f"{name}-{work.number}-{again}"
            if killed and not again:
                answer = self.during("intake", len(lines), lambda request=request: work.send(lines, request))  # type: ignore[misc]
            else:
                answer = work.send(lines, request)
            counts = self.model.hand_in(lines, self.recorded(request))
            if answer is not None:
                assert counts.total() == len(lines)
                assert +Counter(answer.document["counts"]) == +counts
                assert [(one["line"], one["code"]) for one in answer.document["refused"]] == refused_in(lines)
                return
        raise AssertionError("nobody answered, and nobody was killed")

    def rest(self, work: Round) -> None:
        """Wait until all of it is done and shown, and hold it to the model, and what is shown of it to the log."""
        self.follow()
        self.look()
        assert_as_expected(self.told, self.model.requests)
        last = str(self.mirror.last())
        rows = work.rows(cause=work.cause, min_position=last)
        assert_shown(rows, self.told.of(work.cause))
        assert_counted(work.summary(min_position=last), rows, at_rest=True)

    def follow(self) -> None:
        """Wait until every server shows all that is recorded."""
        eventually(self.mirror.is_followed)
        self.caller.follow(self.mirror.last())

    def look_back(self, work: Round, begins: int) -> None:
        """Look at the counts of a cause at some positions since it began, in the midst of transactions as well."""
        for position in self.chance.sample(range(begins, self.mirror.last()), LOOKED_AT):
            then = str(position)
            assert_counted(work.summary(as_of=then), work.rows(as_of=then, cause=work.cause))

    def look_at_all(self) -> None:
        """Look at everything that was ever recorded and shown."""
        self.follow()
        events = self.mirror.look()
        assert_gap_free(events)
        assert_recorded_once(events, [done for each in self.rounds for done in each.acknowledged])
        assert_shown(self.rounds[-1].rows(min_position=str(len(events))), self.told.stories)
        self.mirror.assert_views_rebuilt()
        self.mirror.assert_counts_rebuilt()


@pytest.fixture
def siege(fleet: Fleet, mirror: Mirror, seed: int) -> Siege:
    """A fleet with a component and with people."""
    server = fleet.serving[0]
    component = {"key": COMPONENT, "name": COMPONENT, "group": "platform"}
    assert server.client.post("/v1/components", json=component, headers=server.admin()).status_code == 201
    tokens = {name: {"Authorization": f"Bearer {server.token(role)}"} for name, role in ROLES.items()}
    caller = Caller(fleet.addresses, tokens)
    return Siege(fleet=fleet, mirror=mirror, chance=Random(seed), caller=caller)


@pytest.mark.short_on("sqlite")
class TestKill:
    def test_in_the_midst_of_anything_leaves_the_ledger_exactly_right(self, siege: Siege, pace: Pace) -> None:
        for number in range(pace.rounds):
            live_through(siege, number)
            if number % REBUILT == 0:
                siege.look_at_all()

        siege.look_at_all()
        print(f"killed in the midst of {dict(siege.hit)}")
        assert siege.caller.unanswered
        assert all(siege.hit[what] > pace.rounds // 3 for what in ("intake", "disposition", "run", "decision"))


def live_through(siege: Siege, number: int) -> None:
    """Let a cause hold requests up, and bring each to its end, with a kill in the midst of each part."""
    model = siege.model
    work = Round(number, siege.caller, siege.fleet.addresses, siege.caller.tokens, siege.chance)
    siege.rounds.append(work)
    work.declare()
    begins = siege.mirror.last()
    lines = file_of(work.cause, work.received_at, siege.chance)
    siege.hand_in(work, lines, "file", killed=True)
    assign(siege, work)
    siege.rest(work)

    held = len(model.names(work.cause, "held"))
    siege.during("disposition", held, work.end)
    model.end(work.cause)
    eventually(lambda: not _waits(siege, work.cause))
    siege.during("run", 2 * len(model.names(work.cause, "reprocessing")), work.reprocess)
    model.reprocess(work.cause)
    work.resend()
    model.resend(work.cause)
    siege.rest(work)

    decision = work.rehearse()
    to_check = model.decide(work.cause, OUTCOME)
    assert decision["count"] == to_check
    told = siege.during("decision", to_check, lambda: work.decide(decision))
    assert (told["count"], told["done"], told["left_out"]) == (to_check, to_check, 0)
    siege.follow()
    work.sign()
    model.sign(work.cause, OUTCOME)
    siege.rest(work)
    assert siege.told.held[work.cause].turns == 2
    if number % SENT_AGAIN == 0:
        siege.hand_in(work, [line for line in lines if siege.model.knows(line)], "again", killed=False)
        siege.rest(work)
    come_late(siege, work)
    siege.look_back(work, begins)
    assert work.decide(decision)["done"] == to_check
    siege.rest(work)


def assign(siege: Siege, work: Round) -> None:
    """Let the operator assign what came without a cause; the first of it the cause has already."""
    siege.follow()
    rows = sorted(work.rows(cause="unassigned"), key=lambda row: str(row["reference"]))
    work.assign(rows)
    for row in rows:
        name = ("", str(row["source"]), str(row["kind"]), str(row["reference"]))
        siege.model.assign(name, twin=row["reference"] == "unassigned-0")


def come_late(siege: Siege, work: Round) -> None:
    """Hand in a few requests that were held up as well, and let them be checked one by one."""
    names = [(work.cause, "late", "callback", str(number)) for number in range(LATE)]
    siege.hand_in(work, [line_of(name, work.received_at) for name in names], "late", killed=False)
    siege.rest(work)
    assert siege.told.held[work.cause].turns == 3
    work.check()
    for name in names:
        siege.model.requests[name].happen("claimed")
    siege.model.decide(work.cause, OUTCOME)
    siege.rest(work)
    assert siege.told.held[work.cause].turns == 4


def _waits(siege: Siege, cause: str) -> bool:
    """Look whether something of a cause is still held, or waits for a deadline that passes by itself."""
    siege.read()
    for story in siege.told.stories.values():
        if story.cause == cause:
            is_late = story.name[2] == "sale_notification" and story.state == "awaiting_source"
            if story.state == "held" or is_late:
                return True
    return siege.told.held[cause].is_disposing
