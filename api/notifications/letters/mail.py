"""Writes a letter as mail: plain text, and HTML without pictures, scripts and anything that is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.feeds.words import clean, with_whole_links
from api.notifications.letters.marked_text import MarkedLine, MarkedSpan, marked_lines, one_line
from api.notifications.letters.words import LONGEST_SUBJECT, cut
from api.site.kernel.texts import markdown
from application.notifications.letters import MANAGE, UNSUBSCRIBE
from application.texts import translatable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from api.notifications.letters.text import EarlierNews, LetterBlock, LetterSection, LetterWords
    from api.site.kernel.languages import Speech
    from application.notifications.letters import MailLetter

TEMPLATES = Path(__file__).parent / "templates"
WHY = translatable("You get this mail because you subscribed to news from %(site)s.")
CHANGE = translatable("Change what you get")
STOP = translatable("Unsubscribe")
READ_ON = translatable("Read all of it on the page")
SEE_PAGE = translatable("Open the page")
BEFORE_THAT = translatable("Before that")
CONFIRM_SUBJECT = translatable("Please confirm your subscription to %(site)s")
CONFIRM = translatable(
    "Somebody asked for news from %(site)s to be sent to this address. If it was you, please confirm it."
)
CONFIRM_LINK = translatable("Confirm the subscription")
CONFIRM_HOW = translatable("The link opens a page with a button. It is valid for %(days)s.")
CONFIRM_ELSE = translatable("If you did not ask for it, ignore this mail. We send nothing more to this address.")
SUBSCRIBED_SUBJECT = translatable("You are subscribed to %(site)s")
SUBSCRIBED = translatable(
    "Somebody asked for news from %(site)s to be sent to this address. It is subscribed already, so"
    " nothing has changed."
)
SUBSCRIBED_LINK = translatable("See your subscription")
SUBSCRIBED_HOW = translatable("There you can change what you get, or unsubscribe.")
SUBSCRIBED_ELSE = translatable("If you did not ask for it, ignore this mail.")
ONE_DAY, DAYS = "%(number)s day", "%(number)s days"
VALID_DAYS = 7
WIDTH = 20
RULE = "-- "
"""Where a signature begins; programs for mail fold what stands below it."""


def write_mail(words: LetterWords, speech: Speech) -> MailLetter:
    """Write a mail; the links of its subscriber are replaced when it is sent."""
    subject, why = _without_markers(words.subject), speech.text(WHY, site=words.site)
    body = _without_markers("\n\n".join(_blocks_of_letter(words, speech)))
    links = [f"{speech.text(CHANGE)}: {MANAGE}", f"{speech.text(STOP)}: {UNSUBSCRIBE}"]
    text = "\n".join([body, "", RULE, why, *links, words.zone, ""])
    sections = templates().get_template("sections.html").render(words=words, speech=speech, say=SAY)
    html = (
        templates()
        .get_template("letter.html")
        .render(
            words=words,
            subject=subject,
            body=Markup(_without_markers(sections)),  # noqa: S704 - it was escaped by its template
            why=why,
            manage=MANAGE,
            unsubscribe=UNSUBSCRIBE,
            speech=speech,
            say=SAY,
        )
    )
    return {"subject": subject, "text": clean(text), "html": clean(html), "thing": words.thing}


def write_confirmation_mail(speech: Speech, site: str, link: str) -> MailLetter:
    """Ask for a confirmation by the button of the page at an address."""
    days = speech.plural(ONE_DAY, DAYS, VALID_DAYS)
    said = RequestWords(
        subject=CONFIRM_SUBJECT,
        ask=CONFIRM,
        link=CONFIRM_LINK,
        how=speech.text(CONFIRM_HOW, days=days),
        otherwise=CONFIRM_ELSE,
    )
    return _write_request(said, speech, one_line(site), link)


def write_subscribed_mail(speech: Speech, site: str, link: str) -> MailLetter:
    """Say that there is a subscription already, which the page at an address manages."""
    said = RequestWords(
        subject=SUBSCRIBED_SUBJECT,
        ask=SUBSCRIBED,
        link=SUBSCRIBED_LINK,
        how=speech.text(SUBSCRIBED_HOW),
        otherwise=SUBSCRIBED_ELSE,
    )
    return _write_request(said, speech, one_line(site), link)


def plain_lines(text: str, page: str) -> str:
    """Write Markdown as plain text, with the addresses of its links."""
    found: list[str] = []
    for each in marked_lines(text, page):
        if found and each.begins and not each.depth:
            found.append("")
        found.append(_plain_line(each))
    return "\n".join(found)


def message_html(text: str, page: str) -> Markup:
    """Write Markdown as HTML whose links lead somewhere from anywhere."""
    return with_whole_links(markdown(text), page)


SAY = {
    "change": CHANGE,
    "stop": STOP,
    "read_on": READ_ON,
    "see_page": SEE_PAGE,
    "before": BEFORE_THAT,
}


@cache
def templates() -> Environment:
    """Give the templates of mails; their texts are given to them in the language of the mail."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["message"] = message_html
    return found


def _blocks_of_letter(words: LetterWords, speech: Speech) -> Iterator[str]:
    if words.intro:
        yield words.intro
    for section in words.sections:
        if len(words.sections) > 1:
            yield f"{'=' * WIDTH}\n{section.title}\n{section.state}"
        yield from _section(section, speech)
    if words.more:
        yield f"{words.more}\n{words.site_url}"


def _section(section: LetterSection, speech: Speech) -> Iterator[str]:
    yield section.sentence
    if section.message:
        yield plain_lines(section.message, section.link)
    if section.is_cut:
        yield f"{speech.text(READ_ON)}: {section.link}"
    if section.facts:
        yield "\n".join(section.facts)
    for block in section.blocks:
        yield _block(block, section.link)
    yield f"{speech.text(SEE_PAGE)}: {section.link}"
    if section.earlier:
        yield speech.text(BEFORE_THAT)
        yield from (_earlier(each, section.link) for each in section.earlier)


def _block(block: LetterBlock, page: str) -> str:
    return "\n".join([f"{block.title}:", *_bullets(block.lines, (plain_lines(each, page) for each in block.texts))])


def _bullets(lines: Iterable[str], texts: Iterable[str]) -> Iterator[str]:
    yield from (f"- {each}" for each in lines)
    for each in texts:
        yield f"- {indent(each, '  ').removeprefix('  ')}"


def _earlier(news: EarlierNews, page: str) -> str:
    message = plain_lines(news.message, page)
    return "\n".join([news.when, news.sentence, *([message] if message else [])])


def _plain_line(each: MarkedLine) -> str:
    words = "".join(_plain_span(span) for span in each.spans)
    start = "  " * max(0, each.depth - 1) + (each.bullet or ("  " if each.depth else ""))
    return f"{'> ' if each.quoted else ''}{start}{'    ' if each.code else ''}{words}".rstrip()


def _plain_span(span: MarkedSpan) -> str:
    if span.link is None or span.link in {span.text, f"mailto:{span.text}"}:
        return span.text
    return f"{span.text} ({span.link})"


def _without_markers(text: str) -> str:
    """Keep what people wrote from standing for the links of a subscriber."""
    for marker in (MANAGE, UNSUBSCRIBE):
        text = text.replace(marker, "#")
    return text


@dataclass(frozen=True, kw_only=True)
class RequestWords:
    """The texts of a mail about a request to subscribe; all but ``how`` are still to be translated."""

    subject: str
    ask: str
    link: str
    how: str
    otherwise: str


def _write_request(said: RequestWords, speech: Speech, site: str, link: str) -> MailLetter:
    subject = cut(speech.text(said.subject, site=site), LONGEST_SUBJECT)
    ask, otherwise, button = speech.text(said.ask, site=site), speech.text(said.otherwise), speech.text(said.link)
    text = "\n\n".join([ask, f"{button}:\n{link}", said.how, f"{otherwise}\n"])
    html = (
        templates()
        .get_template("confirmation.html")
        .render(speech=speech, subject=subject, ask=ask, how=said.how, otherwise=otherwise, link=link, button=button)
    )
    return {"subject": subject, "text": clean(text), "html": clean(html), "thing": ""}
