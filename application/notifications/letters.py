"""What a notification says: the finished words of each channel in each language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from typing_extensions import TypedDict

if TYPE_CHECKING:
    from application.changes.announcements import Announcement
    from domain.subscriptions.values import Channel, Rhythm

MANAGE, UNSUBSCRIBE = "https://manage.invalid/", "https://unsubscribe.invalid/"
"""What stands in the text and the HTML of a mail where the links of one subscriber belong.

Replace them when the mail is sent. Nothing that people write brings them into a letter.
"""


class MailLetter(TypedDict):
    """A mail without its recipient."""

    subject: str
    """One line, of 120 characters at most."""
    text: str
    """The plain text, lines end with a line feed."""
    html: str
    """The same as a whole HTML document."""
    thing: str
    """The type and the id of what it is about (`incident/…`), by which mails are threaded; empty if of several."""


class Composed(Protocol):
    """What was announced, ready to be written in each channel and language; it reads nothing any more."""

    def write(self, channel: Channel, language: str) -> str:
        """Write the body: the JSON of a `MailLetter` for mail, else the JSON that is posted.

        The same announcements give the same bytes. A language that the site does not have falls back to its default.

        Raises:
            ValueError: if it is for a webhook and of several announcements. A webhook gets one body for each.
        """
        ...


class Letters(Protocol):
    """Writes letters from what readers see; nothing private comes into one.

    Its methods block. Call them in a thread that runs no event loop.
    """

    def compose(self, announcements: Sequence[Announcement], position: int) -> Composed:
        """Read what one or several announcements say, as readers see it at a position.

        Several become one letter about the newest. They may come in any order.

        Raises:
            ValueError: if there is no announcement, or if one is newer than the position.
            NotYetVisible: if a view does not reflect the position, or is being built anew.
        """
        ...

    def compose_digest(self, announcements: Sequence[Announcement], position: int, rhythm: Rhythm) -> Composed:
        """Read the same for a letter that says all that was announced in an hour or a day.

        Raises:
            ValueError: as above.
            NotYetVisible: as above.
        """
        ...

    def write_confirmation(self, language: str, link: str) -> MailLetter:
        """Ask somebody to confirm a subscription; `link` leads to the page with the button and is valid for 7 days."""
        ...

    def write_already_subscribed(self, language: str, link: str) -> MailLetter:
        """Tell somebody who asked again that there is a subscription; `link` leads to the page that manages it."""
        ...
