"""What people may ask for: components, incidents and tokens, at the version that they know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from application.access.tokens import identify
from application.caller import Caller
from application.digests import digest_of
from application.errors import AlreadyExists, NotAuthenticated, VersionConflict
from application.ids import new_id
from domain.access.keyring import KEYRING, Keyring, Role
from domain.components.errors import CauseStillOpen, HeartbeatNotExpected, NoSuchPin, Retired
from domain.errors import AlreadyRevoked, InTheFuture, Invalid, NameTaken, NoSuchToken, NotFound
from domain.impact import Status, StatusSpan
from domain.incidents import Because, Progress, Standing
from domain.incidents.errors import NotStableYet
from domain.incidents.values import Correction
from tests.application.program import ANA, IMPORTS, LABELS, MINUTE, TICK, Program, at, in_english, running


@pytest.fixture
def program(program: Program) -> Program:
    """A program with one component, at ten o'clock."""
    program.register()
    return program


class TestVersion:
    def test_that_is_stale_is_refused_with_what_happened_since(self, program: Program) -> None:
        incident = program.declare()
        program.update(incident, Progress.IDENTIFIED)
        program.update(incident, Progress.MONITORING)
        before = program.recorded()

        with pytest.raises(VersionConflict, match="is at version 3, not 1") as caught:
            program.update(incident, expected_version=1)

        assert caught.value.facts == {
            "expected": 1,
            "version": 3,
            "events": [
                {"type": "incident.updated", "version": 2, "actor": "token:ana"},
                {"type": "incident.updated", "version": 3, "actor": "token:ana"},
            ],
        }
        assert program.recorded() == before

    def test_that_is_known_is_accepted(self, program: Program) -> None:
        incident = program.declare()
        program.update(incident, expected_version=1)

        assert program.incident(incident).version == 2

    def test_that_never_was_is_refused(self, program: Program) -> None:
        incident = program.declare()

        with pytest.raises(VersionConflict) as caught:
            program.update(incident, expected_version=7)

        assert caught.value.facts["events"] == []

    def test_of_what_there_is_not_is_not_found(self, program: Program) -> None:
        with pytest.raises(NotFound, match=f"there is no incident {UUID(int=1)}"):
            program.update(UUID(int=1), expected_version=1)
        with pytest.raises(NotFound, match="there is no component unheard-of"):
            program.pin(Status.MAJOR_OUTAGE, "unheard-of")

    def test_of_another_kind_of_thing_is_not_found(self, program: Program) -> None:
        signal = program.fire().signal

        with pytest.raises(NotFound):
            program.update(signal)


class TestComponent:
    def test_is_registered_once(self, program: Program) -> None:
        with pytest.raises(AlreadyExists, match="never reused"):
            program.register()
        program.retire()
        with pytest.raises(AlreadyExists, match="never reused"):
            program.register()

    def test_is_vouched_for_from_midnight_of_the_page(self, database: str) -> None:
        zone = ZoneInfo("America/Sao_Paulo")
        with running(database, time_zone=str(zone)) as program:
            program.clock.show(datetime(2025, 3, 4, 1, 30, tzinfo=UTC))
            program.register()
            program.register(IMPORTS, since=date(2020, 8, 27))

            assert program.component().since == date(2025, 3, 3)
            assert program.component().vouched_from == datetime(2025, 3, 3, tzinfo=zone)
            assert program.component(IMPORTS).vouched_from == datetime(2020, 8, 27, tzinfo=zone)

    def test_is_revised_where_it_differs(self, program: Program) -> None:
        program.revise(name=in_english("Printing"), group="carriers", position=0)

        assert program.recorded() == ["component.registered", "component.renamed"]

    @pytest.mark.parametrize(
        "begin",
        [
            lambda program: program.declare(),
            lambda program: program.declare(publish=False),
            lambda program: program.fire(),
            lambda program: program.pin(Status.UNDER_MAINTENANCE),
        ],
        ids=["incident", "private incident", "detection", "pin"],
    )
    def test_is_not_retired_while_a_cause_is_open(self, program: Program, begin: Callable[[Program], object]) -> None:
        begin(program)
        before = program.recorded()

        with pytest.raises(CauseStillOpen, match="1 open cause"):
            program.retire()

        assert program.recorded() == before

    def test_is_not_retired_while_a_relapse_is_open(self, program: Program) -> None:
        program.resolve(program.declare())
        program.clock.advance(MINUTE)
        program.fire()

        with pytest.raises(CauseStillOpen):
            program.retire()
        program.clear()
        program.let_time_pass(program.clock.now() + 2 * MINUTE)
        program.retire()

        assert program.component().retired_at == program.clock.now()

    def test_is_retired_once_an_incident_says_that_it_is_well(self, program: Program) -> None:
        incident = program.declare()
        program.update(incident, components={LABELS: Status.OPERATIONAL})

        program.retire()

        with pytest.raises(Retired):
            program.revise(name=in_english("Printing"))
        with pytest.raises(Retired):
            program.pin(Status.MAJOR_OUTAGE)

    def test_without_a_heartbeat_expects_no_sign_of_life(self, program: Program) -> None:
        with pytest.raises(HeartbeatNotExpected):
            program.hear()

    def test_is_unpinned_once(self, program: Program) -> None:
        pin = program.pin(Status.MAJOR_OUTAGE)
        program.unpin(pin)

        with pytest.raises(NoSuchPin):
            program.unpin(pin)


class TestIncident:
    @pytest.mark.parametrize("key", ["unheard-of", IMPORTS])
    def test_names_components_in_use(self, program: Program, key: str) -> None:
        program.register(IMPORTS)
        program.retire(IMPORTS)
        incident = program.declare()
        program.resolve(incident)
        impact = {key: (StatusSpan(status=Status.MAJOR_OUTAGE, start=at("09:00"), end=at("09:30")),)}

        for command in (
            lambda: program.declare({key: Status.MAJOR_OUTAGE}),
            lambda: program.update(incident, components={key: Status.MAJOR_OUTAGE}),
            lambda: program.reopen(incident, {key: Status.MAJOR_OUTAGE}),
            lambda: program.correct(incident, Correction(impact=impact)),
        ):
            with pytest.raises(Invalid) as caught:
                command()
            assert caught.value.facts["pointer"] == f"/components/{key}"

    def test_is_entered_afterwards_as_over(self, program: Program) -> None:
        incident = program.declare(occurred_at=at("08:00"), resolved_at=at("09:00"))

        entered = program.incident(incident)
        assert (entered.standing, entered.ended_because) == (Standing.RESOLVED, Because.BACKFILL)
        assert program.events()[-1].provenance.recorded_at == at("10:00")

    def test_is_not_over_before_it_began(self, program: Program) -> None:
        with pytest.raises(Invalid) as caught:
            program.declare(occurred_at=at("09:00"), resolved_at=at("09:00") - TICK)

        assert caught.value.facts["pointer"] == "/resolved_at"

    def test_is_not_declared_for_the_future(self, program: Program) -> None:
        program.declare(occurred_at=at("10:00:05"))
        with pytest.raises(InTheFuture):
            program.declare(occurred_at=at("10:00:05") + TICK)

    def test_is_resolved_once_it_is_stable(self, program: Program) -> None:
        incident = program.declare()
        program.update(incident, Progress.MONITORING)
        program.let_time_pass(at("10:10"))
        with pytest.raises(NotStableYet) as caught:
            program.update(incident, Progress.RESOLVED)
        assert caught.value.facts == {"possible_after": at("10:10")}
        program.let_time_pass(at("10:10") + TICK)
        program.update(incident, Progress.RESOLVED)

        assert program.incident(incident).standing is Standing.RESOLVED

    @pytest.mark.parametrize(
        ("state", "more"),
        [
            (Progress.RESOLVED, {"components": {LABELS: Status.OPERATIONAL}}),
            (Progress.RESOLVED, {"internal": True}),
            (Progress.MONITORING, {"override_reason": "seen by hand"}),
        ],
    )
    def test_takes_no_update_that_contradicts_itself(
        self, program: Program, state: Progress, more: dict[str, object]
    ) -> None:
        incident = program.declare()

        with pytest.raises(Invalid):
            program.update(incident, state, **more)  # type: ignore[arg-type]

    def test_does_what_a_hold_kept_back_when_the_hold_ends(self, program: Program) -> None:
        incident = program.fire().incident
        assert incident is not None
        program.hold(incident)
        program.let_time_pass(at("12:00"))
        assert not program.incident(incident).is_public

        program.release(incident)

        assert program.incident(incident).published_at == at("12:00")


class TestTokens:
    @pytest.fixture
    def program(self, database: str) -> Iterator[Program]:
        """A program of its own, because it remembers tokens for good."""
        with running(database) as program:
            yield program

    def test_are_known_by_their_secret_until_they_are_revoked(self, program: Program) -> None:
        secret = issue(program, "mon")
        assert secret.startswith("bita_")

        tokens = program.bitacora.keys.by_digest()
        assert identify(secret, tokens, program.clock.now()).person == "eva"
        assert digest_of(secret) in tokens
        revoke(program, "mon")

        with pytest.raises(NotAuthenticated):
            identify(secret, program.bitacora.keys.by_digest(), program.clock.now())
        with pytest.raises(NotAuthenticated):
            identify("bita_other", program.bitacora.keys.by_digest(), program.clock.now())

    def test_have_names_that_are_never_reused(self, program: Program) -> None:
        issue(program, "mon")
        revoke(program, "mon")

        with pytest.raises(NameTaken):
            issue(program, "mon")
        with pytest.raises(AlreadyRevoked):
            revoke(program, "mon")
        with pytest.raises(NoSuchToken):
            revoke(program, "other")

    def test_are_stored_without_their_secret(self, program: Program) -> None:
        secret = issue(program, "mon")

        with program.bitacora.store.reading_log() as connection:
            states = connection.execute("SELECT state FROM stored_events")
        assert states
        assert not any(secret.removeprefix("bita_") in str(state) for (state,) in states)
        assert program.rebuilt(Keyring, KEYRING).tokens["mon"].digest == digest_of(secret)


class TestIds:
    def test_rise_with_time(self) -> None:
        moments = [at("10:00") + timedelta(microseconds=number) for number in (0, 1, 2, 999, 1000, 1001, 10**6)]

        ids = [new_id(moment) for moment in moments]

        assert ids == sorted(ids)
        assert {(id.version, id.variant) for id in ids} == {(7, "specified in RFC 4122")}
        assert len({new_id(at("10:00")) for _ in range(1000)}) == 1000


def issue(program: Program, name: str) -> str:
    """Let Ana create a token for Eva."""
    caller = Caller(actor="cli", source="cli", request_id="")
    return program.do(
        lambda log: program.facade.commands.tokens.issue(
            log, name=name, role=Role.OPERATOR, person="eva", caller=caller
        )
    )


def revoke(program: Program, name: str) -> None:
    """Let Ana revoke a token."""
    program.do(lambda log: program.facade.commands.tokens.revoke(log, name=name, caller=ANA))
