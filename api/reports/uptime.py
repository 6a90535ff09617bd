"""Uptime of components and of groups, and the policies by which it is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.components.groups import GroupKey
from api.components.routes import ComponentKey
from api.http.key_names import known_keys
from api.http.openapi_answers import lists, shows
from api.http.parameters import InstantText, optional_instant
from api.http.read_context import ReadContext, read_context_of
from application.incidents.projection import INCIDENT_VIEW
from application.key_names import KeyKind
from application.reports.documents import (
    GroupUptimeDocument,
    UptimeDocument,
    UptimePolicyDocument,
    UptimePolicyPage,
    policy_document,
)
from application.reports.periods import Basis
from application.reports.uptime import (
    UptimeQuestion,
    UptimeReads,
    period_asked,
    policy_named,
    read_component_uptime,
    read_group_uptime,
)
from application.status.board import PUBLIC
from application.status.projection import BOARD_VIEW
from domain.errors import NotFound
from domain.reports.uptime import STANDARD, UPTIME_POLICIES, GroupRule

if TYPE_CHECKING:
    from application.facade import Facade

router = APIRouter(tags=["uptime"])

Reading = Annotated[ReadContext, Depends(read_context_of(BOARD_VIEW, INCIDENT_VIEW))]
ReadingGroup = Annotated[ReadContext, Depends(read_context_of(BOARD_VIEW, lang=False))]
Listing = Annotated[ReadContext, Depends(read_context_of(BOARD_VIEW, lang=False, as_of=False))]
From = Annotated[
    InstantText | None,
    Query(
        alias="from",
        description="By default the first moment of the last 90 civil days, today included, in the zone of the page. At"
        " most 400 days before `until`.",
    ),
]
Until = Annotated[InstantText | None, Query(description="By default, and at the latest, now.")]
PolicyName = Annotated[
    str, Query(description="One of those that `GET /v1/uptime-policies` lists.", examples=["strict-1"])
]
On = Annotated[
    Basis,
    Query(
        alias="as",
        description="`published`: what the board showed at each moment. `restated`: what is known now of each moment.",
    ),
]
Rule = Annotated[
    GroupRule,
    Query(description="`mean`: the mean of the components. `any`: at each moment the worst status of any component."),
]


@router.get("/v1/components/{key}/uptime", responses=shows(UptimeDocument))
async def read_uptime(
    context: Reading,
    key: ComponentKey,
    from_: From = None,
    until: Until = None,
    policy: PolicyName = STANDARD.name,
    basis: On = Basis.PUBLISHED,
) -> Response:
    """Read how much of the time a component was up, as published or as restated. Everybody gets the public figures."""
    asked = _asked(context, from_, until, policy, basis)
    reads = uptime_reads(context.facade)
    document = await context.read(lambda: read_component_uptime(reads, context.position, key, asked))
    return context.shown(document, UptimeDocument)


@router.get("/v1/groups/{key}/uptime", responses=shows(GroupUptimeDocument))
async def read_uptime_of_group(
    context: ReadingGroup,
    key: GroupKey,
    from_: From = None,
    until: Until = None,
    policy: PolicyName = STANDARD.name,
    basis: On = Basis.PUBLISHED,
    rule: Rule = GroupRule.MEAN,
) -> Response:
    """Read how much of the time the public components of a group were up. Everybody gets the public figures."""
    asked = _asked(context, from_, until, policy, basis)
    if key not in await known_keys(context.facade, KeyKind.GROUP, PUBLIC):
        raise NotFound(f"there is no public group {key}")
    reads = uptime_reads(context.facade)
    document = await context.read(lambda: read_group_uptime(reads, context.position, key, asked, rule))
    return context.shown(document, GroupUptimeDocument)


@router.get("/v1/uptime-policies", responses=lists(UptimePolicyPage))
async def list_uptime_policies(context: Listing) -> Response:
    """List the policies by which uptime is computed, the default first. A policy never changes."""
    return context.all([policy_document(policy) for policy in UPTIME_POLICIES.values()], UptimePolicyDocument)


def uptime_reads(facade: Facade) -> UptimeReads:
    """Give the queries that uptime needs."""
    queries = facade.queries
    return UptimeReads(board=queries.board, uptime=queries.uptime, incidents=queries.incidents)


def _asked(context: ReadContext, start: str | None, until: str | None, policy: str, basis: Basis) -> UptimeQuestion:
    period = period_asked(
        optional_instant(start, "from"),
        optional_instant(until, "until"),
        now=context.now,
        zone=context.facade.settings.zone,
    )
    return UptimeQuestion(period=period, policy=policy_named(policy), basis=basis)
