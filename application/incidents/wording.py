"""The texts that policies publish, in every language; they are written in English and translated by catalogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.document import chosen
from application.texts import translatable
from domain.components import Component
from domain.impact import Status
from domain.incidents import Occasion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from application.log import Log
    from application.ports import Catalogs
    from domain.text import Text

STATUSES = {
    Status.UNDER_MAINTENANCE: translatable("under maintenance"),
    Status.DEGRADED_PERFORMANCE: translatable("degraded performance"),
    Status.PARTIAL_OUTAGE: translatable("partial outage"),
    Status.MAJOR_OUTAGE: translatable("major outage"),
}
SENTENCES = {
    Occasion.TITLE: "{what}",
    Occasion.PUBLISHED: translatable("{what}. We have noticed the problem and are looking into it."),
    Occasion.FIRED_AGAIN: translatable("{what}. The problem is back, and we are working on it."),
    Occasion.MONITORING: translatable("Our monitoring no longer sees the problem; we keep watching."),
    Occasion.RESOLVED: translatable("The problem has not come back; we consider it solved."),
    Occasion.REOPENED: translatable("{what}. The problem has returned, and we are looking into it."),
}
SOMETHING = translatable("Internal system")
"""What stands for components that readers may not know of, where there are no others."""

NAMED = 5
"""How many components a generated text names; the worst stand first."""


class Words:
    """Words the occasions of a policy; components are named as readers know them."""

    def __init__(self, log: Log, languages: Iterable[str], catalogs: Catalogs) -> None:
        """Speak ``languages``, with the texts of ``catalogs``."""
        self._log = log
        self._languages = tuple(languages)
        self._catalogs = catalogs

    def __call__(self, occasion: Occasion, *, components: Mapping[str, Status], markets: Iterable[str]) -> Text:
        """Word an occasion in each language."""
        return {
            language: self._text(language, SENTENCES[occasion]).format(what=self._what(language, components, markets))
            for language in self._languages
        }

    def _text(self, language: str, text: str) -> str:
        return self._catalogs.text(language, text)

    def _what(self, language: str, components: Mapping[str, Status], markets: Iterable[str]) -> str:
        worst_first = sorted(components.items(), key=lambda item: -item[1].rank)
        broken = [(self._name(key, language), status) for key, status in worst_first if status in STATUSES]
        # What readers may not know of has no part in what is said of the others.
        public = [(name, status) for name, status in broken if name is not None]
        named = [
            f"{name or self._text(language, SOMETHING)}: {self._text(language, STATUSES[status])}"
            for name, status in public or broken
        ]
        only = ", ".join(markets)
        distinct = list(dict.fromkeys(named))
        more = ", …" if len(distinct) > NAMED else ""
        return ", ".join(distinct[:NAMED]) + more + (f" ({only})" if only else "")

    def _name(self, key: str, language: str) -> str | None:
        """Name a component; None if readers may not know of it."""
        component = self._log.find(Component, Component.id_of(key))
        if component is None or not component.is_public:
            return None
        return chosen(component.name, language, language) or key
