"""What owners send: a choice for the warehouse, a wish for data, an acceptance; and what is wrong with it, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from api.http.values import Name, Reason, parse_day, parse_instant
from application.errors import Malformed
from application.texts import translatable
from domain.errors import DomainError, EndsBeforeItBegins, TooManyEntries
from domain.instants import day_span
from domain.panels.account import AccountRecovery, Warehouse
from domain.panels.errors import AlreadyAccepted, AlreadyExecuted

if TYPE_CHECKING:
    from api.http.forms import FilledForm
    from application.log import Log
    from application.panels.owner_links import Owner, OwnerLinks

WAREHOUSE, BACKFILL, ACCEPTANCE = "warehouse", "backfill", "acceptance"
"""The forms of the page, which each names itself in its field ``form``."""

Act = Callable[["OwnerLinks", "Log", "Owner"], AccountRecovery]
"""What the owner wants, as a command of the log."""

NAME, NOTE = TypeAdapter[str](Name), TypeAdapter[str](Reason)

CHOOSE = translatable("Choose one of the two.")
NO_KIND = translatable("Choose what is missing.")
NO_DAY = translatable("Enter a day, as in 2021-03-09.")
WRONG_ORDER = translatable("The last day is before the first one.")
NO_NAME = translatable("Enter your name, up to 255 characters on one line.")
LONG_NOTE = translatable("The note can have up to 5,000 characters.")
EXECUTED = translatable("Your choice has been carried out, so it can no longer be changed.")
OFTEN_CHANGED = translatable("You have changed your choice too often. Ask us if you need another change.")
OFTEN_ASKED = translatable("You have asked as often as is possible here. Ask us if you need more.")
ACCEPTED = translatable("The account has already been accepted.")

REFUSALS: Mapping[tuple[str, type[DomainError]], tuple[str, str]] = {
    (WAREHOUSE, AlreadyExecuted): ("choice", EXECUTED),
    (WAREHOUSE, TooManyEntries): ("choice", OFTEN_CHANGED),
    (BACKFILL, EndsBeforeItBegins): ("until", WRONG_ORDER),
    (BACKFILL, TooManyEntries): ("kinds", OFTEN_ASKED),
    (ACCEPTANCE, AlreadyAccepted): ("by", ACCEPTED),
}
"""The field that each refusal of a command is about, and what an owner is told, by form."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A form as it was sent: its name, what was filled in, what is wrong with which field, and what is to be done."""

    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    """Texts that catalogs translate, by field."""
    act: Act | None = None

    def refused(self, refusal: DomainError) -> Sent | None:
        """Give the same form with what a refusal means; None if it means that the form should never have been sent."""
        found = REFUSALS.get((self.form, type(refusal)))
        if found is None:
            return None
        return Sent(form=self.form, values=self.values, kinds=self.kinds, faults=dict([found]))


def read_sent(form: FilledForm, *, kinds: tuple[str, ...], zone: tzinfo) -> Sent:
    """Read what was sent; the ``kinds`` of data are those that can be asked for, and days are those of ``zone``.

    Raises:
        Malformed: if it is no form of the page.
    """
    match form.text("form"):
        case "warehouse":
            return _choice(form)
        case "backfill":
            return _backfill(form, kinds, zone)
        case "acceptance":
            return _acceptance(form)
        case _:
            raise Malformed("the page has no such form")


def _choice(form: FilledForm) -> Sent:
    wanted = form.text("choice")
    if wanted not in list(Warehouse):
        return Sent(form=WAREHOUSE, faults={"choice": CHOOSE})
    choice = Warehouse(wanted)
    return Sent(
        form=WAREHOUSE,
        values={"choice": wanted},
        act=lambda links, log, owner: links.choose_warehouse(log, owner=owner, choice=choice),
    )


def _backfill(form: FilledForm, offered: tuple[str, ...], zone: tzinfo) -> Sent:
    values = {name: form.text(name) for name in ("from", "until")}
    # In the order of the page, so that the same wish is the same.
    chosen, wanted = form.choices("kinds"), tuple(kind for kind in offered if kind in form.choices("kinds"))
    start, until = _moment(values["from"], zone, last=False), _moment(values["until"], zone, last=True)
    faults = {
        "kinds": NO_KIND if not wanted or len(wanted) < len(chosen) else "",
        "from": "" if start else NO_DAY,
        "until": "" if until else NO_DAY,
    }
    if start is None or until is None or any(faults.values()):
        found = {name: fault for name, fault in faults.items() if fault}
        return Sent(form=BACKFILL, values=values, kinds=wanted, faults=found)
    first, last = start, until
    return Sent(
        form=BACKFILL,
        values=values,
        kinds=wanted,
        act=lambda links, log, owner: links.ask_backfill(log, owner=owner, kinds=wanted, start=first, until=last),
    )


def _acceptance(form: FilledForm) -> Sent:
    values = {name: form.text(name) for name in ("by", "note")}
    faults = {}
    if not _fits(NAME, values["by"]):
        faults["by"] = NO_NAME
    if values["note"] and not _fits(NOTE, values["note"]):
        faults["note"] = LONG_NOTE
    if faults:
        return Sent(form=ACCEPTANCE, values=values, faults=faults)
    by, note = values["by"], values["note"] or None
    return Sent(
        form=ACCEPTANCE, values=values, act=lambda links, log, owner: links.accept(log, owner=owner, by=by, note=note)
    )


def _moment(text: str, zone: tzinfo, *, last: bool) -> datetime | None:
    """Read a civil day, whose end is meant if it is the ``last``, or an instant with its offset."""
    try:
        if "T" in text:
            return parse_instant(text)
        return day_span(parse_day(text), zone)[last].astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _fits(kind: TypeAdapter[str], text: str) -> bool:
    try:
        kind.validate_python(text)
    except ValidationError:
        return False
    return True
