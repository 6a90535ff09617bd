"""What is read of held requests, at any position, is what a plain look at the log finds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import strategies as st

from application.ledger.projection import LEDGER_VIEW
from application.ledger.queries import FoundRequest, HeldRequestQueries, RequestFilter
from application.ledger.traits import Trait
from domain.ledger.held_request import Finding, Outcome, RequestState
from infrastructure.projections import projector
from infrastructure.projections.temporal_tables import reset
from infrastructure.queries import ledger as queue_reader
from tests.application.held_requests import KINDS, Desk, an_order
from tests.application.program import MINUTE, TICK, Program, at
from tests.contracts.examples import tried
from tests.contracts.faults import last
from tests.contracts.request_model import Known, KnownQueue, known
from tests.contracts.request_strategies import LABELS, PEOPLE, SOURCES, WALKS_OF_REQUESTS, WORKERS, RequestWalker
from tests.contracts.snapshots import identity, wipe
from tests.contracts.strategies import BEGIN, Step

EVERYTHING = RequestFilter()
UNSEEN = {"decided", "four_eyes", "traits", "twins"}
"""What the model knows of a request and no document says in so many words."""
moments = st.none() | st.sampled_from([BEGIN + minutes * MINUTE for minutes in (-20, -1, 0, 1, 30, 125)]).flatmap(
    lambda moment: st.sampled_from([moment, moment + TICK])
)
BATCHES = st.sampled_from([1, 3, 7, 500])


def filters(causes: Sequence[UUID]) -> st.SearchStrategy[RequestFilter]:
    """Give filters of anything that a request has."""
    return st.builds(
        RequestFilter,
        cause=st.sampled_from([None, *causes, UUID(int=1)]),
        kind=st.none() | st.sampled_from(KINDS),
        source=st.none() | st.sampled_from(SOURCES),
        states=st.just(tuple(RequestState)) | st.lists(st.sampled_from(RequestState), unique=True).map(tuple),
        holder=st.sampled_from([None, None, "", *PEOPLE, *WORKERS]),
        holders=st.sampled_from([(), (), (), PEOPLE[:1], PEOPLE]),
        received_from=moments,
        received_until=moments,
        evidence=st.sampled_from([None, None, "any", "none", *map(str, Outcome)]),
        sources=st.sampled_from([(), (), (), SOURCES[:1], SOURCES]),
        references=st.sampled_from([(), (), (), ("1",), ("0", "3", "nothing")]),
        prefix=st.sampled_from([None, None, None, "1", "\U0010ffff"]),
        label=st.sampled_from([None, None, *LABELS]),
        trait=st.sampled_from([None, None, None, *Trait]),
    ) | st.just(RequestFilter(unassigned=True))


class TestQueue:
    @tried(4, steps=WALKS_OF_REQUESTS, batch=BATCHES, data=st.data())
    def test_is_that_of_a_plain_look_at_every_position(
        self, program: Program, steps: list[Step], batch: int, data: st.DataObject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(projector, "BATCH", batch)
        monkeypatch.setattr(queue_reader, "SECTION", data.draw(st.integers(1, 4), "requests read at once"))
        monkeypatch.setattr(queue_reader, "MANY", data.draw(st.sampled_from([1, 2, 99]), "too many of a prefix"))
        walker = walk(program, steps)
        wanted = data.draw(st.lists(filters([cause.id for cause in walker.causes]), min_size=1, max_size=2), "filters")
        limit = data.draw(st.integers(1, 5), "requests on a page")
        looked = at_every_position(program)
        wanted.append(RequestFilter(ids=(UUID(int=1), *list(looked[-1][1].requests)[:3])))
        for position, found in looked:
            for each in (EVERYTHING, *wanted):
                assert_listed(program.facade.queries.held_requests, position, found, each, limit)
            assert program.facade.queries.held_requests.find(position, UUID(int=1)) is None

    @tried(4, steps=WALKS_OF_REQUESTS, batch=BATCHES, anew=BATCHES)
    def test_is_counted_as_by_a_plain_look_at_every_position_also_if_built_anew(
        self, program: Program, steps: list[Step], batch: int, anew: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(projector, "BATCH", batch)
        walker = walk(program, steps)
        causes = [None, *(cause.id for cause in walker.causes), UUID(int=1)]
        looked = at_every_position(program)
        for position, found in looked:
            assert_counted(program.facade.queries.held_requests, position, found, causes)

        monkeypatch.setattr(projector, "BATCH", anew)
        build_anew(program)

        for position, found in looked:
            assert_counted(program.facade.queries.held_requests, position, found, causes)

    @tried(4, steps=WALKS_OF_REQUESTS, limit=st.integers(1, 3))
    def test_lists_the_runs_of_a_plain_look_at_every_position(
        self, program: Program, steps: list[Step], limit: int
    ) -> None:
        walker = walk(program, steps)
        queue = program.facade.queries.held_requests
        for position, found in at_every_position(program):
            assert queue.find_run(position, UUID(int=1)) is None
            for cause in (None, UUID(int=1), *(cause.id for cause in walker.causes)):
                assert list_runs(queue, position, found, cause, limit) == found.runs_for(cause, ())
            for sources in ((SOURCES[0],), SOURCES, ("nobody",)):
                assert list_runs(queue, position, found, None, limit, sources=sources) == found.runs_for(None, sources)
                for run in found.runs:
                    assert (queue.find_run(position, run, sources) is None) == (
                        run not in found.runs_for(None, sources)
                    )


@pytest.fixture
def desk(program: Program) -> Desk:
    """A desk at which everything has been received by now."""
    program.register()
    program.clock.show(at("11:00"))
    return Desk(program)


class TestPage:
    def test_is_never_moved_by_what_happens_meanwhile(self, program: Program, desk: Desk) -> None:
        cause = desk.declare(occurred_at=at("10:00"))
        desk.hand_in(*(an_order(f"{number}", cause, received_at=at(f"10:{number:02}")) for number in range(9)))
        program.bitacora.follower.catch_up()
        position = last(program)
        queue = program.facade.queries.held_requests
        first = queue.page(position, EVERYTHING, None, 4)

        program.resolve(cause.id)
        desk.hand_in(an_order("early", cause, received_at=at("09:58")))
        program.let_time_pass(at("11:01"))
        program.bitacora.follower.catch_up()

        rest = queue.page(position, EVERYTHING, first[-1][0], 9)
        assert [json.loads(text)["reference"] for _, text in (*first, *rest)] == [f"{number}" for number in range(9)]
        assert {json.loads(text)["state"] for _, text in rest} == {"held"}
        now = queue.page(last(program), EVERYTHING, None, 99)
        assert [json.loads(text)["state"] for _, text in now] == ["reprocessing"] * 10

    def test_orders_what_was_received_at_once_by_its_id(self, program: Program, desk: Desk) -> None:
        desk.hand_in(*(an_order(f"{number}", None) for number in range(7)))
        program.bitacora.follower.catch_up()
        queue, ids = program.facade.queries.held_requests, []
        after = None
        while page := queue.page(last(program), EVERYTHING, after, 2):
            ids += [json.loads(text)["id"] for _, text in page]
            after = page[-1][0]

        assert len(ids) == 7
        assert ids == sorted(map(str, desk.requests()))

    def test_wants_no_state_and_gives_nothing(self, program: Program, desk: Desk) -> None:
        desk.hand_in(an_order("1", None))
        program.bitacora.follower.catch_up()
        queue, nothing = program.facade.queries.held_requests, RequestFilter(states=())

        assert list(queue.page(last(program), nothing, None, 9)) == []
        assert list(queue.all(last(program), nothing)) == []

    def test_wants_no_state_and_names_nothing(self, program: Program, desk: Desk) -> None:
        desk.hand_in(an_order("1", None))
        program.bitacora.follower.catch_up()

        assert list(program.facade.queries.held_requests.ids(last(program), RequestFilter(states=()), 9)) == []

    def test_tells_an_outcome_from_what_looks_like_it(self, program: Program, desk: Desk) -> None:
        desk.hand_in(an_order("1", None))
        [request] = desk.requests()
        desk.attach(request, Finding(kind="note", source="erp", value="1", suggests=Outcome.DONE_NOW))
        program.bitacora.follower.catch_up()
        [found] = program.facade.queries.held_requests.ids(last(program), RequestFilter(evidence="done_now"), 9)
        assert found.id == request

        for pattern in ("%", "_one_now", "done%now", "!", "|"):
            assert program.facade.queries.held_requests.ids(last(program), RequestFilter(evidence=pattern), 9) == []

    def test_takes_kinds_and_sources_literally(self, program: Program, desk: Desk) -> None:
        odd = ("%", "_", "order'", 'ord"er', "órdenes", "ORDER")
        desk.hand_in(*(an_order("1", None, kind=kind, source=kind) for kind in (*odd, "order")))
        program.bitacora.follower.catch_up()

        for kind in odd:
            wanted = RequestFilter(kind=kind, source=kind)
            [(_, text)] = program.facade.queries.held_requests.page(last(program), wanted, None, 9)
            assert json.loads(text)["kind"] == kind


def walk(program: Program, steps: Sequence[Step]) -> RequestWalker:
    """Begin anew, do all the steps, and let the views follow."""
    wipe(program.bitacora.store)
    walker = RequestWalker(program)
    walker.walk(steps)
    # What a cause that ended just now held up is disposed of by the clock, which otherwise works beside the reader.
    program.let_time_pass(program.clock.now())
    program.bitacora.follower.catch_up()
    assert program.bitacora.follower.failed == {}
    return walker


def at_every_position(program: Program) -> list[tuple[int, KnownQueue]]:
    """Give what is known at each position, from 0 on, every one by a look at all events from the first."""
    events = program.events()
    return [(position, known(events[:position])) for position in range(len(events) + 1)]


def assert_listed(
    queue: HeldRequestQueries, position: int, found: KnownQueue, wanted: RequestFilter, limit: int
) -> None:
    """Compare what is listed with what is known; each request is found alone as well."""
    expected = found.listed(wanted)
    texts: list[str] = []
    after = None
    while page := queue.page(position, wanted, after, limit):
        assert len(page) <= limit
        texts += [text for _, text in page]
        after = page[-1][0]
    assert [shown(text) for text in texts] == [expectation(each) for each in expected]
    for each, text in zip(expected, texts, strict=True):
        assert wanted is not EVERYTHING or queue.find(position, each.id) == text
    latest, after = list[str](), None
    while page := queue.page(position, wanted, after, limit, newest_first=True):
        latest += [text for _, text in page]
        after = page[-1][0]
    assert latest == texts[::-1]
    named = [(each.id, each.holder, each.evidence) for each in expected[:limit]]
    assert [(each.id, each.holder, evidence_in(each)) for each in queue.ids(position, wanted, limit)] == named
    assert sorted(queue.all(position, wanted)) == sorted(texts)


def assert_counted(queue: HeldRequestQueries, position: int, found: KnownQueue, causes: Sequence[UUID | None]) -> None:
    """Compare every count, and the oldest of each, with what is known."""
    assert queue.totals(position) == found.totals()
    assert queue.oldest(position) == found.oldest(EVERYTHING)
    for cause in causes:
        wanted = RequestFilter(cause=cause, unassigned=cause is None)
        assert Counter(queue.counts(position, cause)) == found.counts(cause)
        assert queue.oldest(position, cause, unassigned=cause is None) == found.oldest(wanted)
    counts = found.open_counts()
    latest = sorted(counts, reverse=True)
    for limit in (0, 1, 9):
        assert list(queue.open_counts(position, limit).items()) == [(id, counts[id]) for id in latest[:limit]]


def list_runs(
    queue: HeldRequestQueries,
    position: int,
    found: KnownQueue,
    cause: UUID | None,
    limit: int,
    *,
    sources: Sequence[str] = (),
) -> list[UUID]:
    """Read page after page to the end; each run is found alone as well, and tells its counts."""
    ids: list[UUID] = []
    while page := queue.page_of_runs(position, cause, str(ids[-1]) if ids else None, limit, sources):
        assert len(page) <= limit
        for id, text in page:
            ids.append(UUID(id))
            assert queue.find_run(position, ids[-1]) == text
            document, run = json.loads(text), found.runs[ids[-1]]
            assert document["handed_out"] == run.handed_out
            assert +Counter(document["results"]) == +run.results
    return ids


def evidence_in(found: FoundRequest) -> int:
    """Give how much evidence a decision would rest on."""
    return int(found.basis.partition("|")[2])


def shown(text: str) -> dict[str, object]:
    """Give what the model knows of a request, as it is shown."""
    document = json.loads(text)
    claim, lease, decision = document["claim"], document["lease"], document["decision"]
    holder = (claim and claim["person"]) or (lease and lease["worker"]) or (decision and decision["person"]) or ""
    return {
        **{name: document[name] for name in ("id", "kind", "source", "state", "repeats", "changes")},
        "cause": document["cause"] and document["cause"]["id"],
        "received_at": datetime.fromisoformat(document["received_at"]),
        "outcome": document["settlement"]["outcome"] if document["settlement"] else "",
        "holder": holder,
        "evidence": len(document["evidence"]),
        "suggested": set(document["suggested"]),
        "reference": document["reference"],
        "labels": set(document["labels"]),
        "notes": [each["note"] for each in document["notes"]],
    }


def expectation(each: Known) -> dict[str, object]:
    """Give the same of what is known."""
    cause = None if each.cause is None else str(each.cause)
    known_by_name = {name: value for name, value in vars(each).items() if name not in UNSEEN}
    return known_by_name | {"id": str(each.id), "cause": cause}


def build_anew(program: Program) -> None:
    """Empty the view of the ledger, and let it follow the log again."""
    store = program.bitacora.store
    connection = store.connect_views()
    reset(store, connection, LEDGER_VIEW, identity(store))
    connection.close()
    program.bitacora.follower.catch_up()
