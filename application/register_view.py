"""The rows of what operators and readers register: names of keys, templates, subscribers.

They are one view: each view writes at each event how far it has come, and these change rarely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from application import key_names
from application.projections.tables import View
from application.subscriptions import projection as subscriptions
from application.templates import projection as templates
from domain.components import Component
from domain.components.group import Group
from domain.maintenance import MaintenanceWindow
from domain.maintenance.audience import AudienceName
from domain.maintenance.series import MaintenanceSeries
from domain.subscriptions.endpoint import Endpoint
from domain.subscriptions.subscription import Subscription
from domain.templates.template import TextTemplate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from application.projections.tables import Row
    from domain.aggregate import Aggregate


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the rows that follow from an aggregate as it is."""
    match aggregate:
        case TextTemplate():
            return templates.rows_of(aggregate)
        case Subscription() | Endpoint():
            return subscriptions.rows_of(aggregate)
        case _:
            return key_names.rows_of(aggregate)


REGISTER_VIEW = View(
    name="keys",
    version=2,
    tables=(key_names.KEY_NAMES, key_names.KEY_USES, templates.TEMPLATES, subscriptions.SUBSCRIBERS),
    of=(
        *(Group, AudienceName, Component, MaintenanceWindow, MaintenanceSeries),
        *(TextTemplate, Subscription, Endpoint),
    ),
    rows_of=rows_of,
)
