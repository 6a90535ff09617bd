"""The proof that is asked of the ledger of held requests fails on each fault that it looks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import pytest

from tests.e2e.ledger_model import Line, Model, line_of
from tests.e2e.ledger_proof import Expected, Name, Told, assert_as_expected, assert_counted, assert_shown, assert_told

Log = list[dict[str, Any]]

CAUSE, RUN, LEDGER = "cause", "run", "ledger-of-cause"
ORDER: Name = (CAUSE, "shop", "order", "order")
STOCK: Name = (CAUSE, "shop", "stock_change", "stock")
CHECK: Name = (CAUSE, "shop", "callback", "check")
RECEIVED = "2025-03-04T09:00:00Z"


def instant(second: int) -> str:
    """Give an instant of the day of the tests."""
    return f"2025-03-04T10:00:{second:02}Z"


def event(kind: str, of: str, at: int = 0, **data: object) -> dict[str, Any]:
    """Give an event of an aggregate."""
    return {"type": kind, "aggregate": {"id": of}, "occurred_at": instant(at), "data": data}


def request(fact: str, name: Name, at: int = 0, **data: object) -> dict[str, Any]:
    """Give an event of a held request, which is called as its reference."""
    return event(f"held_request.{fact}", name[3], at, **data)


def received(name: Name) -> dict[str, Any]:
    """Give the first event of a held request."""
    reference = dict(zip(("source", "kind", "reference"), name[1:], strict=True))
    return request("received", name, cause={"id": name[0]}, reference=reference)


def disposed(name: Name, policy: str, due: str | None = None) -> dict[str, Any]:
    """Let a held request go on."""
    return request("disposed", name, 1, policy={"policy": policy}, due=due)


@pytest.fixture
def log() -> Log:
    """Three requests on the three ways, from their cause to the end of the last of them."""
    return [
        event("ledger.opened", LEDGER, cause={"id": CAUSE}, ended_at=None),
        received(ORDER),
        event("incident.requests_came", CAUSE),
        received(STOCK),
        received(CHECK),
        request("repeated", CHECK),
        event("incident.resolved", CAUSE, 1),
        event("ledger.cause_ended", LEDGER, 1, ended_at=instant(1)),
        disposed(ORDER, "reprocess"),
        disposed(STOCK, "source_resends", instant(5)),
        disposed(CHECK, "check_by_hand"),
        event("ledger.disposed", LEDGER, 1),
        request("leased", ORDER, 2, run=RUN, until=instant(3)),
        request("lease_lapsed", ORDER, 3, run=RUN),
        request("leased", ORDER, 3, run=RUN, until=instant(6)),
        request("reprocessed", ORDER, 4, run=RUN, result="done"),
        event("reprocessing_run.reported", RUN, 4, results={"done": 1}),
        request("deadline_passed", STOCK, 5),
        request("decided", STOCK, 6, person="ana", outcome="resent", needs_signature=False, bulk="b"),
        request("claimed", CHECK, 6, person="ana"),
        request("decided", CHECK, 7, person="ana", outcome="cannot_tell", needs_signature=True, bulk=None),
        request("signed", CHECK, 8, person="eva"),
        event("incident.reconciled", CAUSE, 8),
    ]


@pytest.fixture
def expected() -> dict[Name, Expected]:
    """What they must have come to."""
    first = ("received", "disposed")
    return {
        ORDER: Expected("settled", "done_now", Counter((*first, "reprocessed"))),
        STOCK: Expected("settled", "resent", Counter((*first, "deadline_passed", "decided"))),
        CHECK: Expected("settled", "cannot_tell", Counter((*first, "repeated", "claimed", "decided", "signed"))),
    }


def told(log: Log) -> Told:
    """Read a log."""
    read = Told()
    read.take(log)
    return read


def rows_of(read: Told) -> Log:
    """Give the rows that show what a log tells."""
    return [
        {
            "id": id,
            "kind": story.name[2],
            "source": story.name[1],
            "state": story.state,
            "settlement": {"outcome": story.outcome} if story.outcome else None,
            "version": story.events.total(),
            "repeats": story.events["repeated"],
            "changes": story.events["changed"],
            "attempts": story.events["leased"],
            "cause": {"id": story.cause},
            "received_at": RECEIVED,
        }
        for id, story in read.stories.items()
    ]


def summary_of(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Give the summary that counts rows, all of which are settled."""
    return {
        "total": len(rows),
        "open": 0,
        "settled": len(rows),
        "states": {"settled": len(rows), "held": 0},
        "outcomes": dict(Counter(row["settlement"]["outcome"] for row in rows)),
        "groups": [{"kind": row["kind"], "source": row["source"], "open": 0, "settled": 1} for row in rows],
        "oldest": None,
        "ended_at": instant(1),
        "reconciled": True,
    }


def place(log: Log, kind: str, of: str) -> int:
    """Find the first event of a type and an aggregate."""
    return next(at for at, each in enumerate(log) if (each["type"], each["aggregate"]["id"]) == (kind, of))


def without(kind: str, of: str) -> Callable[[Log], object]:
    """Leave an event out."""
    return lambda log: log.pop(place(log, kind, of))


def twice(kind: str, of: str) -> Callable[[Log], object]:
    """Let an event happen twice."""
    return lambda log: log.insert(place(log, kind, of), log[place(log, kind, of)])


def moved(kind: str, of: str, to: int) -> Callable[[Log], object]:
    """Let an event happen at another place."""
    return lambda log: log.insert(to, log.pop(place(log, kind, of)))


class TestProof:
    def test_is_given_by_a_sound_ledger(self, log: Log, expected: dict[Name, Expected]) -> None:
        read = told(log)

        assert_told(read)
        assert_as_expected(read, expected)
        assert_shown(rows_of(read), read.stories)
        assert_counted(summary_of(rows_of(read)), rows_of(read), at_rest=True)

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(without("held_request.repeated", "check"), id="a line that was acknowledged and lost"),
            pytest.param(without("held_request.disposed", "check"), id="a request that its cause has left behind"),
            pytest.param(twice("held_request.received", "check"), id="a request handed in twice"),
            pytest.param(
                lambda log: log.insert(5, received(CHECK) | {"aggregate": {"id": "x"}}), id="one under two ids"
            ),
            pytest.param(twice("held_request.disposed", "check"), id="a disposition done twice"),
            pytest.param(moved("held_request.disposed", "stock", 6), id="a disposition before the end"),
            pytest.param(twice("held_request.leased", "order"), id="a lease given twice"),
            pytest.param(without("held_request.lease_lapsed", "order"), id="a lease that never ran out"),
            pytest.param(lambda log: log[13].update(occurred_at=instant(4)), id="a lease that ran out too late"),
            pytest.param(twice("held_request.reprocessed", "order"), id="a result that counted twice"),
            pytest.param(without("reprocessing_run.reported", RUN), id="a result that its run does not know"),
            pytest.param(lambda log: log[15]["data"].update(result="failed"), id="a result that was another"),
            pytest.param(lambda log: log[17].update(occurred_at=instant(4)), id="a deadline that passed too early"),
            pytest.param(twice("held_request.decided", "stock"), id="a decision done twice"),
            pytest.param(lambda log: log[18]["data"].update(outcome="rejected"), id="a decision that was another"),
            pytest.param(lambda log: log[20]["data"].update(person="eva"), id="a decision of somebody else"),
            pytest.param(lambda log: log[21]["data"].update(person="ana"), id="a signature of the decider"),
            pytest.param(without("held_request.signed", "check"), id="a request that is still open"),
            pytest.param(without("incident.requests_came", CAUSE), id="a cause that does not know of its requests"),
            pytest.param(without("incident.reconciled", CAUSE), id="a cause that is not reconciled when it should be"),
            pytest.param(moved("incident.reconciled", CAUSE, 19), id="a cause that is reconciled too early"),
            pytest.param(twice("incident.reconciled", CAUSE), id="a cause that is reconciled twice"),
            pytest.param(twice("ledger.cause_ended", LEDGER), id="an end that is noticed twice"),
            pytest.param(
                lambda log: log.append(request("reopened", CHECK, 9, person="ana")), id="what nobody asked for"
            ),
        ],
    )
    def test_fails_on(self, log: Log, expected: dict[Name, Expected], spoil: Callable[[Log], object]) -> None:
        spoiled = deepcopy(log)
        spoil(spoiled)

        with pytest.raises(AssertionError):
            judge(spoiled, expected)

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(lambda rows: rows.pop(), id="one missing"),
            pytest.param(lambda rows: rows.append(rows[0]), id="one too many"),
            pytest.param(lambda rows: rows[0].update(state="to_check"), id="another state"),
            pytest.param(lambda rows: rows[0].update(settlement={"outcome": "rejected"}), id="another outcome"),
            pytest.param(lambda rows: rows[0].update(version=3), id="a row that is behind"),
            pytest.param(lambda rows: rows[2].update(repeats=0), id="a repeat that is not counted"),
            pytest.param(lambda rows: rows[0].update(cause=None), id="another cause"),
        ],
    )
    def test_fails_on_rows_with(self, log: Log, spoil: Callable[[Log], object]) -> None:
        read = told(log)
        rows = deepcopy(rows_of(read))
        spoil(rows)

        with pytest.raises(AssertionError):
            assert_shown(rows, read.stories)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"total": 4},
            {"open": 1},
            {"settled": 2},
            {"states": {"settled": 2, "held": 1}},
            {"outcomes": {"done_now": 3}},
            {"groups": []},
            {"oldest": RECEIVED},
            {"reconciled": False},
        ],
        ids=lambda wrong: next(iter(wrong)),
    )
    def test_fails_on_a_summary_with_another(self, log: Log, wrong: dict[str, Any]) -> None:
        rows = rows_of(told(log))

        with pytest.raises(AssertionError):
            assert_counted(summary_of(rows) | wrong, rows, at_rest=True)


class TestModel:
    @pytest.mark.parametrize("recorded", [1, 3, 4], ids=["part of a batch", "one too many", "two too many"])
    def test_takes_no_batch_in_part(self, recorded: int) -> None:
        happened = [("received", CHECK), ("repeated", CHECK), *[("repeated", CHECK)] * 2]

        with pytest.raises(AssertionError):
            Model(together=2).hand_in([line_of(CHECK, RECEIVED)] * 2, happened[:recorded])

    def test_takes_whole_batches_as_far_as_they_were_recorded(self) -> None:
        model, bad = Model(together=2), Line(text=b"{", refused="malformed")

        counts = model.hand_in([line_of(CHECK, RECEIVED), bad, line_of(STOCK, RECEIVED)], [("received", CHECK)])

        assert counts == {"held": 1, "refused": 1}
        assert model.requests.keys() == {CHECK}


def judge(log: Log, expected: dict[Name, Expected]) -> None:
    """Ask for the proof."""
    read = told(log)
    assert_told(read)
    assert_as_expected(read, expected)
