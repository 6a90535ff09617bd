"""Checks what somebody wants to be notified of, against what he may know of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.http.key_names import known_components, known_keys, known_panels
from application.key_names import KeyKind
from application.languages import look_up
from application.nearest import did_you_mean
from domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from application.facade import Facade
    from application.status.board import Viewer
    from domain.subscriptions.values import NotificationScope


async def require_known_scope(facade: Facade, scope: NotificationScope, side: Viewer) -> None:
    """Refuse keys that somebody on this side does not know.

    Raises:
        Invalid: naming the nearest that he knows.
    """
    await facade.visibility.reach_own()
    known: dict[str, Callable[[], Awaitable[Iterable[str]]]] = {
        "components": lambda: known_components(facade, side),
        "groups": lambda: known_keys(facade, KeyKind.GROUP, side),
        "audiences": lambda: known_keys(facade, KeyKind.AUDIENCE, side),
        "panels": lambda: known_panels(facade),
    }
    for member, look in known.items():
        keys = getattr(scope, member)
        if not keys:
            continue
        found = list(await look())
        for place, key in enumerate(keys):
            if key not in found:
                what = member.removesuffix("s")
                raise Invalid(
                    f"there is no {what} {key[:100]}{did_you_mean(key, found)}", pointer=f"/scope/{member}/{place}"
                )


def known_language(facade: Facade, language: str | None) -> str:
    """Give the language of the site that is meant; the first one if none is named.

    Raises:
        Invalid: if the site does not have it.
    """
    languages = facade.settings.languages
    if language is None:
        return languages[0]
    found = look_up(language, languages)
    if found is None:
        raise Invalid(f"the site has no language {language[:35]!r}; it has {', '.join(languages)}", pointer="/language")
    return found
