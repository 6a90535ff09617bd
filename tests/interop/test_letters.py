"""What is sent to Slack and Teams, held against their own models, whatever people have written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.subscriptions.values import Channel
from tests.api.client import Site
from tests.api.notifications.announced import announced, composed
from tests.api.site.hostile_world import SETTINGS, fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.notifications.letters import Composed
    from tests.databases import SQLiteFiles
    from tests.interop.environments import Runner


@pytest.fixture(scope="module", name="letters")
def _letters(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Composed]:
    with Site(sqlite_files.migrated(tmp_path_factory.mktemp("letters")), **SETTINGS) as site:
        fill(site)
        facade = site.bitacora.facade
        every = announced(facade, site.tick())
        return [*(composed(facade, each) for each in every), composed(facade, *every)]


def test_slack_knows_each_block(letters: Sequence[Composed], in_python: Runner) -> None:
    for letter in letters:
        found = in_python.ask("slack_message", body=letter.write(Channel.SLACK, "es"))

        assert (found["known"], found["same"]) == (True, True)
        assert set(found["types"]) <= {"header", "section", "rich_text"}
        assert found["types"][0] == "header"
        assert set(found["rich"]) <= {
            "rich_text_section",
            "rich_text_list",
            "rich_text_quote",
            "rich_text_preformatted",
        }


def test_teams_has_nothing_to_say_about_a_card(letters: Sequence[Composed], in_node: Runner) -> None:
    for letter in letters:
        found = in_node.ask("adaptive_card", body=letter.write(Channel.TEAMS, "es"))

        assert found["faults"] == []
        assert (found["type"], found["version"]) == ("application/vnd.microsoft.card.adaptive", "1.4")
        assert found["items"] > 2
        assert found["actions"] >= 1
