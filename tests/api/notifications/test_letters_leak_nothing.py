"""Nothing private is in a letter, of whatever it is and in whichever channel; and nothing private changes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.subscriptions.values import Channel
from tests.api.client import made
from tests.api.notifications.announced import ALL_LANGUAGES, announced, composed
from tests.api.private_changes import WORD, made_public
from tests.api.private_chapters import AT_ONE_MOMENT, NAMES_OF_TOKENS, OVER_HOURS, live_through
from tests.api.readers import ACCOUNT

if TYPE_CHECKING:
    from tests.api.client import Site
    from tests.api.private_changes import Scene


def everything_written(site: Site) -> dict[str, str]:
    """Write every letter there can be, as of now and as of its announcement, in every channel and language."""
    facade, now = site.bitacora.facade, site.tick()
    found: dict[str, str] = {}
    for each in announced(facade, now):
        for position in (each.position, now):
            letter = composed(facade, each, position=position)
            when = "then" if position == each.position else "now"
            for channel in Channel:
                for language in ALL_LANGUAGES:
                    found[f"{each.thing}/{each.entry} {when} {channel} {language}"] = letter.write(channel, language)
    return found


class TestLetters:
    def test_are_the_same_before_and_after_what_is_private_and_name_nothing_of_it(
        self, scene_on_one_store: Scene
    ) -> None:
        scene, site = scene_on_one_store, scene_on_one_store.site
        before = everything_written(site)
        assert len(before) > 100

        live_through(scene, AT_ONE_MOMENT)
        assert everything_written(site) == before
        live_through(scene, OVER_HOURS)
        _public_news(scene)
        made_public(scene)

        written = everything_written(site)
        assert written.keys() > before.keys()
        marks = (WORD, ACCOUNT, *NAMES_OF_TOKENS, *scene.secrets.values())
        assert [(name, mark) for name, body in written.items() for mark in marks if mark in body] == []


def _public_news(scene: Scene) -> None:
    made(scene.site.update(scene.declared, "investigating", message="News."))
    for path in (f"/v1/maintenance-windows/{scene.planned}", f"/v1/maintenance-windows/{scene.under_way}", scene.lost):
        made(scene.site.operator.post(f"{path}/updates", {"message": "News."}))
