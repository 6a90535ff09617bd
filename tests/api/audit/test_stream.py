"""The stream of events: what comes, from where on, to whom, and how it ends."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid5

import pytest

from api.audit import event_streams
from api.audit.event_streams import EventStreams
from api.http.streams import OpenStreams, message
from application.errors import StoreUnavailable
from domain.access.keyring import Role
from tests.api.client import Caller, Site, at, made, problem
from tests.api.listening import Client, following, leave

if TYPE_CHECKING:
    from collections.abc import Callable

STREAM = "/v1/events/stream"


class Listener:
    """An auditor's tool that follows the log."""

    def __init__(self, site: Site, caller: Caller | None = None, last: str | None = None, **asked: object) -> None:
        """Open a stream."""
        self._site = site
        self.client: Client = self._run(self._made())
        self.served = self._run(following(site, caller or site.auditor, self.client, last, **asked))

    def _run(self, work: Any) -> Any:  # noqa: ANN401 - what any work gives
        return self._site.run(work)

    async def _made(self) -> Client:
        return Client()

    def hears_of(self, position: int) -> None:
        """Wait for the event at a position."""
        self._run(self.client.hears(b'"position":%d,' % position))

    def ends(self) -> bool:
        """Wait for the end."""

        async def over() -> bool:
            async with asyncio.timeout(30):
                await self.served
            return self.client.is_over

        is_over: bool = self._run(over())
        return is_over

    def leaves(self) -> None:
        """Leave."""
        self._run(leave(self.client, self.served))

    @property
    def positions(self) -> list[int]:
        """The positions of what came."""
        return [event["position"] for event in self.client.events]


@pytest.fixture(name="busy")
def _busy(site: Site) -> Site:
    """A site with some events, where something is said at once when there is nothing to say."""
    site.component("labels")
    site.incident({"labels": "major_outage"})
    site.auditor  # noqa: B018 - whose token is an event, too
    site.app.state.event_streams = EventStreams(site.bitacora.facade, site.app.state.streams, beat=0.01)
    return site


def update(site: Site, incident: str, text: str = "Still looking.") -> int:
    """Record one event more, and give its position."""
    made(site.operator.post(f"/v1/incidents/{incident}/updates", {"state": "investigating", "message": text}))
    return site.tick()


def listed(site: Site, **asked: object) -> list[Any]:
    """Give the events as the list has them."""
    data: list[Any] = site.auditor.get("/v1/events", params={"limit": 200, **asked}).json()["data"]
    return data


class TestStream:
    @pytest.mark.both_stores
    def test_sends_each_event_in_the_form_of_the_list_first_the_old_ones_and_then_the_new(self, busy: Site) -> None:
        listener = Listener(busy)
        listener.hears_of(busy.tick())
        last = update(busy, busy.incident({"labels": "partial_outage"})["id"], "«Zażółć» \u2028 \x85 next")
        listener.hears_of(last)

        assert listener.client.events == listed(busy)
        assert [int(id.partition("-")[0]) for id in listener.client.ids] == list(range(1, last + 1))
        assert not listener.client.heard("\u2028".encode())
        assert not listener.client.heard(b"event:")
        listener.leaves()

    def test_goes_on_behind_the_last_event_that_the_client_has_whatever_after_says(self, busy: Site) -> None:
        first = Listener(busy)
        first.hears_of(last := busy.tick())
        id = first.client.ids[2]
        first.leaves()

        for asked in ({"last": id, "after": 5}, {"last": "3"}, {"after": 3}, {"after": id}, {"last": "", "after": 3}):
            listener = Listener(busy, **cast("Any", asked))
            listener.hears_of(last)
            assert listener.positions == list(range(4, last + 1)), asked
            listener.leaves()

    @pytest.mark.both_stores
    @pytest.mark.parametrize("is_behind", [True, False])
    def test_sends_what_it_is_asked_for_alone(self, busy: Site, is_behind: bool) -> None:
        incident = busy.incident({"labels": "partial_outage"})["id"]
        last = busy.tick()
        wanted: list[dict[str, Any]] = [
            {"aggregate": incident},
            {"type": "incident.updated"},
            {"actor": "token:the-operator", "type": "incident.updated"},
            {"actor": "nobody"},
        ]
        listeners = [Listener(busy, after=0 if is_behind else last, **asked) for asked in wanted]
        if not is_behind:
            busy.run(listeners[-1].client.hears(b":\n:\n"))
        other = busy.incident({"labels": "degraded_performance"})["id"]
        update(busy, other)
        end = update(busy, incident)

        for listener, asked in zip(listeners[:3], wanted, strict=False):
            listener.hears_of(end)
            assert listener.client.events == listed(busy, after=0 if is_behind else last, **asked)
        assert listeners[3].client.events == []
        for listener in listeners:
            listener.leaves()

    def test_says_something_when_there_is_nothing_to_say(self, busy: Site) -> None:
        listener = Listener(busy, after=busy.tick())

        busy.run(listener.client.hears(b"retry: 1000\n:\n:\n"))

        # An empty line would be an event without data for some clients.
        assert not listener.client.heard(b"\n\n")
        listener.leaves()

    def test_leaves_nothing_out_for_who_reads_slowly(self, busy: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("api.audit.log_tail.KEPT_BYTES", 2_000)
        monkeypatch.setattr(event_streams, "PIECE_BYTES", 1_000)
        monkeypatch.setattr(event_streams, "AT_ONCE", 3)
        incident = busy.incident({"labels": "partial_outage"})["id"]
        slow, quick = Listener(busy), Listener(busy)
        slow.hears_of(busy.tick())
        slow.client.reads.clear()
        last = 0
        for _ in range(20):
            quick.hears_of(last := update(busy, incident))

        async def read_again() -> None:
            slow.client.reads.set()

        busy.run(read_again())
        slow.hears_of(last)
        assert slow.positions == quick.positions == list(range(1, last + 1))
        slow.leaves()
        quick.leaves()

    def test_reads_the_log_only_while_somebody_listens(self, busy: Site) -> None:
        streams = busy.app.state.event_streams
        Listener(busy).leaves()
        update(busy, busy.incident({"labels": "partial_outage"})["id"])

        async def end() -> None:
            await streams._following  # noqa: SLF001 - nothing else says whether it reads

        busy.run(end())
        assert len(streams) == 0
        listener = Listener(busy)
        listener.hears_of(update(busy, busy.incident({"labels": "partial_outage"})["id"]))
        listener.leaves()


class TestPlace:
    @pytest.mark.parametrize("place", ["x", "-1", "1-", "1-xyz", "1e3", "9" * 30, "1 2", "\u0661"])
    def test_that_is_none_is_refused(self, shared_site: Site, place: str) -> None:
        by_header = problem(shared_site.auditor.get(STREAM, headers={"Last-Event-ID": place.encode()}), 422, "invalid")
        assert by_header["errors"][0]["pointer"] == "/Last-Event-ID"
        by_query = problem(shared_site.auditor.get(STREAM, params={"after": place}), 422, "invalid")
        assert by_query["errors"][0]["pointer"] == "/after"

    def test_behind_the_end_is_refused_with_where_the_log_ends(self, shared_site: Site) -> None:
        end = shared_site.tick()

        refused = problem(shared_site.auditor.get(STREAM, params={"after": end + 1}), 422, "invalid")

        assert refused["position"] == end

    @pytest.mark.parametrize("place", ["2-01234567", "0-01234567", "900000-01234567"])
    def test_of_another_log_is_refused(self, shared_site: Site, place: str) -> None:
        problem(shared_site.auditor.get(STREAM, headers={"Last-Event-ID": place}), 422, "other_log")
        problem(shared_site.auditor.get(STREAM, params={"after": place}), 422, "other_log")


class TestToken:
    def test_that_is_revoked_ends_the_stream_before_anything_else_is_sent(self, busy: Site) -> None:
        tool = busy.issue(Role.AUDITOR, "tool")
        incident = busy.incident({"labels": "partial_outage"})["id"]
        listener = Listener(busy, tool)
        listener.hears_of(busy.tick())

        busy.revoke("tool")
        revoked = busy.tick()
        update(busy, incident)

        assert listener.ends()
        assert max(listener.positions) < revoked
        problem(tool.get(STREAM, headers={"Last-Event-ID": listener.client.ids[-1]}), 401, "not_authenticated")

    def test_of_somebody_else_ends_nothing(self, busy: Site) -> None:
        busy.issue(Role.AUDITOR, "tool")
        listener = Listener(busy)
        busy.revoke("tool")

        listener.hears_of(busy.tick())

        assert not listener.client.is_over
        listener.leaves()

    def test_that_expires_ends_the_stream(self, busy: Site) -> None:
        listener = Listener(busy, busy.issue(Role.ADMIN, "tool", expires_at=at("09:00")))
        listener.hears_of(busy.tick())

        busy.clock.moment = at("09:00") + timedelta(seconds=1)

        assert listener.ends()


class TestEnd:
    def test_of_the_server_is_that_of_every_stream(self, busy: Site) -> None:
        listeners = [Listener(busy), Listener(busy, type="incident.updated")]
        for listener in listeners:
            busy.run(listener.client.hears(b":\n"))

        async def end() -> None:
            busy.app.state.streams.end_all()

        busy.run(end())

        assert all(listener.ends() for listener in listeners)
        problem(busy.auditor.get(STREAM), 503, "busy")

    def test_comes_before_the_beginning_if_there_are_as_many_streams_as_can_be(self, busy: Site) -> None:
        busy.app.state.streams.limit = 1
        listener = Listener(busy)
        busy.run(listener.client.hears(b": open"))

        problem(busy.auditor.get(STREAM), 503, "busy")
        problem(busy.reader.get("/live"), 503, "busy")

        listener.leaves()
        assert len(busy.app.state.streams) == 0

    def test_comes_when_the_log_is_another_one(self, busy: Site) -> None:
        faulty = Faulty(busy)
        listener = Listener(busy, after=busy.tick())
        busy.run(listener.client.hears(b":\n"))

        faulty.changes = lambda events: [{**event, "id": "of-another-log"} for event in events]

        assert listener.ends()
        faulty.leaves()

    def test_comes_when_an_event_cannot_be_read(self, busy: Site) -> None:
        faulty = Faulty(busy)
        listener = Listener(busy, after=busy.tick())
        busy.run(listener.client.hears(b":\n"))

        faulty.fault = KeyError("what nobody thought of")

        assert listener.ends()
        assert busy.auditor.get(STREAM).status_code == 500
        faulty.leaves()


class Faulty:
    """The queries of a site, of which a test says what is wrong with them."""

    def __init__(self, site: Site) -> None:
        """Say nothing yet."""
        facade = site.bitacora.facade
        self._facade, self._site = facade, site
        self._events = facade.queries.events
        self.fault: Exception | None = None
        self.changes: Callable[[Any], Any] = list
        self.facade = replace(facade, queries=replace(facade.queries, events=cast("Any", self)))
        site.app.state.facade = self.facade
        site.app.state.event_streams = EventStreams(self.facade, site.app.state.streams, beat=0.01)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else can be asked
        """Give what is as it is."""
        return getattr(self._events, name)

    def page(self, *asked: Any) -> Any:  # noqa: ANN401 - as of the queries
        """Give what a test makes of it."""
        if self.fault is not None:
            raise self.fault
        return self.changes(self._events.page(*asked))

    def leaves(self) -> None:
        """Let all be well again."""
        self._site.app.state.facade = self._facade


class TestStoreThatIsAway:
    def test_is_waited_for_and_nothing_is_left_out(self, busy: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(event_streams, "STORE_SECONDS", 0.01)
        monkeypatch.setattr("api.audit.log_tail.PATIENCE_SECONDS", 0.01)
        faulty = Faulty(busy)
        incident = busy.incident({"labels": "partial_outage"})["id"]
        listener = Listener(busy)
        listener.hears_of(before := busy.tick())

        faulty.fault = StoreUnavailable("it is away")
        problem(busy.auditor.get(STREAM), 503, "store_unavailable")
        last = update(busy, incident)
        spoken = len(listener.client.got)
        busy.run(_says_more(listener.client, spoken + 3))
        assert max(listener.positions) == before
        faulty.fault = None

        listener.hears_of(last)
        assert listener.positions == list(range(1, last + 1))
        listener.leaves()
        faulty.leaves()


async def _says_more(client: Client, count: int) -> None:
    async with asyncio.timeout(30):
        while len(client.got) < count:
            await client.changed.wait()
            client.changed.clear()


def test_an_event_has_the_id_that_follows_from_its_aggregate_and_version(shared_site: Site) -> None:
    shared_site.auditor  # noqa: B018 - whose token is an event
    shared_site.tick()

    for event in listed(shared_site):
        aggregate = event["aggregate"]
        assert event["id"] == str(uuid5(UUID(aggregate["id"]), str(aggregate["version"])))


def test_a_message_keeps_to_its_line() -> None:
    text = "one \u2028 two \u2029 three \u0085 four"
    data = json.dumps({"text": text}, ensure_ascii=False).encode()

    written = message("1", data)

    assert len(written.decode().splitlines()) == 3
    assert json.loads(written.split(b"data: ")[1]) == {"text": text}


def test_streams_have_their_share_of_the_connections() -> None:
    opened = OpenStreams(10)

    assert opened.limit == 7
