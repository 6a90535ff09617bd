"""Writes letters from what the site shows: implements the port of the planner."""

from __future__ import annotations

import asyncio
import json
from functools import cached_property
from typing import TYPE_CHECKING

from api.http.visibility import in_language
from api.notifications.letters.documents import LetterDocument
from api.notifications.letters.mail import write_confirmation_mail, write_mail, write_subscribed_mail
from api.notifications.letters.reading import read_letter
from api.notifications.letters.slack import write_slack
from api.notifications.letters.teams import write_teams
from api.notifications.letters.webhook import notification
from api.notifications.letters.words import letter_words
from api.site.kernel.languages import Speech
from application.languages import look_up
from domain.subscriptions.values import Channel, Rhythm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.notifications.letters.text import LetterWords
    from application.changes.announcements import Announcement
    from application.facade import Facade, FacadeSettings
    from application.notifications.letters import MailLetter
    from application.ports import Catalogs


class SiteLetters:
    """Implements ``Letters`` on what readers of the site see."""

    def __init__(self, facade: Facade) -> None:
        """Write of what ``facade`` reads."""
        self._facade = facade
        self._speeches = Speeches(facade.settings, facade.catalogs)

    def compose(self, announcements: Sequence[Announcement], position: int) -> ComposedLetter:
        """Read what announcements say."""
        return self.compose_digest(announcements, position, Rhythm.INSTANT)

    def compose_digest(self, announcements: Sequence[Announcement], position: int, rhythm: Rhythm) -> ComposedLetter:
        """Read what announcements of some time say."""
        if not announcements:
            raise ValueError("a letter says something")
        newest = max(each.position for each in announcements)
        if newest > position:
            raise ValueError(f"an announcement of position {newest} is not seen at {position}")
        document = asyncio.run(read_letter(self._facade, announcements, position))
        return ComposedLetter(document, self._speeches, rhythm)

    def write_confirmation(self, language: str, link: str) -> MailLetter:
        """Ask somebody to confirm a subscription."""
        return write_confirmation_mail(self._speeches.find(language), self._speeches.site.name, link)

    def write_already_subscribed(self, language: str, link: str) -> MailLetter:
        """Tell somebody who asked again that there is a subscription."""
        return write_subscribed_mail(self._speeches.find(language), self._speeches.site.name, link)


class ComposedLetter:
    """Implements ``Composed``: writes each body once."""

    def __init__(self, document: LetterDocument, speeches: Speeches, rhythm: Rhythm) -> None:
        """Write what ``document`` says."""
        self._document = document
        self._speeches = speeches
        self._rhythm = rhythm
        self._written: dict[tuple[Channel, str], str] = {}

    def write(self, channel: Channel, language: str) -> str:
        """Write the body for a channel, in a language."""
        if channel is Channel.WEBHOOK:
            return self._webhook
        speech = self._speeches.find(language)
        key = (channel, speech.language)
        if key not in self._written:
            self._written[key] = self._body(channel, speech)
        return self._written[key]

    @cached_property
    def _webhook(self) -> str:
        return _json(notification(self._document))

    def _body(self, channel: Channel, speech: Speech) -> str:
        words = self._words(speech)
        match channel:
            case Channel.SLACK:
                return write_slack(words, speech)
            case Channel.TEAMS:
                return write_teams(words, speech)
            case _:
                return _json(write_mail(words, speech))

    def _words(self, speech: Speech) -> LetterWords:
        default = self._speeches.default
        document = in_language(self._document, speech.language, default, LetterDocument)
        return letter_words(document, speech, self._speeches.site, self._rhythm)


class Speeches:
    """What writes in each of the languages of the site."""

    def __init__(self, settings: FacadeSettings, catalogs: Catalogs) -> None:
        """Write by the clocks of the site."""
        self.site = settings.site
        self.default = settings.languages[0]
        self._known = {tag: Speech(tag, settings.zone, catalogs) for tag in settings.languages}

    def find(self, language: str) -> Speech:
        """Give what writes in a language, else in the nearest one (RFC 4647), else in the default one."""
        return self._known[look_up(language, tuple(self._known)) or self.default]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
