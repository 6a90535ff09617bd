"""What windows and their updates say: the texts of a person, or those of a template, filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from application.templates.filling import Subject, TemplateUse
from domain.impact import Status
from domain.templates.template import Purpose
from domain.text import Text

if TYPE_CHECKING:
    from datetime import tzinfo

    from application.log import Log
    from application.templates.filling import TemplateTexts
    from domain.maintenance import MaintenanceWindow, Plan
    from domain.maintenance.values import Timetable


@dataclass(frozen=True, kw_only=True)
class WindowNews:
    """An update that a person writes; ``components`` holds the statuses that it changes.

    A ``message`` that is None is that of the ``template``.
    """

    message: Text | None = None
    template: TemplateUse | None = None
    components: Mapping[str, Status]
    expected_at: datetime | None = None
    internal: bool = False


def word_plan(
    log: Log, plan: Plan, timetable: Timetable, template: TemplateUse | None, *, zone: tzinfo, texts: TemplateTexts
) -> Plan:
    """Give a plan with its texts; its time is that of its start, by the clocks of its ``zone``.

    Raises:
        Invalid: if there is no title, or no such template.
        BlankWithoutValue: if the template has a blank of which nothing is known.
    """
    subject = Subject(
        components=plan.components,
        markets=[each.market for each in timetable.local_times],
        time=timetable.starts_at.astimezone(zone),
    )
    worded = texts.fill(
        log,
        template,
        purpose=Purpose.MAINTENANCE_WINDOW,
        subject=subject,
        title=plan.title or None,
        message=plan.description or None,
    )
    return replace(plan, title=worded.required_title, description=worded.message or {})


def word_news(log: Log, window: MaintenanceWindow, news: WindowNews, *, texts: TemplateTexts) -> Text:
    """Give the message of an update; it is about the components that it names, else about those of the window.

    Raises:
        Invalid: if there is no message, or no such template.
        BlankWithoutValue: if the template has a blank of which nothing is known.
    """
    subject = Subject(
        components=news.components or window.plan.components,
        markets=[each.market for each in window.timetable.local_times],
        time=news.expected_at and news.expected_at.astimezone(texts.zone),
    )
    worded = texts.fill(log, news.template, purpose=Purpose.MAINTENANCE_UPDATE, subject=subject, message=news.message)
    return worded.required_message
