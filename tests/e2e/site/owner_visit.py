"""An owner who visits the page of her account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.api.client import Site
from tests.api.data_centre import local, march
from tests.api.panel_steps import Account
from tests.api.site.owner_steps import an_owner, the_account, the_loss
from tests.e2e.site.browser import served


@dataclass(frozen=True)
class Visit:
    """An owner on panel c on 12 March: her account, and the address of its page but for the language."""

    account: Account
    root: str
    secret: str

    def address(self, language: str) -> str:
        """Give the whole address of the page in a language."""
        return f"{self.root}/{language}/account/{self.secret}"

    @property
    def events(self) -> int:
        """How many events there are of the account."""
        return len(self.account.events)


@contextmanager
def visiting(url: str) -> Iterator[Visit]:
    """Open a site on an empty store, on the days after the loss."""
    with Site(url, now=march("09T08:00"), time_zone="Europe/Warsaw") as site, served(site) as root:
        restoration = the_loss(site)
        site.set_clock(march("12T12:00"))
        account = the_account(restoration)
        account.done("link", {"collisions": [{"kind": "order", "number": str(number)} for number in range(30)]})
        span = {"covers_from": local("09T00:00"), "covers_until": local("10T00:47")}
        account.done("archive-account", {"account": "sklep-1001-archiwum", **span})
        account.done("backfills", {"kinds": ["offers"], "from": local("09T00:00"), "until": local("10T00:00")})
        account.done("backfills/1/delivery", {"counts": {"offers": 7}})
        yield Visit(account, root, an_owner(account).secret)
