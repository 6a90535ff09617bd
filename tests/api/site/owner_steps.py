"""An owner with a link to the page of an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from tests.api.data_centre import PROVIDER, local, march
from tests.api.page_text import lines_of
from tests.api.panel_steps import Account, Restoration, an_account_name, lost, registered

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from tests.api.client import Site

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OWN = {"Sec-Fetch-Site": "same-origin"}
CHOICE = {"form": "warehouse", "choice": "keep_current"}
BACKFILL = {"form": "backfill", "kinds": "orders", "from": "2021-03-09", "until": "2021-03-11"}
FREE = {"en": "Until panel C works and the data is joined.", "pl": "Do czasu, aż panel C będzie działał."}
ACCEPTANCE = {"form": "acceptance", "by": "Marta Nowak", "note": ""}


@dataclass(frozen=True)
class Owner:
    """Whoever has the link of an account."""

    account: Account
    path: str

    @property
    def site(self) -> Site:
        """Where the account is."""
        return self.account.site

    @property
    def secret(self) -> str:
        """The secret of the link."""
        return self.path.rpartition("/")[2]

    def opens(self, **options: Any) -> httpx.Response:  # noqa: ANN401 - what ``send`` takes
        """Open the page."""
        self.site.tick()
        return self.site.reader.get(self.path, **options)

    def reads(self) -> list[str]:
        """Give the lines of the page."""
        answer = self.opens()
        assert answer.status_code == 200, answer.text
        return lines_of(answer.text)

    def sends(self, fields: Mapping[str, str | list[str]], headers: Mapping[str, str] = OWN) -> httpx.Response:
        """Send a form of the page, as a browser does."""
        self.site.tick()
        content = urlencode(fields, doseq=True).encode()
        return self.site.reader.send("POST", self.path, content=content, headers={**FORM, **headers})

    def is_refused(self, fields: Mapping[str, str | list[str]], status: int) -> str:
        """Send what is refused, look that nothing was recorded, and give the page."""
        self.site.tick()
        position = self.site.last_position()
        answer = self.sends(fields)
        assert (answer.status_code, self.site.last_position()) == (status, position), answer.text
        return answer.text


def an_owner(account: Account, language: str = "en", **more: object) -> Owner:
    """Give the owner of an account a link."""
    url = account.done("owner-link", {"language": language, **more})["url"]
    return Owner(account, urlsplit(url).path)


def somebody(site: Site, language: str = "en", **more: object) -> Owner:
    """Give the owner of an account of a panel of its own a link."""
    return an_owner(lost(site).takes(an_account_name()), language, **more)


def the_loss(site: Site) -> Restoration:
    """Lose panel c, with the promise of its provider."""
    names = {"en": "Panel {}", "pl": "Panel {} (konta)"}
    for letter, first in (("c", "2020-08-27"), ("d", "2021-03-11")):
        name = {language: text.format(letter) for language, text in names.items()}
        registered(site, f"panel-{letter}", name=name, accounts_from=first)
    site.set_clock(march("10T08:00"))
    restoration = lost(site, "panel-c", lost_at=local("10T00:47"), provider=PROVIDER, reason="A fire.")
    restoration.done("promises", {"promised_by": PROVIDER, "promised_for": "2021-03-22"})
    restoration.done("contacts", {"channel": "email", "address": "pomoc@example.com"})
    return restoration


def the_account(restoration: Restoration) -> Account:
    """Take her account in, and give her a temporary one, free of charge."""
    account = restoration.takes("sklep-1001", created_on="2020-09-14")
    account.done("temporary-account", {"panel": "panel-d", "account": "sklep-1001-tymczasowe"})
    account.done("reliefs", {"relief": "free_of_charge", "from": local("10T00:47"), "note": FREE})
    return account
