"""What the pages of subscriptions say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from application.texts import translatable
from domain.impact import Level
from domain.subscriptions.values import Rhythm

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech
    from api.site.subscription_forms import FilledWish

IMPACTS = {
    Level.NONE: translatable("All problems"),
    Level.MINOR: translatable("Degraded performance or worse"),
    Level.MAJOR: translatable("Partial outages or worse"),
    Level.CRITICAL: translatable("Major outages only"),
}
RHYTHMS = {
    Rhythm.INSTANT: translatable("At once"),
    Rhythm.HOURLY: translatable("Together, once an hour"),
    Rhythm.DAILY: translatable("Together, once a day"),
}
KINDS = {
    "groups": translatable("Groups"),
    "components": translatable("Components"),
    "audiences": translatable("Maintenance for"),
    "panels": translatable("Panels"),
}
"""What the lists are called from which readers choose, in their order."""

Words = Callable[[Mapping[str, Any], "Speech"], Mapping[str, Any]]


def wish_words(wish: FilledWish) -> Words:
    """Make what says the words of a form that is filled in with a wish."""

    def words(document: Mapping[str, Any], speech: Speech) -> Mapping[str, Any]:
        return {
            "wish": wish,
            "kinds": [(member, speech.text(name)) for member, name in KINDS.items() if document["choices"][member]],
            "impacts": [(str(level), speech.text(name)) for level, name in IMPACTS.items()],
            "rhythms": [(str(rhythm), speech.text(name)) for rhythm, name in RHYTHMS.items()],
        }

    return words
