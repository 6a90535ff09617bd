"""What the tests of the domain are given: a day, the people of that day, and incidents in every state."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from domain.components.events import Profile
from domain.impact import Status, StatusSpan
from domain.incidents import Firing, Incident, Occasion, Progress
from domain.incidents.signal import Signal, SignalCause
from domain.ledger.request_policy import RequestPolicy
from domain.policy import Policy
from domain.provenance import Provenance
from domain.text import Text

POLICY = Policy()
TICK = timedelta(microseconds=1)
HALF_AN_HOUR = timedelta(minutes=30)

CARRIER = "carrier-a"
IMPORT = "order-import"

LABELS = "labels"
TRACKING = "tracking"
DEPLOY = "deploy"


def at(clock: str) -> datetime:
    """Give the instant at which a clock in UTC shows this on the day of the tests."""
    return datetime.fromisoformat(f"2025-03-04T{clock}+00:00")


def provenance(actor: str, moment: datetime, recorded: datetime | None = None) -> Provenance:
    """Say that something was true at ``moment``; taken in then, unless ``recorded`` says when."""
    return Provenance(
        actor=actor, source="tests", request_id="request-1", occurred_at=moment, recorded_at=recorded or moment
    )


def ana(moment: datetime, recorded: datetime | None = None) -> Provenance:
    """Let Ana, who is an operator, say it."""
    return provenance("token:ana", moment, recorded)


def the_alerts(moment: datetime, recorded: datetime | None = None) -> Provenance:
    """Let the machine that sends signals say it."""
    return provenance("token:alerts", moment, recorded)


def the_clock(moment: datetime, recorded: datetime | None = None) -> Provenance:
    """Let the clock say it."""
    return provenance("clock", moment, recorded)


def in_english(sentence: str) -> Text:
    """Give a text in one language."""
    return {"en": sentence}


PROFILE = Profile(
    key=CARRIER,
    name=in_english("Carrier A"),
    group="carriers",
    description=in_english("Labels and tracking."),
    markets=("ES", "PL"),
    is_public=True,
    since=date(2025, 1, 1),
    vouched_from=datetime.fromisoformat("2025-01-01T00:00:00+01:00"),
    position=3,
    heartbeat=timedelta(minutes=5),
)
"""A component."""

FIXED = in_english("Labels can be created again.")


def worded(occasion: Occasion, *, components: Mapping[str, Status], markets: Iterable[str]) -> Text:
    """Word an occasion so that a test can read what it was worded from."""
    said = [f"{key} {status}" for key, status in components.items()]
    return in_english(": ".join([occasion, ", ".join([*said, *markets])]))


def signal_id(name: str) -> UUID:
    """Give the id of the signal of that name."""
    return Signal.id_of("alertmanager", name)


def a_firing(
    name: str = LABELS,
    *,
    component: str = CARRIER,
    status: Status = Status.MAJOR_OUTAGE,
    cause: SignalCause | None = None,
) -> Firing:
    """Give a signal as it fires."""
    return Firing(signal=signal_id(name), component=component, status=status, cause=cause)


CODE_CHANGE = a_firing(DEPLOY, status=Status.PARTIAL_OUTAGE, cause=SignalCause.CODE_CHANGE)


def a_detection(*, since: datetime, firing: Firing | None = None, number: int = 1) -> Incident:
    """Give an incident that a signal has just begun."""
    return Incident.detect(
        id=UUID(int=number), firing=firing or a_firing(), policy=POLICY, provenance=the_alerts(since)
    )


def a_declared_incident(
    *,
    since: datetime,
    components: Mapping[str, Status] | None = None,
    public: bool = True,
    markets: tuple[str, ...] = (),
    cause: SignalCause | None = None,
    request_policies: Mapping[str, RequestPolicy] | None = None,
    resolved: datetime | None = None,
    recorded: datetime | None = None,
) -> Incident:
    """Give an incident that Ana declares, or enters afterwards."""
    return Incident.declare(
        id=UUID(int=1),
        title=in_english("Carrier A: no labels"),
        message=in_english("Labels cannot be created."),
        components={CARRIER: Status.MAJOR_OUTAGE} if components is None else components,
        cause=cause,
        markets=markets,
        public=public,
        request_policies=request_policies or {},
        resolved=None if resolved is None else ana(resolved, recorded),
        provenance=ana(since, recorded),
    )


def a_public_incident(*, since: datetime) -> Incident:
    """Give an incident that fired at ``since`` and has persisted for more than half an hour."""
    incident = a_detection(since=since)
    let_time_pass(incident, until=since + HALF_AN_HOUR + TICK)
    return incident


def an_incident_in_monitoring(*, since: datetime) -> Incident:
    """Give a public incident, all clear for a minute, of which Ana has just said that a fix is in."""
    incident = a_public_incident(since=since - timedelta(minutes=65))
    clear(incident, since - timedelta(minutes=1))
    update(incident, since, Progress.MONITORING)
    return incident


def a_resolved_incident(*, since: datetime) -> Incident:
    """Give a public incident that a policy resolved at ``since``."""
    incident = an_incident_in_monitoring(since=since - timedelta(minutes=10) - TICK)
    let_time_pass(incident, until=since)
    return incident


def a_dismissed_incident(*, since: datetime) -> Incident:
    """Give an incident that Ana let go at ``since`` while its signal fired."""
    incident = a_detection(since=since - timedelta(minutes=5))
    dismiss(incident, since)
    return incident


def a_withdrawn_incident(*, since: datetime) -> Incident:
    """Give an incident that Ana took back at ``since`` while its signal fired."""
    incident = a_public_incident(since=since - timedelta(hours=1))
    withdraw(incident, since)
    return incident


def a_relapse(*, since: datetime, firing: Firing | None = None) -> Incident:
    """Give a public incident, resolved half an hour before a signal fires at ``since``."""
    incident = a_resolved_incident(since=since - HALF_AN_HOUR)
    fire(incident, since, firing)
    return incident


def fire(
    incident: Incident, moment: datetime, firing: Firing | None = None, *, recorded: datetime | None = None
) -> None:
    """Let a signal fire at ``moment``."""
    incident.take(firing=firing or a_firing(), policy=POLICY, wording=worded, provenance=the_alerts(moment, recorded))


def clear(incident: Incident, moment: datetime, name: str = LABELS, *, recorded: datetime | None = None) -> None:
    """Let a signal clear at ``moment``."""
    incident.clear(signal=signal_id(name), policy=POLICY, provenance=the_alerts(moment, recorded))


def handle_due(incident: Incident, moment: datetime, *, recorded: datetime | None = None) -> None:
    """Let the clock visit the incident for what is due at ``moment``."""
    incident.handle_due(policy=POLICY, wording=worded, provenance=the_clock(moment, recorded))


def let_time_pass(incident: Incident, *, until: datetime) -> None:
    """Let the clock do what is due up to ``until``, in order."""
    while incident.next_due is not None and incident.next_due <= until:
        handle_due(incident, incident.next_due, recorded=until)


def update(
    incident: Incident,
    moment: datetime,
    progress: Progress | None = None,
    *,
    components: Mapping[str, Status] | None = None,
    expected_at: datetime | None = None,
    internal: bool = False,
    message: str = "We are working on it.",
    recorded: datetime | None = None,
) -> None:
    """Let Ana write an update."""
    incident.update(
        progress=progress,
        message=in_english(message),
        components=components or {},
        expected_at=expected_at,
        internal=internal,
        policy=POLICY,
        provenance=ana(moment, recorded),
    )


def resolve(
    incident: Incident, moment: datetime, *, override_reason: str | None = None, recorded: datetime | None = None
) -> None:
    """Let Ana declare the fix stable."""
    incident.resolve(message=FIXED, override_reason=override_reason, policy=POLICY, provenance=ana(moment, recorded))


def publish(incident: Incident, moment: datetime, *, title: Text | None = None, message: Text | None = None) -> None:
    """Let Ana publish it."""
    incident.publish(reason="many ask", title=title, message=message, wording=worded, provenance=ana(moment))


def hold(incident: Incident, moment: datetime) -> None:
    """Let Ana hold publication."""
    incident.hold(reason="a drill", provenance=ana(moment))


def release(incident: Incident, moment: datetime) -> None:
    """Let Ana end the hold."""
    incident.release(reason=None, provenance=ana(moment))


def dismiss(incident: Incident, moment: datetime) -> None:
    """Let Ana dismiss it."""
    incident.dismiss(reason="a test of the alert", provenance=ana(moment))


def withdraw(incident: Incident, moment: datetime) -> None:
    """Let Ana take it back."""
    incident.withdraw(reason="the probe was wrong", provenance=ana(moment))


def reopen(
    incident: Incident,
    moment: datetime,
    *,
    components: Mapping[str, Status] | None = None,
    message: Text | None = None,
) -> None:
    """Let Ana reopen it."""
    incident.reopen(
        reason="it is back",
        message=message,
        components=components or {},
        wording=worded,
        provenance=ana(moment),
    )


def span(status: Status, start: str, end: str | None = None) -> StatusSpan:
    """Give a span of the day, open without ``end``."""
    return StatusSpan(status=status, start=at(start), end=None if end is None else at(end))
