"""How a command, or a policy, makes finished texts of a template: what is recorded has no blanks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from application.components.names import NAMED, SOMETHING, public_name
from application.document import chosen
from application.texts import translatable
from application.written_times import write_country, write_list, write_moment
from domain.errors import Invalid
from domain.impact import EVERYWHERE
from domain.templates.blanks import Blank, fill_blanks
from domain.templates.errors import BlankWithoutValue
from domain.templates.template import Purpose, TextTemplate

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from application.log import Log
    from application.ports import Catalogs
    from domain.text import Text

EVERY_COMPONENT = translatable("all components")
"""What stands in a sentence for the whole product."""
NOTHING_SAID: Mapping[Blank, str | None] = {}


@dataclass(frozen=True, kw_only=True)
class TemplateUse:
    """Which template a command uses, and what it says itself of the blanks."""

    key: str
    blanks: Mapping[Blank, Text] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a text is about: from this, blanks have their values of which nothing else is said.

    ``time`` has the clocks by which it is written; None if it is not known.
    """

    components: Iterable[str]
    markets: Iterable[str] = ()
    time: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class FilledTexts:
    """Finished texts; None where there is none."""

    title: Text | None
    message: Text | None

    @property
    def required_title(self) -> Text:
        """The title.

        Raises:
            Invalid: if there is none.
        """
        return _required(self.title, "title")

    @property
    def required_message(self) -> Text:
        """The message.

        Raises:
            Invalid: if there is none.
        """
        return _required(self.message, "message")


class TemplateTexts:
    """Fills templates for commands."""

    def __init__(self, languages: tuple[str, ...], catalogs: Catalogs, zone: tzinfo) -> None:
        """Use what is said in the first of ``languages`` where nothing else is; ``zone`` is that of the page."""
        self.zone = zone
        self._default_language = languages[0]
        self._catalogs = catalogs

    def fill(
        self,
        log: Log,
        use: TemplateUse | None,
        *,
        purpose: Purpose,
        subject: Subject,
        title: Text | None = None,
        message: Text | None = None,
    ) -> FilledTexts:
        """Give the texts of a template in each of its languages, in place of those that are not said.

        Raises:
            Invalid: if there is no such template, it is retired, or it is for something else.
            BlankWithoutValue: naming a blank of which nothing is known.
        """
        if use is None:
            return FilledTexts(title=title, message=message)
        template = _template_for(log, use.key, purpose)
        return FilledTexts(
            title=title or self._filled(log, template.title, use, subject),
            message=message or self._filled(log, template.message, use, subject),
        )

    def _filled(self, log: Log, text: Text, use: TemplateUse, subject: Subject) -> Text | None:
        filled = {}
        for language, sentence in text.items():
            said = {blank: chosen(each, language, self._default_language) for blank, each in use.blanks.items()}
            filled[language] = fill_sentence(log, sentence, language, subject, catalogs=self._catalogs, said=said)
        return filled or None


def fill_sentence(
    log: Log,
    sentence: str,
    language: str,
    subject: Subject,
    *,
    catalogs: Catalogs,
    said: Mapping[Blank, str | None] = NOTHING_SAID,
) -> str:
    """Fill a text in one language: with what is ``said`` of its blanks, else with what it is about.

    Raises:
        BlankWithoutValue: naming a blank of which nothing is known.
        Invalid: if it would be too long.
    """

    @cache
    def value_of(blank: Blank) -> str:
        value = said.get(blank) or _known_value(log, blank, language, subject, catalogs)
        if value is None:
            raise BlankWithoutValue(
                f"the template has the blank {blank.as_written}, and nothing is known that could stand there",
                pointer=f"/blanks/{blank}",
            )
        return value

    return fill_blanks(sentence, value_of)


def _known_value(log: Log, blank: Blank, language: str, subject: Subject, catalogs: Catalogs) -> str | None:
    match blank:
        case Blank.COMPONENT:
            return _component_names(log, language, list(subject.components), catalogs)
        case Blank.MARKET:
            return write_list(language, [write_country(language, market) for market in subject.markets]) or None
        case Blank.TIME:
            return None if subject.time is None else write_moment(language, subject.time)


def _component_names(log: Log, language: str, keys: Sequence[str], catalogs: Catalogs) -> str | None:
    if EVERYWHERE in keys:
        return catalogs.text(language, EVERY_COMPONENT)
    found = [public_name(log, key, language) for key in keys]
    # What readers may not know of has no part in what is said of the others.
    names = list(dict.fromkeys(name for name in found if name is not None))
    if not names:
        return catalogs.text(language, SOMETHING) if keys else None
    return ", ".join((*names[:NAMED], "…")) if len(names) > NAMED else write_list(language, names)


def _template_for(log: Log, key: str, purpose: Purpose) -> TextTemplate:
    template = log.find(TextTemplate, TextTemplate.id_of(key))
    if template is None or template.retired_at is not None:
        raise Invalid(f"template {key} is {'unknown' if template is None else 'retired'}", pointer="/template")
    if template.purpose is not purpose:
        raise Invalid(f"template {key} is for {template.purpose}, and not for {purpose}", pointer="/template")
    return template


def _required(text: Text | None, name: str) -> Text:
    if text is None:
        raise Invalid(f"say a {name}, or name a template that has one", pointer=f"/{name}")
    return text
