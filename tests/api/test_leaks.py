"""Nothing private shows outside: not in a body, a header, a tag, a count or an error, whatever is asked."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import pytest

from domain.impact import Status
from tests.api.client import Site, made, problem
from tests.api.private_changes import (
    LABELS,
    VAULT,
    WORD,
    Scene,
    a_public_morning,
    declared_in_private,
    inside_public_incidents,
    inside_public_windows,
    made_public,
    signals_without_incident,
    tokens_and_the_vault,
    windows_in_private,
)
from tests.api.private_chapters import AT_ONE_MOMENT, NAMES_OF_TOKENS, OVER_HOURS, live_through
from tests.api.private_recoveries import (
    OTHER,
    PANEL,
    a_public_loss,
    of_the_loss,
)
from tests.api.private_requests import the_ledger_of
from tests.api.readers import NOBODY, NOTHING, Answered, Places, Question, ask, ask_all, questions


@pytest.fixture
def site(database: str) -> Iterator[Site]:
    """The service, whose readers get no other checkpoint meanwhile: it changes with the clock, and in steps."""
    with Site(database, checkpoint_every="P9D") as site:
        yield site


@pytest.fixture
def scene(site: Site) -> Scene:
    """A public morning, before which everybody is known who will do something."""
    return a_public_loss(a_public_morning(site))


def everything(scene: Scene) -> list[Question]:
    """Give every question that can be asked from outside."""
    places = Places(
        components=(LABELS, VAULT, PANEL, OTHER),
        ids=(scene.declared, scene.resolved, scene.detected, scene.planned, scene.under_way, of_the_loss(scene).id),
        last_position=scene.site.tick(),
    )
    return list(dict.fromkeys(questions(scene.site, places)))


class TestReaders:
    def test_are_answered_the_same_before_and_after_what_is_private(self, scene: Scene) -> None:
        asked = everything(scene)
        answers = ask_all(scene.site, asked)
        # What is refused for its form reads nothing: it is asked before and after each part, not at each change.
        bare = [question for question in asked if question.is_bare and answers[question].status != 422]

        for part in (AT_ONE_MOMENT, OVER_HOURS):
            began = scene.site.clock.moment
            for change in chain.from_iterable(chapter(scene) for chapter in part):
                scene.site.tick()
                stands = scene.site.clock.moment == began
                again = ask_all(scene.site, (question for question in bare if stands or not question.moves))
                for question, answered in again.items():
                    assert answered == answers[question], (change, question)
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
        of_the_loss(scene).says("login", "available")
        of_the_loss(scene).done("reconciliation", {"public": True})
        made(scene.site.operator.post(f"/v1/incidents/{scene.resolved}/reconciliation", {"public": True}))
        scene.site.tick()

        changed = {
            question.path for question, answered in ask_all(scene.site, asked).items() if answered != before[question]
        }
        assert {"/v1/status", "/metrics", "/v1/panels/availability", "/v1/restorations", scene.lost} <= changed
        assert f"/v1/incidents/{scene.resolved}" in changed

    def test_never_find_what_is_private_by_its_name_either(self, scene_on_one_store: Scene) -> None:
        scene = scene_on_one_store
        live_through(scene, (tokens_and_the_vault, declared_in_private, signals_without_incident, windows_in_private))
        names = ("declared", "backfilled", "window", "later window", "window 0 of a series", "series")
        hidden = [scene.secrets[name] for name in names]

        for question in everything(scene):
            for text, stand_in in [(VAULT, NOTHING), *((NOBODY, id) for id in hidden)]:
                if text in question.path or text in dict(question.query).values():
                    query = tuple((name, stand_in if value == text else value) for name, value in question.query)
                    other = replace(question, path=question.path.replace(text, stand_in), query=query)
                    assert _renamed(ask(scene.site, other), stand_in) == _renamed(ask(scene.site, question), text)

    def _assert_silence(self, scene: Scene, answers: dict[Question, Answered]) -> None:
        for question, answered in answers.items():
            # A refusal may repeat what the question says itself.
            is_named = VAULT in question.path or VAULT in dict(question.query).values()
            said = answered.text.replace(VAULT, "") if is_named else answered.text
            for word in (WORD, *NAMES_OF_TOKENS, *scene.secrets.values()):
                assert word not in said, (question, word)


class TestOperators:
    def test_do_see_what_readers_do_not(self, scene_on_one_store: Scene) -> None:
        scene = scene_on_one_store
        live_through(scene, AT_ONE_MOMENT)
        operator = scene.site.operator

        kinds = ("status", "incidents", "signals", "maintenance-windows", "maintenance-series")
        seen = "".join(operator.get(f"/v1/{kind}").text for kind in kinds)
        seen += operator.get(scene.lost).text + operator.get(f"{scene.lost}/accounts").text

        public = ("vault", "title", "note", "monitor", "learned", "draft", "ventana", "freeze", "news", "sellers")
        ledger = the_ledger_of(scene)
        for what in ("shop", "order", "4", "summary", "note", "reviewer"):
            assert f"{WORD}-{what}" in ledger or f"{WORD} {what}" in ledger, what
        for what in (*public, "powód", "voucher", "shop", "temporary", "archive", "1"):
            assert f"{WORD}-{what}" in seen or f"{WORD} {what}" in seen, what


class TestPrivateComponentInAPublicIncident:
    def test_shows_neither_its_key_nor_its_status_nor_its_weight(self, scene_on_one_store: Scene) -> None:
        scene = scene_on_one_store
        live_through(scene, (tokens_and_the_vault, inside_public_incidents))

        inside = scene.site.operator.get(f"/v1/incidents/{scene.declared}").json()
        outside = scene.site.reader.get(f"/v1/incidents/{scene.declared}").json()

        assert (inside["impact"], outside["impact"]) == ("critical", "minor")
        assert inside["components"][VAULT] == Status.MAJOR_OUTAGE
        assert set(outside["components"]) == set(outside["impact_spans"]) == {LABELS}


class TestPrivateComponentInAnAnnouncedWindow:
    def test_shows_neither_its_key_nor_its_status(self, scene_on_one_store: Scene) -> None:
        scene = scene_on_one_store
        live_through(scene, (tokens_and_the_vault, inside_public_windows))
        path, later = f"/v1/maintenance-windows/{scene.planned}", "20:30"
        scene.site.set_clock(later)
        moved = {"message": "We go on.", "components": {VAULT: "partial_outage", LABELS: "degraded_performance"}}
        assert scene.site.operator.post(f"{path}/updates", moved).status_code == 201

        inside = scene.site.operator.get(path).json()
        outside = scene.site.reader.get(path, params={"min_position": scene.site.tick()}).json()

        assert inside["components"][VAULT] == Status.MAJOR_OUTAGE
        assert set(inside["impact_spans"]) == set(inside["updates"][-1]["components"]) == {LABELS, VAULT}
        assert set(outside["components"]) == set(outside["impact_spans"]) == {LABELS}
        assert outside["updates"][-1]["components"] == {LABELS: "degraded_performance"}
        refused = scene.site.reader.get("/v1/maintenance-windows", params={"component": VAULT})
        assert problem(refused, 422, "invalid")["detail"] == f"there is no component {VAULT}"


def _renamed(answered: Answered, name: str) -> tuple[int, str]:
    # The length of a name that was asked for shows in the length of the answer that repeats it.
    headers = [header for header in answered.headers if header[0] not in {"content-length", "etag"}]
    return answered.status, f"{headers}{answered.body.decode()}".replace(name, "")
