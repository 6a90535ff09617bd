"""Addresses at the edge of what there is: each is a page or says that it cannot be; none makes the service fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.client import Site, made, problem
from tests.api.panel_steps import a_panel

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = ("/", "/es/", "/en/history", "/en/components/odd", "/en/maintenance", "/en/panels", "/en/panels/panel-a")
EDGES = (
    "0001-01-01",
    "0001-01-01T00:00",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "0001-01-02T00:00:00Z",
    "0001-01-03T00:00:00Z",
    "0001-01-09",
    "0001-03-01",
    "9999-12-31",
    "9999-12-31T23:59",
    "9999-12-31T23:59:59-14:00",
)
SHOWN = {"0001-01-03T00:00:00Z", "0001-01-09", "0001-03-01"}
"""Moments so early that nothing was known, at which every zone has a day."""


@pytest.fixture(scope="module", name="far", params=["Pacific/Kiritimati", "Etc/GMT+12"])
def _far(shared_database: str, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A site whose days begin long before or after those of UTC."""
    with Site(shared_database, time_zone=request.param) as site:
        if site.reader.get("/v1/components/odd").status_code != 200:
            site.component("odd")
            a_panel(site)
        site.tick()
        yield site


@pytest.mark.parametrize("as_of", EDGES)
def test_a_page_of_the_beginning_or_the_end_of_time_cannot_be_or_shows_nothing(far: Site, as_of: str) -> None:
    answers = {path: far.reader.get(path, params={"as_of": as_of}) for path in PAGES}

    for path, answer in answers.items():
        assert answer.headers["Content-Type"].startswith("text/html"), (path, answer.text)
        assert answer.status_code in {200, 404, 422}, (path, answer.text)
        assert "noindex" in answer.headers["X-Robots-Tag"], path
    assert answers["/es/"].status_code == (200 if as_of in SHOWN else 422)


@pytest.mark.parametrize("until", [each for each in EDGES if each.startswith("0001") and each.endswith("Z")])
def test_uptime_until_the_beginning_of_time_is_refused_or_knows_nothing(far: Site, until: str) -> None:
    for path in ("/v1/components/odd/uptime", "/v1/groups/platform/uptime"):
        answer = far.reader.get(path, params={"until": until})

        if until == "0001-01-03T00:00:00Z":
            assert made(answer)["percentage"] is None
        else:
            assert problem(answer, 422, "invalid")["errors"][0]["pointer"] == "/until"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/EN", "/en"),
        ("/Es/", "/es/"),
        ("/EN/history?month=2025-03&component=a%2Bb", "/en/history?month=2025-03&component=a%2Bb"),
        ("/EN/components/a%20b%C3%B1%2525", "/en/components/a%20b%C3%B1%2525"),
        ("/EN/components/a%3Fb%23c%5Cd", "/en/components/a%3Fb%23c%5Cd"),
        ("/EN//evil.example/", "/en//evil.example/"),
        ("/EN/history.atom?component=labels", "/en/history.atom?component=labels"),
        ("/Es/feed.json", "/es/feed.json"),
        ("/ES/maintenance.ics", "/es/maintenance.ics"),
    ],
)
def test_a_language_in_other_letters_leads_to_the_page_in_the_usual_ones(
    shared_site: Site, asked: str, found: str
) -> None:
    answer = shared_site.reader.get(asked)

    assert (answer.status_code, answer.headers["Location"], answer.content) == (308, found, b"")


def test_a_language_that_there_is_not_leads_nowhere(shared_site: Site) -> None:
    assert shared_site.reader.get("/XX/").status_code == 404
    assert shared_site.reader.get(f"/EN/account/{'A' * 43}").status_code == 404
