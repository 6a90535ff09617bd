"""What readers fill in about a subscription, and what is wrong with it, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.site.subscription_choices import MEMBERS
from application.subscriptions.mail_address import LONGEST_ADDRESS, parse_address
from application.texts import translatable
from domain.impact import Level
from domain.subscriptions.values import MOST_KEYS, NotificationScope, Preferences, Rhythm

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

    from api.http.forms import FilledForm

EVERYTHING, SOME = "everything", "some"
NO_ADDRESS = translatable("Enter an address of e-mail, as in ana@example.com.")
NOTHING_CHOSEN = translatable("Choose at least one, or choose everything.")
GONE = translatable("Something that you chose is no longer there. Look at your choice again.")
TOO_MANY = translatable("Choose up to 100 of each kind, or choose everything.")
CHOOSE_ONE = translatable("Choose one of these.")


@dataclass(frozen=True, kw_only=True)
class FilledWish:
    """A form as it is filled in, and what is wrong with which field."""

    address: str = ""
    what: str = EVERYTHING
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What was chosen, by the members of a scope."""
    impact: str = str(Level.NONE)
    language: str = ""
    rhythm: str = str(Rhythm.INSTANT)
    faults: Mapping[str, str] = field(default_factory=dict)
    """Texts that catalogs translate, by field."""

    def has(self, member: str, key: str) -> bool:
        """Tell whether something was chosen."""
        return key in self.keys.get(member, ())

    def to_preferences(self) -> Preferences:
        """Give what is wished for, of a form without faults."""
        chosen = {member: tuple(keys) for member, keys in self.keys.items()} if self.what == SOME else {}
        scope = NotificationScope(impact=Level(self.impact), **chosen)
        return Preferences(language=self.language, rhythm=Rhythm(self.rhythm), scope=scope)


def wish_of(preferences: Preferences, known: Mapping[str, frozenset[str]]) -> FilledWish:
    """Fill in what somebody has, of what is still known."""
    scope = preferences.scope
    keys = {member: [key for key in getattr(scope, member) if key in known[member]] for member in MEMBERS}
    return FilledWish(
        what=EVERYTHING if scope.is_everything else SOME,
        keys=keys,
        impact=str(scope.impact),
        language=preferences.language,
        rhythm=str(preferences.rhythm),
    )


def wish_in_query(query: QueryParams, language: str, known: Mapping[str, frozenset[str]]) -> FilledWish:
    """Fill in what a link names; what is not known is left out."""
    keys = {member: [key for key in query.getlist(name) if key in known[member]] for member, name in MEMBERS.items()}
    return FilledWish(what=SOME if any(keys.values()) else EVERYTHING, keys=keys, language=language)


def read_wish(
    form: FilledForm, known: Mapping[str, frozenset[str]], languages: Sequence[str], *, asks_address: bool
) -> FilledWish:
    """Read what was filled in; its ``faults`` say what is wrong with it."""
    address, fault = _address(form.text("address")) if asks_address else ("", "")
    what, keys = form.text("what"), {member: form.choices(member) for member in MEMBERS}
    impact, language, rhythm = form.text("impact"), form.text("language"), form.text("rhythm")
    faults = {
        "address": fault,
        "what": _fault_of_choice(what, keys, known),
        "impact": "" if impact in list(Level) else CHOOSE_ONE,
        "language": "" if language in languages else CHOOSE_ONE,
        "rhythm": "" if rhythm in list(Rhythm) else CHOOSE_ONE,
    }
    return FilledWish(
        address=address,
        what=what,
        keys=keys,
        impact=impact,
        language=language,
        rhythm=rhythm,
        faults={name: text for name, text in faults.items() if text},
    )


def _address(text: str) -> tuple[str, str]:
    try:
        return parse_address(text), ""
    except ValueError:
        return text[:LONGEST_ADDRESS], NO_ADDRESS


def _fault_of_choice(what: str, keys: Mapping[str, Sequence[str]], known: Mapping[str, frozenset[str]]) -> str:
    if what == EVERYTHING:
        return ""
    if what != SOME:
        return CHOOSE_ONE
    if any(len(chosen) > MOST_KEYS for chosen in keys.values()):
        return TOO_MANY
    if any(key not in known[member] for member, chosen in keys.items() for key in chosen):
        return GONE
    return "" if any(keys.values()) else NOTHING_CHOSEN
