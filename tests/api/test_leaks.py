"""Nothing private shows outside: not in a body, a header, a tag, a count or an error, whatever is asked."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import pytest

from domain.impact import Status
from tests.api.given import Site
from tests.api.outside import (
    NOBODY,
    NOTHING,
    Answered,
    Places,
    Question,
    ask,
    ask_all,
    questions,
)
from tests.api.private_changes import (
    LABELS,
    VAULT,
    WORD,
    Scene,
    a_declared_incident,
    a_detection,
    a_public_morning,
    declared_in_private,
    inside_public_incidents,
    made_public,
    relapses,
    signals_without_incident,
    tokens_and_the_vault,
)

AT_ONE_MOMENT = (tokens_and_the_vault, declared_in_private, signals_without_incident, inside_public_incidents)
OVER_HOURS = (relapses, a_declared_incident, a_detection)
NAMES_OF_TOKENS = ("the-operator", "the-emitter", "the-auditor")


@pytest.fixture
def scene(site: Site) -> Scene:
    """A public morning, before which everybody is known who will do something."""
    return a_public_morning(site)


@pytest.fixture
def scene_on_one_store(sqlite_url: str) -> Iterator[Scene]:
    """The same, where it matters little on which store."""
    with Site(sqlite_url) as site:
        yield a_public_morning(site)


def everything(scene: Scene) -> list[Question]:
    """Give every question that can be asked from outside."""
    places = Places(
        components=(LABELS, VAULT),
        incidents=(scene.declared, scene.resolved, scene.detected),
        last_position=scene.site.tick(),
    )
    return list(dict.fromkeys(questions(scene.site, places)))


class TestReaders:
    def test_are_answered_the_same_before_and_after_what_is_private(self, scene: Scene) -> None:
        asked = everything(scene)
        bare = [question for question in asked if question.is_bare]
        answers = ask_all(scene.site, asked)

        for part in (AT_ONE_MOMENT, OVER_HOURS):
            began = scene.site.clock.moment
            for change in chain.from_iterable(chapter(scene) for chapter in part):
                scene.site.tick()
                for question in bare:
                    if not question.moves or scene.site.clock.moment == began:
                        assert ask(scene.site, question) == answers[question], (change, question)
            before, answers = answers, ask_all(scene.site, asked)
            for question in asked:
                if not question.moves or scene.site.clock.moment == began:
                    assert answers[question] == before[question], question
            self._assert_silence(scene, answers)

    def test_are_told_what_is_public(self, scene_on_one_store: Scene) -> None:
        scene = scene_on_one_store
        asked = [question for question in everything(scene) if not question.query]
        before = ask_all(scene.site, asked)

        made_public(scene)
        scene.site.tick()

        changed = {
            question.path for question, answered in ask_all(scene.site, asked).items() if answered != before[question]
        }
        assert {"/v1/status", "/metrics"} <= changed

    def test_never_find_what_is_private_by_its_name_either(self, scene_on_one_store: Scene) -> None:
        scene = scene_on_one_store
        for chapter in (tokens_and_the_vault, declared_in_private, signals_without_incident):
            for _ in chapter(scene):
                scene.site.tick()
        hidden = [id for name, id in scene.secrets.items() if name in {"declared", "backfilled"}]
        assert len(hidden) == 2

        for question in everything(scene):
            for text, stand_in in [(VAULT, NOTHING), *((NOBODY, id) for id in hidden)]:
                if text in question.path:
                    other = replace(question, path=question.path.replace(text, stand_in))
                    assert _renamed(ask(scene.site, other), stand_in) == _renamed(ask(scene.site, question), text)

    def _assert_silence(self, scene: Scene, answers: dict[Question, Answered]) -> None:
        for question, answered in answers.items():
            said = answered.text.replace(VAULT, "") if VAULT in question.path else answered.text
            for word in (WORD, *NAMES_OF_TOKENS, *scene.secrets.values()):
                assert word not in said, (question, word)


class TestOperators:
    def test_do_see_what_readers_do_not(self, scene_on_one_store: Scene) -> None:
        scene = scene_on_one_store
        for chapter in AT_ONE_MOMENT:
            for _ in chapter(scene):
                scene.site.tick()
        operator = scene.site.operator

        seen = "".join(operator.get(path).text for path in ("/v1/status", "/v1/incidents", "/v1/signals"))

        for what in ("vault", "title", "note", "monitor", "learned", "draft"):
            assert f"{WORD}-{what}" in seen or f"{WORD} {what}" in seen, what


class TestPrivateComponentInAPublicIncident:
    def test_shows_neither_its_key_nor_its_status_nor_its_weight(self, scene_on_one_store: Scene) -> None:
        scene = scene_on_one_store
        for chapter in (tokens_and_the_vault, inside_public_incidents):
            for _ in chapter(scene):
                scene.site.tick()

        inside = scene.site.operator.get(f"/v1/incidents/{scene.declared}").json()
        outside = scene.site.reader.get(f"/v1/incidents/{scene.declared}").json()

        assert (inside["impact"], outside["impact"]) == ("critical", "minor")
        assert inside["components"][VAULT] == Status.MAJOR_OUTAGE
        assert set(outside["components"]) == set(outside["impact_spans"]) == {LABELS}


def _renamed(answered: Answered, name: str) -> tuple[int, str]:
    # The length of a name that was asked for shows in the length of the answer that repeats it.
    headers = [header for header in answered.headers if header[0] not in {"content-length", "etag"}]
    return answered.status, f"{headers}{answered.body.decode()}".replace(name, "")
