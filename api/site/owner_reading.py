"""What the page of an owner is made from: the account as the log has it now, and the public side of its restoration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from starlette.requests import Request
from typing_extensions import TypedDict

from api.http.auth import facade_of
from api.http.read_point import point
from application.errors import NotYetVisible
from application.panels.account_documents import AccountDocument, account_document
from application.panels.documents import PublicPanelDocument, public_panel
from application.panels.owner_links import opens
from application.panels.projection import PANEL_VIEW
from application.panels.restoration_documents import PublicRestorationDocument
from domain.panels.errors import NoOwnerLink

if TYPE_CHECKING:
    from uuid import UUID

    from application.facade import Facade
    from application.panels.owner_links import Owner
    from domain.panels.account import AccountRecovery

KINDS = ("orders", "shipments", "invoices", "payments", "offers")
"""What owners can ask for whatever is said to be missing: the kinds of data that the product has words for."""


class PageOfOwner(TypedDict):
    """What an owner is shown."""

    account: AccountDocument
    restoration: PublicRestorationDocument
    panel: PublicPanelDocument
    temporary_panel: PublicPanelDocument | None
    kinds: list[str]
    """Which kinds of data can be asked for."""


async def open_account(request: Request, owner: Owner) -> PageOfOwner:
    """Read what the owner of an account is shown.

    The link is looked up in the log by the digest of its secret, and the digest is compared as a whole. A secret has
    256 random bits, so that guesses need no limit: what a guess costs in time tells nothing but that it was wrong.

    Raises:
        NoOwnerLink: if no link has the secret, or it was revoked or replaced, or it has expired.
        NotYetVisible: if the views of panels are being built anew, or do not have the restoration yet.
        StoreUnavailable: if the store cannot be reached.
    """
    facade = facade_of(request)
    recovery = await facade.reads.run(lambda: facade.queries.owner_links.find(owner.digest))
    if recovery is None or not opens(recovery, owner.digest, facade.clock.now()):
        raise NoOwnerLink("the link opens no account")
    # An account is often shown just after its restoration began: the views may have that in a moment.
    await facade.visibility.reach_own((PANEL_VIEW.name,))
    where = await point(request, (PANEL_VIEW,), sees_private=False)
    return await facade.reads.run(lambda: _page(facade, where.position, recovery))


def _page(facade: Facade, position: int, recovery: AccountRecovery) -> PageOfOwner:
    restoration = _restoration(facade, position, recovery.restoration)
    panels = {row.panel: public_panel(row.document) for row in facade.queries.panels.panels(position)}
    point = restoration["recovery_point"]
    return {
        # The note of the account is for operators, and the page does not show it.
        "account": account_document(recovery) | {"note": None},
        "restoration": restoration,
        "panel": panels[restoration["panel"]],
        "temporary_panel": panels.get(recovery.temporary.panel) if recovery.temporary else None,
        "kinds": list(dict.fromkeys((*KINDS, *(point["missing"] if point else ())))),
    }


def _restoration(facade: Facade, position: int, id: UUID) -> PublicRestorationDocument:
    found = facade.queries.panels.find_restoration(position, id)
    if found is None:
        raise NotYetVisible("the views do not have the restoration yet")
    return cast("PublicRestorationDocument", json.loads(found[1]))
