"""Who creates the tables of the log, and who may only add to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from application.errors import BadSetting
from application.registry import VIEWS
from infrastructure.event_log.handle_upgrade import OLDER_TABLES
from infrastructure.event_log.migration_progress import UNWATCHED
from infrastructure.event_log.schema import migrate
from infrastructure.event_log.walls import RIGHTS
from infrastructure.projections.rebuild import BESIDE
from infrastructure.projections.temporal_tables import tables_of
from infrastructure.store.postgres import PostgresStore
from infrastructure.store.postgres_roles import are_of_one_database, grant, role_that_may_change_events, take_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from infrastructure.store.base import Store

TRACKING = "views"
"""The table of what is known about the views."""

log = structlog.get_logger()


def create_tables(owner: Store, service: Store, *, copied: Callable[[int, int], None] = UNWATCHED.copied) -> None:
    """Bring the tables of the log up to this program, as the role that owns them, and let the service add to them.

    ``copied`` is told what ``migrate`` tells it.

    Raises:
        BadSetting: if the two are of different databases.
        SchemaMismatch: if a newer program wrote the store.
        StoreDown: if it cannot be reached, or a table belongs to a third role.
    """
    if owner is service or not (isinstance(owner, PostgresStore) and isinstance(service, PostgresStore)):
        migrate(owner, copied=copied)
        return
    if not are_of_one_database(owner, service):
        raise BadSetting(
            f"BITACORA_OWNER_DATABASE ({owner.address}) and BITACORA_DATABASE ({service.address}) are two databases; "
            "name the same one, with another role"
        )
    take_over(owner, (*RIGHTS, *OLDER_TABLES))
    migrate(owner, copied=copied)
    tables = [table.name for view in VIEWS for table in tables_of(view)]
    grant(owner, service, RIGHTS, [TRACKING, *tables, *(f"{name}{BESIDE}" for name in tables)])


def warn_of_rights(store: Store) -> None:
    """Log it if the role of the service may change what was recorded."""
    role = role_that_may_change_events(store) if isinstance(store, PostgresStore) else None
    if role is not None:
        log.warning("role_may_change_events", role=role, instead="serve as another role: BITACORA_OWNER_DATABASE")
