"""A feed by component, group, audience or panel: what it is about, what it is called, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.client import at, made, problem
from tests.api.feeds.reading import FILES, feed_of
from tests.api.panel_steps import lost, registered
from tests.api.windows import planned

if TYPE_CHECKING:
    from tests.api.client import Site

PANEL, LOST = "north", "Panel north: access is lost"


@pytest.fixture(scope="module", name="world")
def _world(shared_site: Site) -> Site:
    site = shared_site
    site.component("labels", name={"en": "Labels", "es": "Etiquetas"}, group="carriers")
    site.component("orders", name={"en": "Orders"}, group="shop")
    site.component("quiet", group="shop")
    site.component("vault", public=False, group="secret group")
    made(site.operator.send("PUT", "/v1/groups/carriers", json={"name": {"en": "Carriers & couriers"}}))
    made(site.operator.send("PUT", "/v1/audiences/buyers", json={"name": {"en": "Buyers", "es": "Compradores"}}))
    site.incident({"labels": "major_outage"}, title="No labels")
    site.incident({"orders": "major_outage"}, title="No orders")
    both = {"sellers": {"restrictions": ["No orders."]}}
    planned(site, title="Work on orders", components={"orders": "partial_outage"}, audiences=both)
    planned(site, title="Work on everything", components={}, all="under_maintenance")
    planned(site, title="Hidden work", announced=False, audiences={"secret audience": {"restrictions": ["No."]}})
    registered(site, PANEL, name={"en": "Panel north"})
    lost(site, PANEL)
    return site


def about(site: Site, **query: object) -> set[str]:
    """Say what a feed is about."""
    titles = feed_of(site, **query).titles  # type: ignore[arg-type]  # a query
    return {title.partition("“")[2].partition("”")[0] or title for title in titles}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"component": "labels"}, {"No labels", "Work on everything"}),
        ({"component": "orders"}, {"No orders", "Work on orders", "Work on everything"}),
        ({"component": ["labels", "orders"]}, {"No labels", "No orders", "Work on orders", "Work on everything"}),
        ({"group": "carriers"}, {"No labels", "Work on everything"}),
        ({"group": "shop", "audience": "sellers"}, {"Work on orders"}),
        ({"group": "shop", "component": "labels"}, {"Work on everything"}),
        ({"audience": "sellers"}, {"Work on orders"}),
        ({"audience": "buyers"}, set()),
        ({"panel": PANEL}, {LOST}),
        ({"panel": PANEL, "component": "labels"}, set()),
        ({"component": ""}, {"No labels", "No orders", "Work on orders", "Work on everything", LOST}),
        ({"utm_source": "x"}, {"No labels", "No orders", "Work on orders", "Work on everything", LOST}),
    ],
)
def test_feed_is_about_what_was_asked_for(world: Site, query: dict[str, str], expected: set[str]) -> None:
    assert about(world, **query) == expected


def test_page_of_a_feed_is_there_also_if_its_component_is_retired(world: Site) -> None:
    world.component("fax", group="shop")
    pages = [feed_of(world, component="fax").page]
    made(world.operator.post("/v1/components/fax/retirement"))
    pages.append(feed_of(world, component="fax").page)

    assert [world.reader.get(page).status_code for page in pages[1:]] == [200]
    assert pages[0].endswith("/en/components/fax")


@pytest.mark.parametrize("file", FILES)
def test_feed_is_called_by_names_in_its_language(world: Site, file: str) -> None:
    titles = {
        (lang, *query.items()): feed_of(world, lang, file, **query).title
        for lang in ("en", "es")
        for query in ({}, {"component": "labels"}, {"group": "carriers"}, {"audience": "sellers"}, {"panel": PANEL})
    }

    assert list(titles.values()) == [
        "Status: incidents and maintenance",
        "Status: incidents and maintenance – Labels",
        "Status: incidents and maintenance – Carriers & couriers",
        "Status: incidents and maintenance – Sellers",
        "Status: incidents and maintenance – Panel north",
        "Status: incidentes y mantenimiento",
        "Status: incidentes y mantenimiento – Etiquetas",
        "Status: incidentes y mantenimiento – Carriers & couriers",
        "Status: incidentes y mantenimiento – Vendedores",
        "Status: incidentes y mantenimiento – Panel north",
    ]


@pytest.mark.parametrize("file", FILES)
def test_feed_says_where_it_is_and_which_page_shows_the_same(world: Site, file: str) -> None:
    root = "http://127.0.0.1:8080/es"
    for query, address, page in (
        ({}, file, "history"),
        ({"component": "labels", "utm_source": "x"}, f"{file}?component=labels", "components/labels"),
        ({"audience": "sellers"}, f"{file}?audience=sellers", "audiences/sellers"),
        ({"panel": PANEL}, f"{file}?panel={PANEL}", f"panels/{PANEL}"),
        ({"panel": PANEL, "group": "shop"}, f"{file}?group=shop&panel={PANEL}", "history"),
        ({"component": ["orders", "labels"]}, f"{file}?component=labels&component=orders", "history"),
    ):
        feed = feed_of(world, "es", file, **query)
        assert (feed.address, feed.page) == (f"{root}/{address}", f"{root}/{page}")


def test_default_language_has_addresses_of_its_own(world: Site) -> None:
    for file in FILES:
        assert world.reader.get(f"/{file}").content == world.reader.get(f"/en/{file}").content
        assert world.reader.get(f"/{file}?lang=es-MX").content == world.reader.get(f"/es/{file}").content


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("query", "nearest"),
    [
        ("component=label", "; did you mean labels?"),
        ("component=vault", ""),
        ("group=carrier", "; did you mean carriers?"),
        ("group=secret%20group", ""),
        ("audience=seller", "; did you mean sellers?"),
        ("audience=secret%20audience", ""),
        ("panel=nort", "; did you mean north?"),
        ("component=labels&component=label", "; did you mean labels?"),
    ],
)
def test_unknown_key_is_refused_and_the_nearest_named(world: Site, file: str, query: str, nearest: str) -> None:
    member, key = query.rsplit("&", maxsplit=1)[-1].split("=")
    for prefix in ("/", "/es/"):
        refusal = problem(world.reader.get(f"{prefix}{file}?{query}"), 422, "invalid")
        assert refusal["detail"] == f"there is no {member} {key.replace('%20', ' ')}{nearest}"
        assert refusal["errors"][0]["pointer"] == f"/{member}"


def test_too_many_keys_are_refused(world: Site) -> None:
    query = "&".join(f"component=c{number}" for number in range(21))
    problem(world.reader.get(f"/en/history.atom?{query}"), 422, "invalid")


def test_feed_in_a_language_that_nobody_speaks_is_not_there(world: Site) -> None:
    problem(world.reader.get("/xx/history.atom"), 404, "not_found")


@pytest.mark.parametrize(
    "query", [{"component": "quiet"}, {"group": "calm"}, {"audience": "sellers"}, {"panel": PANEL}]
)
def test_feed_has_what_a_quiet_thing_has_also_after_much_else(
    site: Site, query: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("PIECE", 4), ("MOST", 10), ("ENTRIES", 5)):
        monkeypatch.setattr(f"api.feeds.news.{name}", value)
    site.component("quiet", group="calm")
    site.component("busy")
    quiet = site.incident({"quiet": "major_outage"}, title="Long ago")["id"]
    both = {"sellers": {"restrictions": ["No orders."]}}
    planned(site, title="Long ago", components={"quiet": "partial_outage"}, audiences=both)
    registered(site, PANEL, name={"en": "Long ago"})
    lost(site, PANEL)
    made(site.update(quiet, "resolved", override_reason="Seen."))
    made(site.operator.post(f"/v1/incidents/{quiet}/postmortem", {"body": "First.", "publish": True}))
    before = feed_of(site, **query)
    assert len(before.entries) == (1 if "panel" in query or "audience" in query else 4)

    busy = site.incident({"busy": "major_outage"}, title="Much")["id"]
    for number in range(15):
        made(site.update(busy, "investigating", message=f"News {number}."))

    assert feed_of(site, **query) == before
    assert len(feed_of(site).entries) == 5


def test_report_that_is_written_anew_has_the_date_of_the_first_however_long_ago(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("PIECE", 4), ("MOST", 10)):
        monkeypatch.setattr(f"api.feeds.news.{name}", value)
    site.component("busy")
    id = site.incident({"busy": "major_outage"})["id"]
    made(site.update(id, "resolved", override_reason="Seen."))
    made(site.operator.post(f"/v1/incidents/{id}/postmortem", {"body": "First.", "publish": True}))
    first = feed_of(site).entries[0]
    busy = site.incident({"busy": "major_outage"})["id"]
    for number in range(12):
        made(site.update(busy, "investigating", message=f"News {number}."))
    site.set_clock("08:10")
    made(site.operator.post(f"/v1/incidents/{id}/postmortem", {"body": "Second.", "publish": True}))

    again = next(entry for entry in feed_of(site).entries if entry.id == first.id)
    assert (again.published, again.updated) == (first.published, at("08:10"))
