"""Nothing private shows outside: not in a body, a header, a tag, a count or an error, whatever is asked."""

from collections.abc import Callable, Iterator

import pytest

from domain.impact import Status
from tests.api.given import Site, at
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
    a_public_morning,
    a_quiet_component,
    declared_in_private,
    detections,
    inside_public_incidents,
    made_public,
    signals_without_incident,
    tokens_and_the_vault,
)

CHAPTERS = (
    tokens_and_the_vault,
    declared_in_private,
    signals_without_incident,
    inside_public_incidents,
    detections,
    a_quiet_component,
)
NAMES_OF_TOKENS = ("the-operator", "the-emitter", "the-auditor", "token:")


@pytest.fixture
def scene(site: Site) -> Scene:
    """A public morning, before which everybody is known who will do something."""
    return a_public_morning(site)


def everything(scene: Scene) -> list[Question]:
    """Give every question that can be asked from outside."""
    places = Places(
        components=(LABELS, VAULT),
        incidents=(scene.declared, scene.resolved, scene.detected),
        last_position=scene.site.tick(),
    )
    return list(dict.fromkeys(questions(scene.site, places)))


class TestReaders:
    @pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.__name__)
    def test_are_answered_the_same_before_and_after_what_is_private(
        self, scene: Scene, chapter: Callable[[Scene], Iterator[str]]
    ) -> None:
        if chapter is not tokens_and_the_vault:
            for _ in tokens_and_the_vault(scene):
                scene.site.tick()
        asked = everything(scene)
        bare = [question for question in asked if not question.query]
        before, began = ask_all(scene.site, asked), scene.site.clock.moment

        for change in chapter(scene):
            scene.site.tick()
            still = scene.site.clock.moment == began
            for question in bare:
                if still or not question.moves:
                    assert ask(scene.site, question) == before[question], (change, question)

        after = ask_all(scene.site, [question for question in asked if still or not question.moves])
        for question, answered in after.items():
            assert answered == before[question], question
        self._assert_silence(scene, after)

    def test_are_told_what_is_public(self, scene: Scene) -> None:
        asked = [question for question in everything(scene) if not question.query]
        before = ask_all(scene.site, asked)

        made_public(scene)
        scene.site.tick()

        changed = {question.path for question, answered in ask_all(scene.site, asked).items() if answered != before[question]}
        assert {"/v1/status", "/metrics"} <= changed

    def test_never_find_what_is_private_by_its_name_either(self, scene: Scene) -> None:
        for chapter in (tokens_and_the_vault, declared_in_private, signals_without_incident):
            for _ in chapter(scene):
                scene.site.tick()
        hidden = [id for name, id in scene.secrets.items() if name in {"declared", "backfilled"}]
        assert len(hidden) == 2

        for question in everything(scene):
            for text, stand_in in [(VAULT, NOTHING), *((NOBODY, id) for id in hidden)]:
                if text in question.path:
                    other = Question(question.method, question.path.replace(text, stand_in), question.query)
                    assert _renamed(ask(scene.site, other), stand_in) == _renamed(ask(scene.site, question), text)

    def _assert_silence(self, scene: Scene, answers: dict[Question, Answered]) -> None:
        for question, answered in answers.items():
            said = answered.text.replace(VAULT, "") if VAULT in question.path else answered.text
            for word in (WORD, *NAMES_OF_TOKENS, *scene.secrets.values()):
                assert word not in said, (question, word)


class TestOperators:
    def test_do_see_what_readers_do_not(self, scene: Scene) -> None:
        for chapter in CHAPTERS[:4]:
            for _ in chapter(scene):
                scene.site.tick()
        operator = scene.site.operator

        seen = "".join(operator.get(path).text for path in ("/v1/status", "/v1/incidents", "/v1/signals"))

        for what in ("vault", "title", "note", "monitor", "learned", "draft"):
            assert f"{WORD}-{what}" in seen or f"{WORD} {what}" in seen, what


class TestPrivateComponentInAPublicIncident:
    def test_shows_neither_its_key_nor_its_status_nor_its_weight(self, scene: Scene) -> None:
        for chapter in (tokens_and_the_vault, inside_public_incidents):
            for _ in chapter(scene):
                scene.site.tick()

        inside = scene.site.operator.get(f"/v1/incidents/{scene.declared}").json()
        outside = scene.site.reader.get(f"/v1/incidents/{scene.declared}").json()

        assert (inside["impact"], outside["impact"]) == ("critical", "minor")
        assert inside["components"][VAULT] == Status.MAJOR_OUTAGE
        assert set(outside["components"]) == set(outside["impact_spans"]) == {LABELS}


class TestDetectionThatDoesNotPersist:
    def test_shows_nowhere(self, site: Site) -> None:
        scene = a_public_morning(site)
        site.component("calm", position=9)
        incident = scene.signal("calm", "calm")["incident"]
        asked = [question for question in everything(scene) if not question.moves]
        before = ask_all(site, asked)

        for moment, act in self._steps(scene, incident):
            site.set_clock(moment)
            act()
            site.tick()

        assert ask_all(site, asked) == before
        assert site.operator.get(f"/v1/incidents/{incident}").json()["state"] == "dismissed"
        assert site.reader.get(f"/v1/incidents/{incident}").status_code == 404

    @staticmethod
    def _steps(scene: Scene, incident: str) -> Iterator[tuple[str, Callable[[], object]]]:
        yield "10:10", lambda: scene.signal("calm-2", "calm")
        yield "10:20", lambda: scene.operate(f"/v1/incidents/{incident}/publication-hold", {"reason": WORD})
        yield "10:40", lambda: scene.signal("calm", "calm", state="clear")
        yield "10:41", lambda: scene.signal("calm-2", "calm", state="clear")
        yield "10:50", lambda: scene.operate(f"/v1/incidents/{incident}/publication-hold", None, 200, "DELETE")
        yield "10:51", lambda: None
        yield "11:40", lambda: None


def _renamed(answered: Answered, name: str) -> tuple[int, str]:
    # The length of a name that was asked for shows in the length of the answer that repeats it.
    headers = [header for header in answered.headers if header[0] not in {"content-length", "etag"}]
    return answered.status, f"{headers}{answered.body.decode()}".replace(name, "")


def test_the_morning_is_over_before_anything_is_compared(scene: Scene) -> None:
    assert scene.site.clock.moment == at("10:00")
