"""Puts what was announced into the words of one language."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from api.feeds.calendar_text import AFFECTED
from api.feeds.words import EXPECTED, HAPPENED, LATE
from api.notifications.letters.marked_text import one_line, shortened, tidy
from api.notifications.letters.states import state_words, tone_of
from api.notifications.letters.text import EarlierNews, LetterBlock, LetterSection, LetterWords
from api.notifications.letters.window_parts import contact_block, status_line, window_blocks, window_facts
from api.site.kernel.words import name_of
from api.site.panel_parts import CAPABILITY_WORDS, GIVEN_UP
from application.changes.kinds import ChangeKind
from application.texts import translatable
from domain.panels.restoration import CapabilityState, RestorationState
from domain.subscriptions.values import Rhythm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from api.site.kernel.languages import Speech
    from application.facade import SiteSettings

LONGEST_SUBJECT = 120
LONGEST_TITLE, LONGEST_STATE, LONGEST_SENTENCE = 200, 80, 800
LONGEST_LINE, MOST_LINES, MOST_BLOCKS = 500, 30, 20
LONGEST_MESSAGE, LONGEST_EARLIER, LONGEST_TEXT = 5_000, 1_000, 1_500
"""How many characters of Markdown a letter has of what somebody wrote; the page has all of it."""
WAS_AFFECTED = translatable("What was affected")
ONLY_IN = translatable("Only in: %(countries)s")
BEGAN = translatable("It began on %(time)s and is not solved yet.")
SOLVED = translatable("It began on %(start)s and was solved on %(end)s, after %(length)s.")
WITHDRAWN = translatable("This report was withdrawn: it was a false alarm.")
DOES_NOT_WORK = translatable("What does not work as usual")
ZONE = translatable("Times in this message are those of %(zone)s.")
INTROS = {
    Rhythm.HOURLY: translatable("What happened in the last hour"),
    Rhythm.DAILY: translatable("What happened in the last day"),
}
OVER = {"resolved", "withdrawn"}
NEWS = {ChangeKind.RESTORATION_UPDATED, ChangeKind.MAINTENANCE_UPDATED, ChangeKind.POSTMORTEM_PUBLISHED}


def letter_words(
    document: Mapping[str, Any], speech: Speech, site: SiteSettings, rhythm: Rhythm = Rhythm.INSTANT
) -> LetterWords:
    """Write a letter; the texts of ``document`` are in the language of ``speech``."""
    things = document["things"]
    names = {key: one_line(name) for key, name in document["names"].items() if name}
    sections = [_section(each, names, document["audiences"], speech, site) for each in things]
    more = document["more"]
    return LetterWords(
        language=speech.language,
        direction=speech.direction,
        site=one_line(site.name),
        site_url=f"{site.url}/{quote(speech.language)}/",
        subject=_subject(sections, speech, one_line(site.name)),
        intro=speech.text(INTROS[rhythm]) if rhythm in INTROS else "",
        sections=sections,
        more=further(more, speech),
        more_count=more,
        zone=speech.text(ZONE, zone=speech.city(site.zone)),
        thing=things[0]["id"] if len(things) == 1 else "",
    )


def further(number: int, speech: Speech) -> str:
    """Say that there is more on the page than a letter says; nothing if there is not."""
    if not number:
        return ""
    return speech.plural("%(number)s more message is on the page.", "%(number)s more messages are on the page.", number)


def cut(text: str, longest: int) -> str:
    """Make a text one line of so many characters at most."""
    whole = one_line(text)
    return whole if len(whole) <= longest else f"{whole[: longest - 1].rstrip()}…"


def _subject(sections: Sequence[LetterSection], speech: Speech, site: str) -> str:
    """Say of what is newest how it is, in few words; programs for mail show the beginning alone."""
    first, others = sections[0], len(sections) - 1
    # A title that a policy gave says it already.
    tail = "" if first.title.casefold().endswith(first.state.casefold()) else f": {first.state}"
    if others:
        tail = speech.plural("%(subject)s and %(number)s more", "%(subject)s and %(number)s more", others, subject=tail)
    subject = f"{cut(first.title, LONGEST_SUBJECT - len(tail))}{tail}"
    whole = f"{subject} [{site}]"
    return whole if len(whole) <= LONGEST_SUBJECT else subject


def _section(
    thing: Mapping[str, Any],
    names: Mapping[str, str],
    audiences: Sequence[Mapping[str, Any]],
    speech: Speech,
    site: SiteSettings,
) -> LetterSection:
    newest, *earlier = thing["entries"]
    link = f"{site.url}/{quote(speech.language)}/{quote(thing['page'])}"
    message, is_cut = shortened(tidy(newest["message"] or ""), LONGEST_MESSAGE)
    return LetterSection(
        title=cut(thing["title"], LONGEST_TITLE),
        state=cut(state_words(_most_telling(thing["entries"]), thing, speech), LONGEST_STATE),
        tone=str(tone_of(thing)),
        sentence=cut(newest["title"], LONGEST_SENTENCE),
        message=message,
        is_cut=is_cut,
        facts=[cut(each, LONGEST_LINE) for each in _facts(newest, thing, speech)],
        blocks=[_bounded(each) for each in _blocks(newest, thing, names, audiences, speech)][:MOST_BLOCKS],
        earlier=[_earlier(each, speech) for each in earlier],
        link=link,
    )


def _most_telling(entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Give the newest entry that changes how things are; that there is news as well says less than that it is over."""
    return next((each for each in entries if each["kind"] not in NEWS), entries[0])


def _facts(entry: Mapping[str, Any], thing: Mapping[str, Any], speech: Speech) -> Iterator[str]:
    if thing["window"] is not None:
        yield from window_facts(thing["window"], entry, speech)
    if thing["incident"] is not None:
        yield from _incident_facts(thing["incident"], speech)
    occurred, recorded = (datetime.fromisoformat(entry[name]) for name in ("occurred_at", "recorded_at"))
    if abs(recorded - occurred) > LATE and not _is_beginning(entry, thing):
        yield speech.text(HAPPENED, time=speech.moment(occurred))


def _is_beginning(entry: Mapping[str, Any], thing: Mapping[str, Any]) -> bool:
    """Tell whether an entry happened when the incident began or ended, of which that is said already."""
    incident = thing["incident"]
    return incident is not None and entry["occurred_at"] in {incident["started_at"], incident["resolved_at"]}


def _incident_facts(incident: Mapping[str, Any], speech: Speech) -> Iterator[str]:
    started = datetime.fromisoformat(incident["started_at"])
    if incident["state"] == "withdrawn":
        yield speech.text(WITHDRAWN)
    elif incident["resolved_at"]:
        ended = datetime.fromisoformat(incident["resolved_at"])
        length = speech.length((ended - started).total_seconds())
        yield speech.text(SOLVED, start=speech.moment(started), end=speech.moment(ended), length=length)
    else:
        yield speech.text(BEGAN, time=speech.moment(started))
        if incident["expected_at"]:
            yield speech.text(EXPECTED, time=speech.moment(datetime.fromisoformat(incident["expected_at"])))
    if incident["markets"]:
        countries = [speech.country(code) for code in incident["markets"]]
        yield speech.text(ONLY_IN, countries=speech.several(countries))


def _blocks(
    entry: Mapping[str, Any],
    thing: Mapping[str, Any],
    names: Mapping[str, str],
    audiences: Sequence[Mapping[str, Any]],
    speech: Speech,
) -> Iterator[LetterBlock]:
    if thing["incident"] is not None:
        incident = thing["incident"]
        known = {key: status for key, status in incident["components"].items() if key in names}
        if incident["state"] == "withdrawn" or not known:
            lines = []
        elif incident["state"] in OVER:
            lines = [names[key] for key in known]
        else:
            lines = [status_line(names[key], status, speech) for key, status in known.items()]
        if lines:
            yield LetterBlock(title=speech.text(WAS_AFFECTED if incident["state"] in OVER else AFFECTED), lines=lines)
        yield from contact_block(incident["contacts"], speech)
    elif thing["window"] is not None:
        yield from window_blocks(thing, names, audiences, speech)
        yield from contact_block(thing["window"]["contacts"], speech)
    else:
        yield from _capabilities(thing, speech)
        yield from contact_block(thing["restoration"]["contacts"], speech)


def _capabilities(thing: Mapping[str, Any], speech: Speech) -> Iterator[LetterBlock]:
    """Say what does not work on a panel to which there is access."""
    if thing["restoration"]["state"] == RestorationState.ACCESS_LOST:
        return
    lines, unknown = list[str](), list[str]()
    for key, each in thing["restoration"]["capabilities"].items():
        name = thing["capabilities"].get(key) or name_of(speech, key)
        state = CapabilityState(each["state"])
        if state is CapabilityState.UNKNOWN and not each["given_up"]:
            unknown.append(one_line(name))
        elif state is not CapabilityState.AVAILABLE:
            lines.append(f"{name}: {speech.text(GIVEN_UP if each['given_up'] else CAPABILITY_WORDS[state])}")
    if unknown:
        lines.append(f"{speech.text(CAPABILITY_WORDS[CapabilityState.UNKNOWN])}: {speech.several(unknown)}")
    if lines:
        yield LetterBlock(title=speech.text(DOES_NOT_WORK), lines=lines)


def _bounded(block: LetterBlock) -> LetterBlock:
    return LetterBlock(
        title=cut(block.title, LONGEST_LINE),
        lines=[cut(each, LONGEST_LINE) for each in block.lines[:MOST_LINES]],
        texts=[shortened(tidy(each), LONGEST_TEXT)[0] for each in block.texts[:MOST_LINES]],
    )


def _earlier(entry: Mapping[str, Any], speech: Speech) -> EarlierNews:
    message, is_cut = shortened(tidy(entry["message"] or ""), LONGEST_EARLIER)
    return EarlierNews(
        sentence=cut(entry["title"], LONGEST_SENTENCE),
        when=speech.moment(datetime.fromisoformat(entry["occurred_at"])),
        message=message,
        is_cut=is_cut,
    )
