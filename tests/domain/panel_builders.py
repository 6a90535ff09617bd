"""What the tests of panels are given: four panels, of which one is lost, and its restoration in every state."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.contact import Contact
from domain.impact import Status
from domain.ledger.request_policy import Disposition, RequestPolicy
from domain.panels.panel import Days, Panel, PanelProfile
from domain.panels.restoration import CapabilityState, Condition, Count, Deadline, PanelRestoration, Stage
from domain.text import Text
from tests.domain.builders import ana, in_english, the_clock

WARSAW = ZoneInfo("Europe/Warsaw")
LOGIN, API, ORDERS, REFUNDS, FEED = "login", "api", "orders", "refund_action", "comparison_feed"
CAPABILITIES = (LOGIN, API, ORDERS, REFUNDS)
ORDER_PAID = "order_paid"
PROVIDER = in_english("The hosting provider")
FIRE = in_english("A data center burned.")
NOTE = in_english("As far as we know.")
POLICIES = {"order": RequestPolicy(policy=Disposition.CHECK_BY_HAND, deadline=timedelta(hours=72), four_eyes=True)}
NO_NEWS: Text = {}
SUPPORT = Contact(audience=None, channel="email", address="support@example.com", note={})


def march(day: int, clock: str = "00:00") -> datetime:
    """Give the instant at which a clock in Warsaw shows this on a day of March 2021."""
    return datetime.fromisoformat(f"2021-03-{day:02}T{clock}").replace(tzinfo=WARSAW).astimezone(UTC)


REGISTERED = march(1, "12:00")
LOST = march(10, "00:40")
RESTORED = march(15, "09:00")
COMPLETED = march(20, "18:00")


def by_day(day: int) -> Deadline:
    """Name a day of March 2021; it has passed when the next one begins in Warsaw."""
    return Deadline(said=f"2021-03-{day:02}", passes_at=march(day + 1))


def by_instant(moment: datetime) -> Deadline:
    """Name an instant; it has passed when it comes."""
    return Deadline(said=moment.isoformat(), passes_at=moment)


def a_profile(key: str, first: date | None = None, last: date | None = None) -> PanelProfile:
    """Give a panel with accounts of these days."""
    return PanelProfile(
        key=key,
        name=in_english(f"Panel {key}"),
        zone="Europe/Warsaw",
        accounts=Days(first=first, last=last),
        capabilities=CAPABILITIES,
    )


A = a_profile("a")
B = a_profile("b", date(2019, 11, 18))
C = a_profile("c", date(2020, 8, 27))
D = a_profile("d", date(2021, 3, 11))


def the_panels(profiles: Iterable[PanelProfile] = (A, B, C, D)) -> list[Panel]:
    """Let Ana register panels one after another; those that are open give way."""
    panels: list[Panel] = []
    for profile in profiles:
        for panel in panels:
            panel.give_way(to=profile, provenance=ana(REGISTERED))
        panels.append(Panel.register(profile=profile, others=panels, provenance=ana(REGISTERED)))
    return panels


def a_condition(
    state: CapabilityState = CapabilityState.AVAILABLE,
    *,
    note: Text = NO_NEWS,
    expected: Deadline | None = None,
    components: Mapping[str, Status] | None = None,
    follows: bool = False,
) -> Condition:
    """Give what is said of a capability."""
    return Condition(
        state=state, note=note, workaround={}, expected=expected, components=components or {}, follows=follows
    )


def a_loss(*, since: datetime = LOST, number: int = 1, capabilities: Iterable[str] = CAPABILITIES) -> PanelRestoration:
    """Give a restoration of panel a, to which Ana has just said that access was lost."""
    return PanelRestoration.begin(
        id=UUID(int=number),
        panel="a",
        capabilities=capabilities,
        provider=PROVIDER,
        reason=FIRE,
        request_policies=POLICIES,
        provenance=ana(since),
    )


def a_return() -> PanelRestoration:
    """Give a restoration with access again since the 15th."""
    restoration = a_loss()
    restore_access(restoration, RESTORED)
    return restoration


def a_completion() -> PanelRestoration:
    """Give a restoration that was completed on the 20th; the refund of payments was given up."""
    restoration = a_return()
    for capability in (LOGIN, API, ORDERS):
        say(restoration, march(16), capability)
    complete(restoration, COMPLETED, given_up=(REFUNDS,))
    return restoration


def lose_access(
    restoration: PanelRestoration,
    moment: datetime,
    capabilities: Iterable[str] = CAPABILITIES,
    *,
    recorded: datetime | None = None,
) -> None:
    """Let Ana say that access was lost again."""
    restoration.lose_access(capabilities=capabilities, provider=PROVIDER, reason=FIRE, provenance=ana(moment, recorded))


def restore_access(restoration: PanelRestoration, moment: datetime, *, recorded: datetime | None = None) -> None:
    """Let Ana say that access is there again."""
    restoration.restore_access(note=NOTE, provenance=ana(moment, recorded))


def promise(
    restoration: PanelRestoration,
    moment: datetime,
    deadline: Deadline | None = None,
    *,
    recorded: datetime | None = None,
) -> None:
    """Let Ana say that the provider promised access, for the 22nd if nothing else is said."""
    restoration.promise_access(
        promised_by=PROVIDER, promised_for=deadline or by_day(22), note=NOTE, provenance=ana(moment, recorded)
    )


def set_recovery_point(
    restoration: PanelRestoration,
    moment: datetime,
    as_of: datetime | None = None,
    *,
    tolerance: timedelta = timedelta(hours=2),
    recorded: datetime | None = None,
) -> None:
    """Let Ana say of when the data is: of the 9th about midnight, if nothing else is said."""
    restoration.set_recovery_point(
        as_of=as_of or march(9),
        tolerance=tolerance,
        missing=("shipments", "invoices"),
        note=NOTE,
        provenance=ana(moment, recorded),
    )


def say(
    restoration: PanelRestoration,
    moment: datetime,
    capability: str = ORDERS,
    condition: Condition | None = None,
    *,
    recorded: datetime | None = None,
) -> None:
    """Let Ana say how it is with a capability: available, if nothing else is said."""
    restoration.set_capability(
        capability=capability, condition=condition or a_condition(), provenance=ana(moment, recorded)
    )


def suppress(
    restoration: PanelRestoration,
    moment: datetime,
    automation: str = ORDER_PAID,
    *,
    before: datetime | None = None,
    note: Text = NOTE,
    recorded: datetime | None = None,
) -> None:
    """Let Ana keep an automation from items created before an instant, the midnight of the 11th if none is named."""
    restoration.suppress(
        automation=automation, created_before=before or march(11), note=note, provenance=ana(moment, recorded)
    )


def end_suppression(
    restoration: PanelRestoration, moment: datetime, automation: str = ORDER_PAID, *, recorded: datetime | None = None
) -> None:
    """Let Ana let an automation run for every item again."""
    restoration.end_suppression(automation=automation, reason="all is done", provenance=ana(moment, recorded))


def abandon(
    restoration: PanelRestoration,
    moment: datetime,
    start: datetime | None = None,
    until: datetime | None = None,
    *,
    recorded: datetime | None = None,
) -> None:
    """Let Ana say which actions will never be executed: those of the 9th to the 14th, if nothing else is said."""
    restoration.abandon_backlog(
        actions=("status_for_days", "order_exists_for_days"),
        due_from=start or march(9),
        due_until=until or march(15),
        note=NOTE,
        provenance=ana(moment, recorded),
    )


def instruct(
    restoration: PanelRestoration,
    moment: datetime,
    text: str = "Reconnect.",
    *,
    heading: str | None = None,
    place: int | None = None,
    recorded: datetime | None = None,
) -> None:
    """Let Ana tell owners what to do."""
    restoration.instruct(heading=heading, text=in_english(text), place=place, provenance=ana(moment, recorded))


def tell(
    restoration: PanelRestoration, moment: datetime, message: str = "It goes on.", *, internal: bool = False
) -> None:
    """Let Ana tell how it goes."""
    restoration.update(message=in_english(message), internal=internal, provenance=ana(moment))


def add_contact(restoration: PanelRestoration, moment: datetime, contact: Contact = SUPPORT) -> None:
    """Let Ana say where to ask."""
    restoration.add_contact(contact=contact, provenance=ana(moment))


def remove_contact(restoration: PanelRestoration, moment: datetime, number: int = 1) -> None:
    """Let Ana take a contact off the list."""
    restoration.remove_contact(number=number, provenance=ana(moment))


def withdraw_instruction(
    restoration: PanelRestoration, moment: datetime, number: int = 1, *, recorded: datetime | None = None
) -> None:
    """Let Ana take an instruction off the list."""
    restoration.withdraw_instruction(number=number, reason="no longer right", provenance=ana(moment, recorded))


def count_accounts(
    restoration: PanelRestoration, moment: datetime, accounts: int = 647, *, recorded: datetime | None = None
) -> None:
    """Let Ana say how many accounts there are."""
    restoration.take_inventory(accounts=accounts, note=NOTE, provenance=ana(moment, recorded))


def report(
    restoration: PanelRestoration,
    moment: datetime,
    stages: Mapping[Stage, Count] | None = None,
    *,
    revision: int | None = None,
    recorded: datetime | None = None,
) -> None:
    """Let Ana say how far the accounts have come."""
    restoration.report_progress(stages=stages or {}, revision=revision, note=NOTE, provenance=ana(moment, recorded))


def change_policies(
    restoration: PanelRestoration,
    moment: datetime,
    policies: Mapping[str, RequestPolicy] | None = None,
    *,
    recorded: datetime | None = None,
) -> None:
    """Let Ana decide anew what becomes of requests."""
    restoration.change_request_policies(
        request_policies=policies or {}, reason="there are many", provenance=ana(moment, recorded)
    )


def complete(
    restoration: PanelRestoration,
    moment: datetime,
    given_up: Iterable[str] = (),
    *,
    recorded: datetime | None = None,
) -> None:
    """Let Ana say that the panel is recovered."""
    restoration.complete(given_up=given_up, note=NOTE, provenance=ana(moment, recorded))


def handle_due(restoration: PanelRestoration, moment: datetime, *, recorded: datetime | None = None) -> None:
    """Let the clock visit the restoration for what is due at ``moment``."""
    restoration.handle_due(provenance=the_clock(moment, recorded))


def let_time_pass(restoration: PanelRestoration, *, until: datetime) -> None:
    """Let the clock do what is due up to ``until``, in order."""
    while restoration.next_due is not None and restoration.next_due <= until:
        handle_due(restoration, restoration.next_due, recorded=until)


Given = Callable[[], PanelRestoration]
