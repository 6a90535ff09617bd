"""Declaring an incident: from nothing, from a template, or from a signal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from api.console.incidents.choices import IMPACTS, template_choices
from api.console.incidents.reader_side import previewed_sides
from api.console.kernel.client import part
from api.console.kernel.screens import Screen
from api.console.known_components import read_components
from domain.templates.template import Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.console.kernel.visit import Visit
    from api.console.known_components import KnownComponents
    from application.incidents.signal_documents import SignalDocument
    from application.templates.documents import TemplateDocument

MOST_TEMPLATES = 200


async def read_new(visit: Visit) -> Screen:
    """Read what the form is made from; of a signal, its component, status and markets are filled in."""
    known, templates, signal = await asyncio.gather(
        read_components(visit), templates_for(visit, Purpose.INCIDENT), _signal(visit)
    )
    chosen = {signal["component"]: signal["status"]} if signal and signal["component"] else {}
    return Screen(
        template="incident_new.html",
        document={
            "choice": known.choice(visit, "declare", group=_group(visit, known, signal), chosen=chosen),
            "templates": template_choices(templates),
            "statuses": IMPACTS,
            "signal": signal,
            "template": visit.query.get("template", ""),
            "names": known.names,
            "chosen": chosen,
            "sides": previewed_sides(visit, known),
        },
    )


async def templates_for(visit: Visit, purpose: Purpose) -> Sequence[TemplateDocument]:
    """Read the templates in use for a purpose."""
    page = await visit.api.read("/v1/templates", limit=MOST_TEMPLATES)
    return [each for each in page["data"] if each["purpose"] == purpose]


async def _signal(visit: Visit) -> SignalDocument | None:
    wanted = visit.query.get("signal")
    found: SignalDocument | None = await visit.api.find(f"/v1/signals/{part(wanted)}") if wanted else None
    return found


def _group(visit: Visit, known: KnownComponents, signal: SignalDocument | None) -> str:
    wanted: str = visit.query.get("group", "")
    of_signal = (each["group"] for each in known.components if signal and each["key"] == signal["component"])
    return wanted or next(of_signal, "")
