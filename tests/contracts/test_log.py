"""The log keeps its order, its time and its silence about what was refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.errors import AlreadyExists, TooLarge
from application.ports import Transaction
from domain.components import Component
from domain.errors import Invalid, NotFound
from domain.impact import Status
from domain.incidents import Incident
from domain.incidents.errors import AlreadyResolved
from infrastructure.event_log import recorder
from infrastructure.event_log.schema import migrate
from infrastructure.store.factory import open_store
from tests.application.program import ANA, IMPORTS, LABELS, TICK, FrozenClock, at, in_english, running
from tests.contracts.faults import at_once, names, rename
from tests.contracts.tampering import drop_walls

GAPS = st.lists(st.sampled_from([0, 0, 1, 2, 1_000_000]), max_size=12)


class TestPositions:
    def test_are_known_before_the_commit_and_have_no_gaps(self, database: str) -> None:
        with running(database) as program:
            program.register()

            outcomes = at_once(program, *[rename(f"Labels {number}") for number in range(50)])

            assert outcomes == list(range(2, 52))
            assert names(program) == [in_english(f"Labels {number}") for number in range(50)]

    def test_are_not_used_up_by_what_is_refused(self, database: str) -> None:
        with running(database) as program:
            program.register()
            for _ in range(3):
                with pytest.raises(AlreadyExists):
                    program.register()

            assert program.do(rename("Printing")) == 2

    def test_go_on_where_another_program_stopped(self, database: str) -> None:
        with running(database) as program:
            program.register()
        with running(database) as program:
            assert program.do(rename("Printing")) == 2

    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(gaps=GAPS)
    def test_of_a_moment_are_those_of_a_plain_search(self, gaps: list[int], migrated: str) -> None:
        moments = [at("10:00") + timedelta(microseconds=sum(gaps[: number + 1])) for number in range(len(gaps))]
        store = open_store(migrated)
        connection = store.connect_log()
        try:
            drop_walls(connection)
            connection.execute("DELETE FROM stored_events")
            rows = [(a_row(number), moment) for number, moment in enumerate(moments)]
            if rows:
                recorder.append(connection, 1, rows)
            asked = {at("09:00"), at("10:00"), *(moment + TICK * step for moment in moments for step in (-1, 0, 1))}
            for moment in asked:
                assert recorder.position_at(connection, moment) == sum(recorded <= moment for recorded in moments)
        finally:
            connection.close()
            store.close()


@pytest.fixture
def migrated(database: str) -> str:
    """The URL of a database that has the tables of the log, and nothing in them."""
    store = open_store(database)
    migrate(store)
    store.close()
    return database


class TestRecordedAt:
    def test_never_falls_when_the_clock_does(self, database: str) -> None:
        clock = FrozenClock(at("10:00"))
        with running(database, clock) as program:
            program.register()
            clock.show(at("09:00"))
            program.do(rename("Printing"))
            clock.show(at("10:00") + TICK)
            program.do(rename("Labels"))
        clock.show(at("08:00"))
        with running(database, clock) as program:
            program.do(rename("Print"))

            recorded = [event.provenance.recorded_at for event in program.events()]

        assert recorded == [at("10:00"), at("10:00"), at("10:00") + TICK, at("10:00") + TICK]

    def test_is_what_the_search_by_time_goes_by(self, database: str) -> None:
        with running(database) as program:
            program.register()
            program.clock.show(at("11:00"))
            program.do(rename("Printing"))
            log = program.facade.queries.events

            assert [log.position_at(moment) for moment in (at("10:00") - TICK, at("10:00"), at("11:00"))] == [0, 1, 2]
            assert log.position_at(datetime(1, 1, 1, tzinfo=UTC)) == 0
            assert log.position_at(datetime(9999, 1, 1, tzinfo=UTC)) == 2


class TestRefusal:
    def test_in_the_middle_of_a_group_leaves_no_trace(self, database: str) -> None:
        with running(database) as program:
            program.register(heartbeat=timedelta(minutes=5))
            before = {table: program.count(table) for table in ("handle_entries", "timers", "receipts")}

            def refused(log: Transaction) -> None:
                incident = detect(log, number=7)
                assert log.find_ids(f"open:{LABELS}") == [incident.id]
                log.remind(incident, at("10:05"))
                log.keep_receipt("ana", "key-2", "request", "answer")
                raise Invalid("no", pointer="/title")

            def looks(log: Transaction) -> tuple[object, ...]:
                found = log.find(Incident, UUID(int=7))
                return found, list(log.find_ids(f"open:{LABELS}")), log.receipt("ana", "key-2"), log.position

            outcomes = at_once(program, rename("Printing"), refused, looks, rename("Print"))

            assert outcomes[0] == 2
            assert isinstance(outcomes[1], Invalid)
            assert outcomes[2] == (None, [], None, 2)
            assert outcomes[3] == 3
            assert program.recorded() == ["component.registered", "component.renamed", "component.renamed"]
            assert {table: program.count(table) for table in before} == before

    def test_after_a_change_forgets_the_change(self, database: str) -> None:
        with running(database) as program:
            program.register()
            incident = program.declare()

            def resolves_twice(log: Transaction) -> None:
                loaded = log.load(Incident, incident)
                for _ in range(2):
                    loaded.resolve(
                        message=in_english("Over."),
                        override_reason="seen",
                        policy=program.facade.commands.incidents.policy,
                        provenance=ANA.says(log),
                    )
                    log.save(loaded)

            outcomes = at_once(program, resolves_twice, lambda log: log.load(Incident, incident).is_open)

            assert isinstance(outcomes[0], AlreadyResolved)
            assert outcomes[1] is True
            assert program.recorded()[-1] == "incident.declared"

    def test_of_a_command_that_changes_and_does_not_save_is_a_defect(self, database: str) -> None:
        with running(database) as program:
            program.register()

            def forgets(log: Transaction) -> None:
                component = log.load(Component, Component.id_of(LABELS))
                component.record(Component.Hidden, provenance=ANA.says(log))

            outcomes = at_once(program, forgets, rename("Printing"))

            assert isinstance(outcomes[0], RuntimeError)
            assert outcomes[1] == 2
            assert program.component().is_public


class TestEvents:
    def test_of_sixty_thousand_bytes_are_refused(self, database: str) -> None:
        with running(database) as program:
            program.register()
            program.do(rename(""))
            with program.bitacora.store.reading_log() as connection:
                empty = len(recorder.section(connection, after=1, limit=1)[0].state)

            with pytest.raises(TooLarge, match="60000 bytes"):
                program.do(rename("x" * (60_000 - empty)))
            program.do(rename("x" * (59_999 - empty)))

            assert [len(name["en"]) for name in names(program)] == [0, 59_999 - empty]

    def test_are_missed_by_whoever_knows_an_older_version(self, database: str) -> None:
        with running(database) as program:
            program.register()
            incident = program.declare()
            program.update(incident)

            missed = program.do(lambda log: log.events_after(incident, 1))

            assert missed == [{"type": "incident.updated", "version": 2, "actor": "token:ana"}]

    def test_of_one_command_are_seen_by_the_next_of_its_group(self, database: str) -> None:
        with running(database) as program:
            program.register()

            def missed(log: Transaction) -> object:
                return [event["version"] for event in log.events_after(Component.id_of(LABELS), 1)]

            assert at_once(program, rename("A"), rename("B"), missed) == [2, 3, [2, 3]]


class TestDirectory:
    def test_gives_the_highest_ranked_first_and_twenty_at_most(self, database: str) -> None:
        with running(database) as program:
            program.register()
            begun = [program.declare(occurred_at=at("09:00") + timedelta(minutes=number)) for number in range(25)]

            assert program.do(lambda log: list(log.find_ids(f"open:{LABELS}"))) == begun[:4:-1]

            for incident in begun[5:]:
                program.resolve(incident)

            assert program.do(lambda log: list(log.find_ids(f"open:{LABELS}"))) == begun[4::-1]

    def test_is_the_same_for_a_program_that_starts_anew(self, database: str) -> None:
        with running(database) as program:
            program.register()
            program.register(IMPORTS)
            open_still = program.declare({LABELS: Status.MAJOR_OUTAGE, IMPORTS: Status.PARTIAL_OUTAGE})
            over = program.declare()
            program.resolve(over)
        with running(database) as program:
            handles = ("open:labels", "open:imports", "resolved:labels", "resolved:imports", "open:unheard-of")

            found = [program.do(lambda log, handle=handle: list(log.find_ids(handle))) for handle in handles]  # type: ignore[misc]

        assert found == [[open_still], [open_still], [over], [], []]


class TestReceipts:
    def test_are_good_for_twenty_four_hours(self, database: str) -> None:
        with running(database) as program:
            program.do(lambda log: log.keep_receipt("ana", "key", "request", "answer"))

            program.clock.show(at("10:00") + timedelta(hours=24) - TICK)
            assert program.do(lambda log: log.receipt("ana", "key")) == ("request", "answer")
            program.clock.show(at("10:00") + timedelta(hours=24))
            assert program.do(lambda log: log.receipt("ana", "key")) is None

    def test_are_known_by_token_and_key(self, database: str) -> None:
        with running(database) as program:
            program.do(lambda log: log.keep_receipt("ana", "key", "request", "answer"))

            assert program.do(lambda log: (log.receipt("bo", "key"), log.receipt("ana", "other"))) == (None, None)

    def test_are_seen_by_the_next_command_of_the_group(self, database: str) -> None:
        with running(database) as program:
            outcomes = at_once(
                program,
                lambda log: log.keep_receipt("ana", "key", "request", "answer"),
                lambda log: log.receipt("ana", "key"),
            )

        assert outcomes == [None, ("request", "answer")]

    def test_are_replaced_once_they_are_too_old_and_deleted_by_the_next(self, database: str) -> None:
        with running(database) as program:
            program.do(lambda log: log.keep_receipt("ana", "key", "old", "old"))
            program.do(lambda log: log.keep_receipt("ana", "other", "old", "old"))
            program.clock.show(at("10:00") + timedelta(hours=24))

            program.do(lambda log: log.keep_receipt("ana", "key", "new", "new"))

            assert program.do(lambda log: log.receipt("ana", "key")) == ("new", "new")
            assert program.count("receipts") == 1

    def test_are_not_kept_for_a_command_that_fails(self, database: str) -> None:
        with running(database) as program:

            def fails(log: Transaction) -> None:
                log.keep_receipt("ana", "key", "request", "answer")
                log.load(Incident, UUID(int=1))

            with pytest.raises(NotFound):
                program.do(fails)

            assert program.do(lambda log: log.receipt("ana", "key")) is None


def a_row(number: int) -> StoredEvent:
    """Give a row for an aggregate of its own."""
    return StoredEvent(UUID(int=number), 1, Component.Shown.TOPIC, b"{}")


def detect(log: Transaction, *, number: int) -> Incident:
    """Declare an incident under a known id."""
    incident = Incident.declare(
        id=UUID(int=number),
        title=in_english("No labels"),
        message=in_english("Labels cannot be created."),
        components={LABELS: Status.MAJOR_OUTAGE},
        cause=None,
        markets=(),
        public=True,
        request_policies={},
        resolved=None,
        provenance=ANA.says(log),
    )
    log.save(incident)
    return incident
