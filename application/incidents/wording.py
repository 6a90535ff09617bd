"""The texts that policies publish, in every language; they are written in English and translated by catalogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.components.names import NAMED, SOMETHING, public_name
from application.languages import look_up
from application.templates.filling import Subject, fill_sentence
from application.templates.policy_texts import find_policy_template
from application.texts import translatable
from domain.errors import Invalid
from domain.impact import Status
from domain.incidents import Occasion
from domain.templates.template import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
PURPOSES = {
    Occasion.TITLE: Purpose.POLICY_PUBLISHED,
    Occasion.PUBLISHED: Purpose.POLICY_PUBLISHED,
    Occasion.FIRED_AGAIN: Purpose.POLICY_FIRED_AGAIN,
    Occasion.MONITORING: Purpose.POLICY_MONITORING,
    Occasion.RESOLVED: Purpose.POLICY_RESOLVED,
    Occasion.REOPENED: Purpose.POLICY_REOPENED,
}
"""The template of an operator that is used in place of the sentence."""


class Words:
    """Words the occasions of a policy; components are named as readers know them."""

    def __init__(self, log: Log, languages: Iterable[str], catalogs: Catalogs) -> None:
        """Speak ``languages``, with the texts of ``catalogs``."""
        self._log = log
        self._languages = tuple(languages)
        self._catalogs = catalogs

    def __call__(self, occasion: Occasion, *, components: Mapping[str, Status], markets: Iterable[str]) -> Text:
        """Word an occasion in each language: as the template of an operator does, if it can be filled in."""
        only = tuple(markets)
        template = find_policy_template(self._log, PURPOSES[occasion])
        kept = {} if template is None else template.title if occasion is Occasion.TITLE else template.message
        return {
            language: self._from_template(kept, language, components, only)
            or self._text(language, SENTENCES[occasion]).format(what=self._what(language, components, only))
            for language in self._languages
        }

    def _from_template(
        self, kept: Text, language: str, components: Mapping[str, Status], markets: Sequence[str]
    ) -> str | None:
        tag = look_up(language, kept)
        if tag is None:
            return None
        subject = Subject(components=[key for key, _ in _worst_first(components)], markets=markets)
        try:
            return fill_sentence(self._log, kept[tag], language, subject, catalogs=self._catalogs)
        except Invalid:
            # Nobody is there to say more: a policy always finds words.
            return None

    def _text(self, language: str, text: str) -> str:
        return self._catalogs.text(language, text)

    def _what(self, language: str, components: Mapping[str, Status], markets: Iterable[str]) -> str:
        broken = [(public_name(self._log, key, language), status) for key, status in _worst_first(components)]
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


def _worst_first(components: Mapping[str, Status]) -> list[tuple[str, Status]]:
    return sorted(
        ((key, status) for key, status in components.items() if status in STATUSES), key=lambda item: -item[1].rank
    )
