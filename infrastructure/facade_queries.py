"""The queries of the facade, on a store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from application.facade import FacadeQueries
from infrastructure.checkpoints.log_proofs import TreeProofs
from infrastructure.queries.accounts import SqlAccountQueries
from infrastructure.queries.announcements import SqlAnnouncementQueries
from infrastructure.queries.audit import SqlEventQueries
from infrastructure.queries.changes import SqlChangeQueries
from infrastructure.queries.endpoints import SqlEndpointQueries
from infrastructure.queries.incidents import SqlIncidentQueries, SqlSignalQueries
from infrastructure.queries.key_names import SqlKeyNameQueries
from infrastructure.queries.ledger import SqlHeldRequestQueries
from infrastructure.queries.maintenance import SqlWindowQueries
from infrastructure.queries.owner_links import LogOwnerLinkQueries
from infrastructure.queries.panels import SqlPanelQueries
from infrastructure.queries.reports import SqlUptimeQueries
from infrastructure.queries.status import SqlBoardQueries
from infrastructure.queries.subscriptions import SqlSubscriptionQueries
from infrastructure.queries.templates import SqlTemplateQueries

if TYPE_CHECKING:
    from application.facade import Facade
    from application.ports import Clock
    from infrastructure.checkpoints.signer import Signer
    from infrastructure.checkpoints.witnesses import Witnesses
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.projections.positions import ViewPositions
    from infrastructure.store.base import Store


class Written(Protocol):
    """The program, as far as queries need it."""

    store: Store
    mapper: TypedMapper
    signer: Signer
    witnesses: Witnesses
    clock: Clock
    progress: ViewPositions
    facade: Facade


def facade_of_written(program: Written) -> Facade:
    """Give a facade that reads where the log is written, for what is decided there: what subscribers are told."""
    return replace(program.facade, queries=queries_of(program, program.store), visibility=program.progress)


def queries_of(program: Written, store: Store) -> FacadeQueries:
    """Give the queries on the views and on the log of a store, which is that of the program or a standby of it.

    The links of owners are looked up where they are revoked.
    """
    events = SqlEventQueries(store, program.mapper)
    return FacadeQueries(
        board=SqlBoardQueries(store),
        uptime=SqlUptimeQueries(store),
        incidents=SqlIncidentQueries(store),
        windows=SqlWindowQueries(store),
        panels=SqlPanelQueries(store),
        accounts=SqlAccountQueries(store),
        owner_links=LogOwnerLinkQueries(program.store, program.mapper),
        held_requests=SqlHeldRequestQueries(store),
        signals=SqlSignalQueries(store),
        key_names=SqlKeyNameQueries(store),
        templates=SqlTemplateQueries(store),
        events=events,
        proofs=TreeProofs(store, program.signer, events, program.clock, program.witnesses.asked),
        changes=SqlChangeQueries(store),
        private_changes=SqlChangeQueries(store),
        announcements=SqlAnnouncementQueries(store),
        subscriptions=SqlSubscriptionQueries(store),
        endpoints=SqlEndpointQueries(store),
    )
