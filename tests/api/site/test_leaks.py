"""Nothing private is on a page, whatever page it is: not on those of now or then, of no language, in no map or copy."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from api.copied_files import COPIED_FILES
from api.main import endpoints
from api.site.copied_pages import copied_pages
from api.site.export import SiteCopy
from api.site.kernel.site import Site as Pages
from tests.api.client import made
from tests.api.listening import leave, listening
from tests.api.private_changes import VAULT, WORD, made_public
from tests.api.private_chapters import AT_ONE_MOMENT, NAMES_OF_TOKENS, OVER_HOURS, live_through
from tests.api.readers import ACCOUNT, NOBODY, NOTHING, Question, ask
from tests.api.site.crawling import FOLLOWED, as_of, crawl, crawl_past, is_page, pages_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.api.client import Site
    from tests.api.private_changes import Scene
    from tests.api.readers import Answered

LANGUAGES = ("en", "es", "pl", "pt")
WRITTEN = "the copy"
PAGEFUL = 25
"""More updates than the document of an incident has."""


def public_news(scene: Scene) -> None:
    """Tell something of each public thing after what was written on it in private; of an incident, much."""
    for number in range(PAGEFUL):
        made(scene.site.update(scene.declared, "investigating", message=f"News {number}."))
    for path in (f"/v1/maintenance-windows/{scene.planned}", f"/v1/maintenance-windows/{scene.under_way}", scene.lost):
        made(scene.site.operator.post(f"{path}/updates", {"message": "Here are news."}))


def moments(site: Site) -> list[str]:
    """Give the moment of each public change."""
    changes = made(site.reader.get("/v1/changes", params={"from": "0", "limit": 200}))
    assert not changes["has_more"]
    return list(dict.fromkeys(each["at"] for each in changes["data"]))


def everything_shown(site: Site, folder: Path) -> dict[str, str]:
    """Give all that readers can read, by where it stands: addresses of now and of each change, and files of a copy."""
    site.tick()
    found = dict(crawl(site))
    for moment, language in zip(moments(site), cycle(LANGUAGES), strict=False):
        found |= crawl_past(site, moment, language)
    wrong = {address: answered.status for address, answered in found.items() if answered.status != 200}
    assert wrong == {}
    shown = {address: answered.text for address, answered in found.items()}
    site.run(SiteCopy(Pages(site.bitacora.facade), folder, copied_pages, COPIED_FILES).write())
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        shown[f"{WRITTEN}: {file.relative_to(folder)}"] = file.read_text(encoding="utf-8")
    return shown


def marks(scene: Scene) -> tuple[str, ...]:
    """Give what must stand nowhere."""
    return (WORD, ACCOUNT, *NAMES_OF_TOKENS, *scene.secrets.values())


def told(scene: Scene, shown: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give each mark that is shown, and where."""
    return [(where, mark) for where, text in shown.items() for mark in marks(scene) if mark in where + text]


class TestPages:
    def test_are_the_same_before_and_after_what_is_private_and_name_nothing_of_it(
        self, scene_on_one_store: Scene, tmp_path: Path
    ) -> None:
        scene, site = scene_on_one_store, scene_on_one_store.site
        before = everything_shown(site, tmp_path / "before")
        client, served = site.run(listening(site.app.state.live))

        live_through(scene, AT_ONE_MOMENT)
        assert everything_shown(site, tmp_path / "after") == before
        live_through(scene, OVER_HOURS)
        public_news(scene)
        shown = everything_shown(site, tmp_path / "later")

        made_public(scene)
        site.tick()
        site.run(client.hears(b"Orders: under maintenance, before: operational."))
        site.run(leave(client, served))
        shown["/live"] = b"".join(client.got).decode()
        assert told(scene, shown) == []

    def test_are_all_found(self, scene_on_one_store: Scene) -> None:
        site = scene_on_one_store.site
        found = crawl(site)
        pages = [set(pages_of(found, language)) for language in LANGUAGES]
        kinds = {page.partition("/")[0] for page in pages[0]}
        routes = {
            route.path.partition("/{lang")[2].partition("}/")[2].partition("/")[0]
            for route in endpoints(site.app.routes)
            if route.path.startswith("/{lang")
        }

        files = {name for name in routes if "." in name}
        # What has a secret in its address, what is there with a relay alone, and what takes the rest.
        assert kinds == routes - files - {"account", "subscriptions", "subscribe", "{file:feed}", "{rest:path}"}
        files |= set(FOLLOWED)
        assert {f"/{language}/{name}" for language in LANGUAGES for name in files} <= found.keys()
        assert pages[0] == pages[1] == pages[2] == pages[3]
        assert {"/robots.txt", "/sitemap.xml"} <= found.keys()
        assert [address for address in found if as_of(address) or "/account/" in address] == []

    def test_show_what_becomes_public(self, scene_on_one_store: Scene, tmp_path: Path) -> None:
        scene = scene_on_one_store
        live_through(scene, AT_ONE_MOMENT[:2])

        made(scene.site.operator.patch(f"/v1/components/{VAULT}", {"public": True}))

        places = {where for where, _ in told(scene, everything_shown(scene.site, tmp_path / "copy"))}
        assert {"/", "/es/", "/sitemap.xml", f"/pl/components/{VAULT}", f"{WRITTEN}: pt/index.html"} <= places


class TestPrivateThings:
    def test_are_answered_as_what_there_is_not(self, scene_on_one_store: Scene) -> None:
        scene, site = scene_on_one_store, scene_on_one_store.site
        live_through(scene, AT_ONE_MOMENT)
        ids = [scene.secrets[name] for name in ("declared", "window", "later window", "series", "cause", "account")]
        twins = {
            "components/{}": [(VAULT, NOTHING)],
            "audiences/{}": [(f"{WORD} sellers", NOTHING)],
            "panels/{}": [(WORD, NOTHING)],
            "incidents/{}": [(id, NOBODY) for id in ids],
            "maintenance/{}": [(id, NOBODY) for id in ids],
            "history?component={}": [(VAULT, NOTHING)],
            f"maintenance/{scene.planned}?audience={{}}": [(f"{WORD} sellers", NOTHING)],
            "account/{}": [(scene.secrets["secret of an owner"], "A" * 43)],
        }

        for page, named in twins.items():
            for private, nothing in named:
                answers = [self._asked(site, page, name) for name in (private, nothing)]
                assert answers[0] == answers[1], (page, private)

    def _asked(self, site: Site, page: str, name: str) -> tuple[int, str]:
        answered: Answered = ask(site, Question("GET", f"/es/{page.format(name)}"))
        assert is_page(answered)
        return answered.status, answered.body.decode().replace(name, "")
