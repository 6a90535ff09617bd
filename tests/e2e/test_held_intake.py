"""Held requests over HTTP: bodies of very many lines, and many clients that hand in the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest

from tests.e2e.client import SETTINGS, Desk, read
from tests.e2e.flood import EVERY, Flood, withstand
from tests.e2e.holding import PATH, Cause, bearer
from tests.e2e.server import DEADLINE_SECONDS, Server, serving

LINES = 2_000 * EVERY
"""A hundred thousand; a million are sent by the soak."""
MEBIBYTES = 80
"""How much caches of bounded size, and what the interpreter keeps, may take."""
CLIENTS, REQUESTS = 10, 12


@pytest.fixture
def server(sqlite_url: str, tmp_path: Path, process_environment: Mapping[str, str]) -> Iterator[Server]:
    """A served program with nothing in it."""
    with serving(sqlite_url, tmp_path, environment=process_environment) as server:
        yield server


@pytest.fixture
def addresses(desk: Desk, tmp_path: Path, process_environment: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """Where it is served: by two processes where the store lets more than one write."""
    with ExitStack() as stack:
        servers = [desk.server]
        if desk.database.startswith("postgres"):
            environment = {**process_environment, **SETTINGS}
            servers.append(stack.enter_context(serving(desk.database, tmp_path, environment=environment)))
        yield [server.address for server in servers]


class TestBody:
    def test_of_many_lines_that_are_none_leaves_the_memory_as_it_is_and_the_good_ones_in_the_ledger(
        self, server: Server
    ) -> None:
        admin = server.admin()
        cause = Cause(server, admin, "flooded")

        withstand(server, Flood(cause=cause.id, received_at=cause.received_at, lines=LINES), admin, mebibytes=MEBIBYTES)


class TestRequest:
    def test_that_ten_clients_hand_in_at_once_is_one_and_nine_repeats(
        self, desk: Desk, addresses: Sequence[str]
    ) -> None:
        cause = Cause(desk.server, desk.admin, "handed-in")

        for number in range(REQUESTS):
            body = cause.request(f"{number}")
            outcomes = all_together(addresses, bearer(desk.emitter), [(PATH, body)] * CLIENTS)

            assert Counter(outcome for _, told in outcomes for outcome, many in told["counts"].items() if many) == {
                "held": 1,
                "repeat": CLIENTS - 1,
            }
        (first, *others) = desk.listed(PATH, cause=cause.id, min_position=str(last(desk)))
        assert len(others) == REQUESTS - 1
        assert desk.history(first["id"]) == ["held_request.received"] + ["held_request.repeated"] * (CLIENTS - 1)

    def test_that_two_reviewers_claim_at_once_is_for_one_of_them(self, desk: Desk, addresses: Sequence[str]) -> None:
        cause = Cause(desk.server, desk.admin, "claimed")
        cause.hand_in([cause.request(f"{number}", "callback") for number in range(REQUESTS)])
        cause.end()
        reviewers = [bearer(desk.server.token("reviewer")) for _ in range(2)]
        found = desk.listed(PATH, cause=cause.id, state="to_check", min_position=str(last(desk)))

        for row in found:
            path = f"{PATH}/{row['id']}/claim"
            answers = all_together(addresses, reviewers, [(path, {}), (path, {})])
            ((status, won), (refused, lost)) = sorted(answers, key=lambda answer: answer[0])

            assert (status, refused, lost["code"]) == (200, 409, "claimed_by_another")
            assert (lost["claimed_by"], read(lost["claimed_until"])) == (
                won["claim"]["person"],
                read(won["claim"]["until"]),
            )
            assert desk.history(row["id"])[-1] == "held_request.claimed"


def all_together(
    addresses: Sequence[str],
    headers: Mapping[str, str] | Sequence[Mapping[str, str]],
    posts: Sequence[tuple[str, Mapping[str, object]]],
) -> list[tuple[int, dict[str, Any]]]:
    """Post at the same moment, each over a connection of its own, to one address after the other."""
    start = Barrier(len(posts))

    def post(number: int) -> tuple[int, dict[str, Any]]:
        shown = headers if isinstance(headers, Mapping) else headers[number]
        address = addresses[number % len(addresses)]
        with httpx.Client(base_url=address, headers=dict(shown), timeout=DEADLINE_SECONDS) as client:
            client.get("/livez")
            start.wait(DEADLINE_SECONDS)
            answer = client.post(posts[number][0], json=posts[number][1])
        return answer.status_code, answer.json()

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(post, range(len(posts))))


def last(desk: Desk) -> int:
    """Give the position of the last event."""
    return int(
        desk.server.client.get("/v1/events", params={"limit": 1}, headers=desk.admin).headers["Bitacora-Position"]
    )
