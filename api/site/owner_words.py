"""What the page of an owner says: where the account stands, what was given, and when, by the clocks of the panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from api.site.kernel.words import name_of
from application.texts import translatable
from domain.instants import day_span
from domain.panels.account import RecoveryState, Relief, Warehouse

if TYPE_CHECKING:
    from datetime import tzinfo

    from api.site.kernel.languages import Speech
    from api.site.owner_forms import Sent

STAGES = {
    RecoveryState.OPEN: translatable("We are recovering your account."),
    RecoveryState.TEMPORARY: translatable("Work in your temporary account while we recover this one."),
    RecoveryState.LINKED: translatable(
        "Your temporary account is linked with this one. They have not been joined yet."
    ),
    RecoveryState.MERGED: translatable("Your temporary account has been merged into this one."),
    RecoveryState.KEPT_APART: translatable("This account and your temporary one stay two separate accounts."),
    RecoveryState.ACCEPTED: translatable("You have accepted this account."),
}
NOT_JOINED = translatable("Your temporary account has not been joined with this one yet.")
RELIEFS = {
    Relief.FREE_OF_CHARGE: translatable("Free of charge"),
    Relief.PAYMENT_BLOCK_SUSPENDED: translatable("Not blocked for missing payments"),
}
CHOICES = {
    Warehouse.KEEP_CURRENT: (
        translatable("Keep the present state"),
        translatable("The warehouse stays as it is now, with every change since the loss."),
    ),
    Warehouse.RESTORE_PREVIOUS: (
        translatable("Restore the former state"),
        translatable("The warehouse becomes as it was before the loss. Changes since then are dropped."),
    ),
}
FROM_ON = translatable("from %(time)s until further notice")

Words = Callable[[Mapping[str, Any], "Speech"], Mapping[str, Any]]


def owner_words(sent: Sent, zone: tzinfo) -> Words:
    """Make what says the words of the page in a language; ``sent`` is a form that was refused, or an empty one."""

    def words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
        return {
            "stage": speech.text(_stage(document)),
            "kind": lambda key: name_of(speech, key),
            "relief": lambda key: speech.text(RELIEFS[Relief(key)]),
            "choices": [(str(key), *map(speech.text, said)) for key, said in CHOICES.items()],
            "span": lambda start, until: _span(speech, zone, start, until),
            "sent": sent,
            "suggested": _suggested(document, zone),
        }

    return words


def _stage(document: Mapping[str, Any]) -> str:
    state = RecoveryState(document["account"]["state"])
    is_back = document["restoration"]["access_restored_at"] is not None
    return NOT_JOINED if state is RecoveryState.TEMPORARY and is_back else STAGES[state]


def _suggested(document: Mapping[str, Any], zone: tzinfo) -> Mapping[str, str]:
    """Give the days for which data is missing, if that is known, as a form has them."""
    point = document["restoration"]["recovery_point"]
    if point is None:
        return {"from": "", "until": ""}
    gap = (datetime.fromisoformat(point["gap"][end]).astimezone(zone).date().isoformat() for end in ("from", "until"))
    return dict(zip(("from", "until"), gap, strict=True))


def _span(speech: Speech, zone: tzinfo, start: str, until: str | None) -> Markup:
    """Write a half-open span: as days if it consists of whole ones, and else with its times."""
    first = datetime.fromisoformat(start)
    if until is None:
        return Markup(escape(speech.text(FROM_ON))) % {"time": _time(first, speech.moment(first))}  # noqa: S704 - it is escaped
    last = datetime.fromisoformat(until)
    if not (_begins_a_day(first, zone) and _begins_a_day(last, zone)):
        said_first, said_last = speech.span(first, last)
        return Markup("{} – {}").format(_time(first, said_first), _time(last, said_last))
    days = first.astimezone(zone).date(), last.astimezone(zone).date() - timedelta(days=1)
    named = [Markup('<time datetime="{}">{}</time>').format(day.isoformat(), speech.day(day)) for day in days]
    return named[0] if days[0] == days[1] else Markup("{} – {}").format(*named)


def _begins_a_day(moment: datetime, zone: tzinfo) -> bool:
    return day_span(moment.astimezone(zone).date(), zone)[0] == moment


def _time(moment: datetime, said: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat().replace("+00:00", "Z"), said)
