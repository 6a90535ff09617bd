"""When a fact was true comes with the command: in the past, or in the future by no more than five seconds."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from domain.access.keyring import Keyring, Role
from domain.aggregate import Aggregate
from domain.components import Component
from domain.components.events import Changes, Profile
from domain.errors import InTheFuture
from domain.impact import Status
from domain.incidents import Incident
from domain.incidents.signal import Report, Signal
from domain.incidents.values import Correction
from domain.panels.panel import Panel
from domain.panels.restoration import PanelRestoration
from domain.provenance import Provenance
from tests.domain import panel_builders as panels
from tests.domain import recovery_builders as accounts
from tests.domain.assertions import happened, recorded, refused
from tests.domain.builders import (
    CARRIER,
    FIXED,
    POLICY,
    TICK,
    a_declared_incident,
    a_detection,
    a_public_incident,
    a_resolved_incident,
    ana,
    at,
    hold,
    in_english,
    worded,
)

NOW = at("15:00")
LIMIT = NOW + timedelta(seconds=5)
PIN = UUID(int=7)
PROFILE = Profile(
    key=CARRIER,
    name=in_english("Carrier A"),
    group="carriers",
    description={},
    markets=(),
    is_public=True,
    since=date(2025, 1, 1),
    vouched_from=at("00:00"),
    position=0,
    heartbeat=timedelta(minutes=5),
)


def a_detection_of_today() -> Incident:
    return a_detection(since=at("14:50"))


def a_held_detection() -> Incident:
    incident = a_detection_of_today()
    hold(incident, at("14:55"))
    return incident


def an_open_incident() -> Incident:
    return a_declared_incident(since=at("10:00"))


def a_resolved() -> Incident:
    return a_resolved_incident(since=at("12:00"))


def a_resolved_with_a_draft() -> Incident:
    incident = a_resolved()
    incident.draft_postmortem(body=FIXED, provenance=ana(at("14:00")))
    return incident


def a_public() -> Incident:
    return a_public_incident(since=at("10:00"))


def a_pinned_component() -> Component:
    component = Component.register(profile=PROFILE, provenance=ana(at("10:00")))
    component.pin(pin_id=PIN, status=Status.MAJOR_OUTAGE, reason="a flood", provenance=ana(at("10:00")))
    return component


def a_silent_component() -> Component:
    component = Component.register(profile=PROFILE, provenance=ana(at("10:00")))
    component.fall_silent(provenance=ana(at("11:00")))
    return component


def an_unrouted_signal() -> Signal:
    report = Report(component=None, status=Status.MAJOR_OUTAGE)
    return Signal.begin(
        system="alertmanager", fingerprint="f1", report=report, routed=False, incident=None, provenance=ana(at("10:00"))
    )


def a_keyring() -> Keyring:
    keyring = Keyring.open(provenance=ana(at("10:00")))
    keyring.issue(name="ana", role=Role.ADMIN, person="ana", digest="ab", provenance=ana(at("10:00")))
    return keyring


def update(incident: Incident, by: Provenance) -> None:
    incident.update(
        progress=None, message=FIXED, components={}, expected_at=None, internal=False, policy=POLICY, provenance=by
    )


def publish(incident: Incident, by: Provenance) -> None:
    incident.publish(reason="many ask", title=None, message=None, wording=worded, provenance=by)


def reopen(incident: Incident, by: Provenance) -> None:
    incident.reopen(reason="it is back", message=None, components={}, wording=worded, provenance=by)


def resolve(incident: Incident, by: Provenance) -> None:
    incident.resolve(message=FIXED, override_reason="done", policy=POLICY, provenance=by)


def correct(incident: Incident, by: Provenance) -> None:
    incident.correct(correction=Correction(title=FIXED), reason="a slip", provenance=by)


def pin(component: Component, by: Provenance) -> None:
    component.pin(pin_id=UUID(int=8), status=Status.MAJOR_OUTAGE, reason="a flood", provenance=by)


def issue(keyring: Keyring, by: Provenance) -> None:
    keyring.issue(name="eva", role=Role.OPERATOR, person="eva", digest="cd", provenance=by)


Command = tuple[Callable[[], Aggregate], Callable[[Aggregate, Provenance], None]]


def command(given: Callable[[], Aggregate], do: Callable[..., None], name: str) -> object:
    return pytest.param(given, do, id=name)


COMMANDS = [
    command(an_open_incident, update, "update"),
    command(an_open_incident, resolve, "resolve"),
    command(a_detection_of_today, publish, "publish"),
    command(a_detection_of_today, lambda incident, by: incident.hold(reason="a drill", provenance=by), "hold"),
    command(a_held_detection, lambda incident, by: incident.release(reason=None, provenance=by), "release"),
    command(a_detection_of_today, lambda incident, by: incident.dismiss(reason="a test", provenance=by), "dismiss"),
    command(a_public, lambda incident, by: incident.withdraw(reason="a test", provenance=by), "withdraw"),
    command(a_resolved, reopen, "reopen"),
    command(a_resolved, correct, "correct"),
    command(a_resolved, lambda incident, by: incident.draft_postmortem(body=FIXED, provenance=by), "draft"),
    command(a_resolved_with_a_draft, lambda incident, by: incident.publish_postmortem(provenance=by), "postmortem"),
    command(a_pinned_component, pin, "pin"),
    command(a_pinned_component, lambda component, by: component.unpin(pin_id=PIN, provenance=by), "unpin"),
    command(
        a_pinned_component,
        lambda component, by: component.revise(changes=Changes(group="platform"), provenance=by),
        "revise",
    ),
    command(a_silent_component, lambda component, by: component.hear(provenance=by), "hear"),
    command(a_silent_component, lambda component, by: component.retire(open_causes=0, provenance=by), "retire"),
    command(
        an_unrouted_signal,
        lambda signal, by: signal.route(component=CARRIER, incident=None, provenance=by),
        "route",
    ),
    command(
        an_unrouted_signal, lambda signal, by: signal.clear(reason="lost", reported_at=None, provenance=by), "clear"
    ),
    command(a_keyring, issue, "issue"),
    command(a_keyring, lambda keyring, by: keyring.revoke(name="ana", provenance=by), "revoke"),
]


def after(given: Callable[..., Aggregate], *done: Callable[..., None]) -> Callable[[], Aggregate]:
    """Give an aggregate with which this was done in March 2021."""

    def result() -> Aggregate:
        aggregate = given()
        for do in done:
            do(aggregate, panels.march(26))
        return aggregate

    return result


def promise(restoration: PanelRestoration, moment: datetime, recorded: datetime) -> None:
    panels.promise(restoration, moment, panels.by_instant(moment + TICK), recorded=recorded)


def revise(panel: Panel, moment: datetime, recorded: datetime) -> None:
    panel.revise(name=FIXED, capabilities=None, provenance=ana(moment, recorded))


RECOVERY_COMMANDS = [
    command(given, lambda it, by, do=do: do(it, by.occurred_at, recorded=by.recorded_at), do.__name__)
    for given, do in (
        (lambda: panels.the_panels()[0], revise),
        (panels.a_return, panels.lose_access),
        (panels.a_loss, panels.restore_access),
        (panels.a_loss, promise),
        (panels.a_loss, panels.set_recovery_point),
        (panels.a_loss, panels.say),
        (panels.a_completion, panels.suppress),
        (after(panels.a_completion, panels.suppress), panels.end_suppression),
        (panels.a_completion, panels.abandon),
        (panels.a_completion, panels.instruct),
        (after(panels.a_completion, panels.instruct), panels.withdraw_instruction),
        (panels.a_loss, panels.count_accounts),
        (after(panels.a_loss, panels.count_accounts), panels.report),
        (panels.a_loss, panels.change_policies),
        (after(lambda: panels.a_loss(capabilities=()), panels.restore_access), panels.complete),
        (accounts.an_account, accounts.describe),
        (accounts.an_account, accounts.lend),
        (accounts.an_account_with_a_temporary_one, accounts.link),
        (accounts.a_linked_account, accounts.join),
        (accounts.an_account, accounts.archive),
        (accounts.an_account, accounts.choose),
        (after(accounts.an_account, accounts.choose), accounts.execute),
        (accounts.an_account, accounts.ask),
        (after(accounts.an_account, accounts.ask), accounts.deliver),
        (accounts.an_account, accounts.relieve),
        (accounts.an_account, accounts.accept),
    )
]


class TestOccurredAt:
    @pytest.mark.parametrize(("given", "do"), COMMANDS + RECOVERY_COMMANDS)
    def test_may_lie_five_seconds_in_the_future(
        self, given: Callable[[], Aggregate], do: Callable[[Aggregate, Provenance], None]
    ) -> None:
        aggregate = given()
        before = len(recorded(aggregate))

        do(aggregate, ana(LIMIT, NOW))

        assert len(recorded(aggregate)) == before + 1
        assert happened(aggregate)[-1].provenance == ana(LIMIT, NOW)

    @pytest.mark.parametrize(("given", "do"), COMMANDS + RECOVERY_COMMANDS)
    def test_may_not_lie_further_in_the_future(
        self, given: Callable[[], Aggregate], do: Callable[[Aggregate, Provenance], None]
    ) -> None:
        aggregate = given()

        with refused(aggregate, InTheFuture, match="15:00:05.000001") as caught:
            do(aggregate, ana(LIMIT + TICK, NOW))

        assert caught.value.facts == {"occurred_at": LIMIT + TICK}

    def test_of_a_declaration_may_not_lie_in_the_future(self) -> None:
        assert a_declared_incident(since=LIMIT, recorded=NOW).started_at == LIMIT
        with pytest.raises(InTheFuture):
            a_declared_incident(since=LIMIT + TICK, recorded=NOW)

    def test_of_a_registration_may_not_lie_in_the_future(self) -> None:
        assert Component.register(profile=PROFILE, provenance=ana(LIMIT, NOW)).key == CARRIER
        with pytest.raises(InTheFuture):
            Component.register(profile=PROFILE, provenance=ana(LIMIT + TICK, NOW))

    def test_may_lie_in_the_past(self) -> None:
        incident = an_open_incident()

        update(incident, ana(at("10:00"), NOW))

        assert happened(incident)[-1].provenance.occurred_at == at("10:00")


class TestProvenance:
    def test_names_the_event_that_led_to_it(self) -> None:
        by = ana(NOW)

        assert by.causation is None
        assert by.caused_by(17).causation == 17
        assert by.caused_by(17).caused_by(None) == by

    def test_comes_with_every_event(self) -> None:
        for event in happened(a_resolved()):
            assert event.provenance.actor in {"token:ana", "token:alerts", "clock"}
            assert event.timestamp == event.provenance.recorded_at
