"""What policies publish is worded in every language, and names nothing that readers may not know."""

from __future__ import annotations

import pytest

from application.incidents.wording import SENTENCES, STATUSES, Words
from domain.impact import Status
from domain.incidents import Occasion
from domain.text import Text
from tests.application.program import IMPORTS, LABELS, TICK, Program, at, running

NAMES = {"en": "Labels", "es": "Etiquetas", "pl": "Etykiety"}


class TestWords:
    def test_are_there_for_every_occasion_and_status(self) -> None:
        assert list(SENTENCES) == list(Occasion)
        assert set(STATUSES) == {status for status in Status if status.is_impact}

    def test_name_the_component_and_its_status_in_each_language(self, sqlite_url: str) -> None:
        with running(sqlite_url) as program:
            program.register(name=NAMES)

            assert worded(program, {LABELS: Status.MAJOR_OUTAGE}) == {
                "en": "Labels: major outage",
                "es": "Etiquetas: interrupción grave",
                "pl": "Etykiety: poważna awaria",
                # Where no name was given in a language, the first is as good as any.
                "pt": "Labels: interrupção grave",
            }

    def test_name_the_worst_first_and_the_markets_if_only_some_are_hit(self, sqlite_url: str) -> None:
        with running(sqlite_url) as program:
            program.register()
            program.register(IMPORTS)

            said = worded(
                program, {LABELS: Status.DEGRADED_PERFORMANCE, IMPORTS: Status.PARTIAL_OUTAGE}, markets=("MX", "BR")
            )

            assert said["en"] == "Imports: partial outage, Labels: degraded performance (MX, BR)"

    def test_name_no_private_component(self, sqlite_url: str) -> None:
        with running(sqlite_url) as program:
            program.register(name=NAMES, public=False)
            program.register(IMPORTS, name=NAMES, public=False)

            said = worded(program, {LABELS: Status.MAJOR_OUTAGE, IMPORTS: Status.MAJOR_OUTAGE})

            # Nor how many there are.
            assert said == {
                "en": "Internal system: major outage",
                "es": "Sistema interno: interrupción grave",
                "pl": "System wewnętrzny: poważna awaria",
                "pt": "Sistema interno: interrupção grave",
            }

    def test_say_nothing_of_a_private_component_beside_a_public_one(self, sqlite_url: str) -> None:
        with running(sqlite_url) as program:
            program.register()
            program.register(IMPORTS, public=False)

            said = worded(program, {LABELS: Status.DEGRADED_PERFORMANCE, IMPORTS: Status.MAJOR_OUTAGE})

            assert said["en"] == "Labels: degraded performance"

    def test_say_nothing_of_what_is_well(self, sqlite_url: str) -> None:
        with running(sqlite_url) as program:
            program.register()
            program.register(IMPORTS)

            said = worded(program, {LABELS: Status.OPERATIONAL, IMPORTS: Status.UNDER_MAINTENANCE})

            assert said["en"] == "Imports: under maintenance"

    def test_are_english_in_a_language_there_are_none_in(self, sqlite_url: str) -> None:
        with running(sqlite_url, languages=("de", "pl")) as program:
            program.register(name=NAMES | {"de": "Etiketten"})

            assert worded(program, {LABELS: Status.MAJOR_OUTAGE}) == {
                "de": "Etiketten: major outage",
                "pl": "Etykiety: poważna awaria",
            }


class TestPolicy:
    @pytest.mark.parametrize("public", [True, False])
    def test_words_all_that_it_publishes_in_all_languages(self, database: str, public: bool) -> None:
        with running(database) as program:
            program.register(name=NAMES, public=public)
            incident = program.fire().incident
            program.let_time_pass(at("10:30") + TICK)
            program.clear()
            program.let_time_pass(at("10:35"))
            program.fire()
            program.clock.show(at("10:40"))
            program.clear()
            program.let_time_pass(at("11:00"))
            program.fire()
            program.let_time_pass(at("12:00"))

            told = program.incident(incident)
            texts = [told.title, *(entry.message for entry in told.timeline)]

        assert [entry.progress for entry in told.timeline] == [
            "investigating",
            "monitoring",
            "identified",
            "monitoring",
            "resolved",
            "investigating",
        ]
        assert all(set(text) == {"en", "es", "pl", "pt"} for text in texts)
        assert all(sentence for text in texts for sentence in text.values())
        assert all(sentence.count(":") <= 1 for text in texts for sentence in text.values())
        named = [sentence for text in texts for sentence in text.values() if "Labels" in sentence or "Etyk" in sentence]
        assert bool(named) is public


def worded(program: Program, components: dict[str, Status], *, markets: tuple[str, ...] = ()) -> Text:
    """Word the title of an incident on components."""
    return program.do(
        lambda log: Words(log, program.facade.settings.languages, program.facade.catalogs)(
            Occasion.TITLE, components=components, markets=markets
        )
    )
