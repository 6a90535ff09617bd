"""The proof that is asked of a log fails on each fault that it looks for."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.e2e.clients import Acknowledged, Command
from tests.e2e.proof import assert_sound

Log = list[dict[str, Any]]

FIRED = Command(path="/v1/signals", body={}, records=("signal.fired_first", "signal.fired"))
DONE = [Acknowledged(key="one", command=FIRED, asked_at=0.0, position=2, version=None, document={})]


def event(
    position: int, kind: str, at: str, *, policy: bool = False, version: int = 1, **data: object
) -> dict[str, Any]:
    """Give an event that is recorded when it happened."""
    return {
        "position": position,
        "type": kind,
        "aggregate": {"id": kind.partition(".")[0], "version": version},
        "occurred_at": instant(at),
        "recorded_at": instant(at),
        "actor": "policy:publication" if policy else "token:tests",
        "request_id": "" if policy else "one",
        "data": data,
    }


def instant(at: str) -> str:
    """Give an instant of the day of the tests."""
    return f"2025-03-04T10:00:{at}Z"


def passed_over(log: Log) -> None:
    """Let the signal clear before the publication that was due by then."""
    log[2:4] = [log[3] | {"position": 3}, log[2] | {"position": 4, "recorded_at": instant("02")}]


@pytest.fixture
def log() -> Log:
    """A signal that fires, clears after its incident was published, and an incident that goes the whole way."""
    firing = {"signal": "f"}
    return [
        event(1, "signal.fired_first", "00"),
        event(2, "incident.detected", "00", firing=firing, persists_at=instant("01")),
        event(3, "incident.published", "01", policy=True, version=2),
        event(4, "signal.cleared", "02", version=2) | {"request_id": "two"},
        event(5, "incident.signal_cleared", "02", version=3, signal="f", clear_at=instant("03"), stable_at=None)
        | {"request_id": "two"},
        event(6, "incident.monitoring_began", "03", policy=True, version=4, stable_at=instant("04")),
        event(7, "incident.resolved", "04", policy=True, version=5),
    ]


class TestProof:
    def test_is_given_by_a_sound_log(self, log: Log) -> None:
        assert_sound(log, DONE, at_rest=True)

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(lambda log: log.pop(3), id="a gap"),
            pytest.param(lambda log: log[2].update(recorded_at=instant("05")), id="time that runs backwards"),
            pytest.param(lambda log: log[0].update(request_id="lost"), id="a command that was lost"),
            pytest.param(lambda log: log[4].update(type="signal.fired", request_id="one"), id="a command done twice"),
            pytest.param(lambda log: log[2].update(occurred_at=instant("02")), id="a due time that was missed"),
            pytest.param(lambda log: log[5].update(type="incident.published"), id="a publication done twice"),
            pytest.param(lambda log: log.pop(), id="a due time that was forgotten"),
            pytest.param(passed_over, id="a command before what was due"),
        ],
    )
    def test_fails_on(self, log: Log, spoil: Callable[[Log], object]) -> None:
        spoiled = deepcopy(log)
        spoil(spoiled)

        with pytest.raises(AssertionError):
            assert_sound(spoiled, DONE, at_rest=True)
