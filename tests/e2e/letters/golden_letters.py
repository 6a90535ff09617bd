"""The mails about the four cases, in each language; run as a program, it writes those that the tests expect.

    python -m tests.e2e.letters.golden_letters

Read what changed before you commit it: subscribers will.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.api.client import Site
from tests.api.notifications.announced import ALL_LANGUAGES, announced, composed, mail_of
from tests.demo_store import FILE, load

if TYPE_CHECKING:
    from collections.abc import Mapping

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2025, 11, 29, 9, tzinfo=UTC)
CASES = {"2022": "1-order-manager", "2025": "2-integration-hub", "2025-11": "3-marketplace", "2026": "4-carrier-hub"}
"""Which case is over by which time."""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def the_site(url: str) -> Site:
    """Give the site with the example data, the morning after the last case, by the clocks of Warsaw."""
    return Site(url, now=NOW, time_zone="Europe/Warsaw", site_name="Acme", site_url="https://status.example")


def letters_of_cases(site: Site) -> Mapping[str, str]:
    """Write the first mail of each kind about each case, by the names of their files."""
    facade, found, seen = site.bitacora.facade, dict[str, list[str]](), set[tuple[str, str]]()
    every = announced(facade, site.tick())
    times = facade.queries.events.times([each.position for each in every])
    for each in every:
        moment = times[each.position].recorded_at.isoformat()
        case = next(name for time, name in CASES.items() if moment < time)
        if (case, str(each.change.kind)) in seen:
            continue
        seen.add((case, str(each.change.kind)))
        letter = composed(facade, each)
        for language in ALL_LANGUAGES:
            mail = mail_of(letter, language)
            text = ID.sub("(id)", mail.text.partition("\n-- \n")[0])
            found.setdefault(f"{case}.{language}.txt", []).append(
                f"### {each.change.kind}, {moment}\nSubject: {mail.subject}\n\n{text}\n"
            )
    return {name: "\n".join(letters) for name, letters in found.items()}


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / FILE}"
        load(url)
        with the_site(url) as site:
            for name, text in letters_of_cases(site).items():
                (GOLDEN / name).write_text(text, encoding="utf-8")
