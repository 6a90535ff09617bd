"""The texts that policies publish, in every language there are words for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.document import chosen
from application.languages import look_up
from domain.components import Component
from domain.impact import Status
from domain.incidents import Occasion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from application.log import Log
    from domain.text import Text

STATUSES: dict[str, dict[Status, str]] = {
    "en": {
        Status.UNDER_MAINTENANCE: "under maintenance",
        Status.DEGRADED_PERFORMANCE: "degraded performance",
        Status.PARTIAL_OUTAGE: "partial outage",
        Status.MAJOR_OUTAGE: "major outage",
    },
    "es": {
        Status.UNDER_MAINTENANCE: "en mantenimiento",
        Status.DEGRADED_PERFORMANCE: "rendimiento reducido",
        Status.PARTIAL_OUTAGE: "interrupción parcial",
        Status.MAJOR_OUTAGE: "interrupción grave",
    },
    "pl": {
        Status.UNDER_MAINTENANCE: "prace konserwacyjne",
        Status.DEGRADED_PERFORMANCE: "obniżona wydajność",
        Status.PARTIAL_OUTAGE: "częściowa awaria",
        Status.MAJOR_OUTAGE: "poważna awaria",
    },
    "pt": {
        Status.UNDER_MAINTENANCE: "em manutenção",
        Status.DEGRADED_PERFORMANCE: "desempenho reduzido",
        Status.PARTIAL_OUTAGE: "interrupção parcial",
        Status.MAJOR_OUTAGE: "interrupção grave",
    },
}

SENTENCES: dict[str, dict[Occasion, str]] = {
    "en": {
        Occasion.TITLE: "{what}",
        Occasion.PUBLISHED: "We have noticed a problem and are looking into it: {what}.",
        Occasion.FIRED_AGAIN: "The problem is back; we are working on it: {what}.",
        Occasion.MONITORING: "Our monitoring no longer sees the problem; we keep watching.",
        Occasion.RESOLVED: "The problem has not come back; we consider it solved.",
        Occasion.REOPENED: "The problem has returned; we are looking into it: {what}.",
    },
    "es": {
        Occasion.TITLE: "{what}",
        Occasion.PUBLISHED: "Hemos detectado un problema y lo estamos investigando: {what}.",
        Occasion.FIRED_AGAIN: "El problema ha vuelto; estamos trabajando en ello: {what}.",
        Occasion.MONITORING: "Nuestra supervisión ya no detecta el problema; seguimos atentos.",
        Occasion.RESOLVED: "El problema no se ha repetido; lo damos por resuelto.",
        Occasion.REOPENED: "El problema ha reaparecido; lo estamos investigando: {what}.",
    },
    "pl": {
        Occasion.TITLE: "{what}",
        Occasion.PUBLISHED: "Wykryliśmy problem i badamy jego przyczynę: {what}.",
        Occasion.FIRED_AGAIN: "Problem powrócił; pracujemy nad nim: {what}.",
        Occasion.MONITORING: "Nasz monitoring nie widzi już problemu; obserwujemy dalej.",
        Occasion.RESOLVED: "Problem nie powrócił; uznajemy go za rozwiązany.",
        Occasion.REOPENED: "Problem wystąpił ponownie; badamy jego przyczynę: {what}.",
    },
    "pt": {
        Occasion.TITLE: "{what}",
        Occasion.PUBLISHED: "Detectámos um problema e estamos a investigar: {what}.",
        Occasion.FIRED_AGAIN: "O problema voltou; estamos a trabalhar nele: {what}.",
        Occasion.MONITORING: "A nossa monitorização já não vê o problema; continuamos atentos.",
        Occasion.RESOLVED: "O problema não se repetiu; consideramo-lo resolvido.",
        Occasion.REOPENED: "O problema reapareceu; estamos a investigar: {what}.",
    },
}

NAMED = 5
"""How many components a generated text names; the worst stand first."""

SOMETHING = {"en": "Internal system", "es": "Sistema interno", "pl": "System wewnętrzny", "pt": "Sistema interno"}
"""What stands for components that readers may not know of."""


class Words:
    """Words the occasions of a policy; components are named as readers know them."""

    def __init__(self, log: Log, languages: Iterable[str]) -> None:
        """Speak ``languages``, and English for those there are no words in."""
        self._log = log
        self._languages = tuple(languages)

    def __call__(self, occasion: Occasion, *, components: Mapping[str, Status], markets: Iterable[str]) -> Text:
        """Word an occasion in each language."""
        return {
            language: SENTENCES[look_up(language, SENTENCES) or "en"][occasion].format(
                what=self._what(language, components, markets)
            )
            for language in self._languages
        }

    def _what(self, language: str, components: Mapping[str, Status], markets: Iterable[str]) -> str:
        statuses = STATUSES[look_up(language, STATUSES) or "en"]
        named = [
            f"{self._name(key, language)}: {statuses[status]}"
            for key, status in sorted(components.items(), key=lambda item: -item[1].rank)
            if status in statuses
        ]
        only = ", ".join(markets)
        distinct = list(dict.fromkeys(named))
        more = ", …" if len(distinct) > NAMED else ""
        return ", ".join(distinct[:NAMED]) + more + (f" ({only})" if only else "")

    def _name(self, key: str, language: str) -> str:
        component = self._log.find(Component, Component.id_of(key))
        if component is None or not component.is_public:
            return SOMETHING[look_up(language, SOMETHING) or "en"]
        return chosen(component.name, language, language) or key
