"""The sentences about public changes, in every language of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.site.kernel.languages import Speech
from application.changes.sentences import Sentences

if TYPE_CHECKING:
    from application.facade import Facade


def sentences_of(facade: Facade) -> Sentences:
    """Give what puts changes into words, with times by the clocks of the site."""
    settings = facade.settings
    return Sentences({tag: Speech(tag, settings.zone, facade.catalogs) for tag in settings.languages})
