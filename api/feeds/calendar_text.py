"""What a calendar says of a window, in plain text: calendars show no Markdown."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from api.site.kernel.words import name_of
from api.site.windows import PHASE_WORDS
from application.texts import translatable
from domain.maintenance import UNDER_WAY, WindowState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from api.site.kernel.view import PageView

DOES_NOT_TAKE_PLACE = translatable("It was cancelled on %(time)s and does not take place.")
COMPLETED = translatable("It was completed on %(time)s.")
UNDONE = translatable("The change was undone: everything is as it was before.")
TAKES_LONGER = translatable(
    "It was planned to end on %(time)s and takes longer. It is not over until we have checked everything."
)
AFFECTED = translatable("What is affected")
EVERYTHING = translatable("Everything is affected.")
NOT_POSSIBLE = translatable("What is not possible meanwhile")
STANDS_STILL = translatable("What stands still")
WHERE_TO_ASK = translatable("Where to ask")

LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\(<?([^()\s<>]{0,2000})>?(?: [^()\n]{0,500})?\)")
AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
EMPHASIS = re.compile(r"(?<!\w)(\*\*\*|\*\*|\*|___|__|_|`)(?=\S)([^*_`\n]{1,1000}?)(?<=\S)\1(?!\w)")
LEADING = re.compile(r"^[ \t]{0,3}(?:#{1,6}|>)[ \t]+", re.MULTILINE)
BULLET = re.compile(r"^([ \t]*)[*+-][ \t]+", re.MULTILINE)
BREAK = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""What programs take for the end of a line, beside that of Unix."""
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""What a text of a calendar may not have (RFC 5545, 3.3.11)."""
BLANKS = re.compile(r"\s+")


def plain_lines(text: str) -> str:
    """Give a text without the marks of Markdown, with its lines and with the addresses of its links."""
    text = CONTROL.sub("", BREAK.sub("\n", text))
    text = LINK.sub(lambda found: found[2] if found[1] in {"", found[2]} else f"{found[1]} ({found[2]})", text)
    text = BULLET.sub(r"\1- ", LEADING.sub("", AUTOLINK.sub(r"\1", text)))
    return EMPHASIS.sub(r"\2", text).strip()


def one_line(text: str) -> str:
    """Give a text as it stands, on one line."""
    return BLANKS.sub(" ", CONTROL.sub("", BREAK.sub(" ", text))).strip()


def description(shown: Mapping[str, Any], document: Mapping[str, Any], view: PageView, address: str) -> str:
    """Say what happens, what it affects, what each audience cannot do and has to do, and where to read more."""
    window = shown["window"]
    parts = [*_course(window, view), window["reason"], window["description"]]
    if window["state"] != WindowState.CANCELLED:
        parts += [_listed(view.speech.text(AFFECTED), _affected(window, document, view))]
        for each in document["audiences"]:
            parts += _for_audience(window["audiences"].get(each["key"]), each, view)
        parts += [_listed(view.speech.text(STANDS_STILL), _freezes(window, view))]
    parts += [_listed(view.speech.text(WHERE_TO_ASK), _contacts(window, document, view)), address]
    return "\n\n".join(filter(None, (plain_lines(part) if part is not address else part for part in parts if part)))


def _course(window: Mapping[str, Any], view: PageView) -> Iterator[str]:
    def said(text: str, moment: str) -> str:
        return view.speech.text(text, time=view.speech.moment(datetime.fromisoformat(moment)))

    if window["state"] == WindowState.CANCELLED and window["ended_at"]:
        yield said(DOES_NOT_TAKE_PLACE, window["ended_at"])
    elif window["state"] == WindowState.COMPLETED and window["ended_at"]:
        undone = [view.speech.text(UNDONE)] if window["outcome"] == "rolled_back" else []
        yield " ".join([said(COMPLETED, window["ended_at"]), *undone])
    elif window["state"] in UNDER_WAY and window["overrun"]:
        yield said(TAKES_LONGER, window["ends_at"])


def _affected(window: Mapping[str, Any], document: Mapping[str, Any], view: PageView) -> Iterator[str]:
    if window["all"]:
        yield f"{view.speech.text(EVERYTHING)} {view.status(window['all'])}"
    for key, status in window["components"].items():
        yield f"{document['names'].get(key) or name_of(view.speech, key)}: {view.status(status)}"


def _for_audience(content: Mapping[str, Any] | None, audience: Mapping[str, Any], view: PageView) -> Iterator[str]:
    if content is None:
        return
    name = one_line(audience["name"] or name_of(view.speech, audience["key"]))
    for title, texts in (
        (NOT_POSSIBLE, content["restrictions"]),
        *((words, content["guidance"][phase]) for phase, words in PHASE_WORDS.items()),
    ):
        yield _listed(f"{name}: {view.speech.text(title)}", texts)


def _freezes(window: Mapping[str, Any], view: PageView) -> Iterator[str]:
    for freeze in window["freezes"]:
        name = freeze["name"] or name_of(view.speech, freeze["data"])
        yield f"{name}: {freeze['note']}" if freeze["note"] else name


def _contacts(window: Mapping[str, Any], document: Mapping[str, Any], view: PageView) -> Iterator[str]:
    names = {each["key"]: each["name"] for each in document["audiences"]}
    for contact in window["contacts"]:
        whose = contact["audience"] and (names.get(contact["audience"]) or name_of(view.speech, contact["audience"]))
        parts = (whose, name_of(view.speech, contact["channel"]), contact["address"])
        said = ": ".join(filter(None, parts))
        yield f"{said} ({contact['note']})" if contact["note"] else said


def _listed(title: str, texts: Iterable[str]) -> str:
    """Write a list under a title; nothing if it is empty. The further lines of an item stand under the first."""
    items = ["- " + plain_lines(text).replace("\n", "\n  ") for text in texts]
    return "\n".join([f"{title}:", *items]) if items else ""
