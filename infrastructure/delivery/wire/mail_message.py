"""Writes an e-mail as it goes over the wire (RFC 5322, MIME).

It is written here and not by `email.message`: that one makes a new boundary each time, folds long addresses of pages
into encoded words, which mail programs do not undo, and takes twenty times as long. Lines that are the same for all who
get a letter are encoded once.
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import b2a_qp
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

from infrastructure.delivery.wire.answers import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infrastructure.delivery.wire.addresses import Mailbox

LONGEST_SUBJECT = 250
LONGEST_URL = 900
"""A line has at most 998 bytes, and an address of a page is not folded."""
LINE = 76
WORD_BYTES = 39
"""Bytes of an encoded word: with the name of its header, a line of 76 characters has room for it (RFC 2047)."""
MESSAGE_ID = re.compile(r"[A-Za-z0-9._+=-]{1,128}@[A-Za-z0-9.-]{1,255}")
ADDRESS = re.compile(r"[^\x00-\x20\x7f-\x9f\s<>()\[\],;:\"\\@]{1,64}@[A-Za-z0-9.-]{1,253}")
LIST_ID = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,35}")
WEB_URL = re.compile(r"https?://[!-;=?-~]+")
PLAIN = re.compile(r"[ -~]*")
SUPPRESSED = "DR, RN, NRN, OOF, AutoReply"
"""Exchange heeds no `Auto-Submitted`. What it must not suppress is the bounce (NDR)."""


@dataclass(frozen=True, kw_only=True)
class MailParts:
    """What an e-mail says, and to whom."""

    sender: Mailbox
    recipient: str
    """As `parse_address` gives it."""
    subject: str
    """At most 250 characters of it are sent, on one line."""
    text: str
    html: str
    blanks: Mapping[str, str] = field(default_factory=dict)
    """What stands in the place of a blank, in both texts: what differs for those who get the same letter."""
    message_id: str
    """Unique, without angle brackets, as in `abc@status.example.com`. Each attempt has the same."""
    in_reply_to: str | None = None
    """The `message_id` of the first e-mail about the same thing."""
    list_id: str
    """A name with dots, as in `updates.status.example.com`."""
    unsubscribe_url: str | None
    """Where a POST with one click ends the subscription (RFC 8058); None where there is none yet."""
    language: str
    date: datetime


def write_mail(parts: MailParts) -> bytes:
    """Write the bytes of an e-mail, with CRLF at the end of each line: the same bytes for the same parts.

    They are ASCII, except where the local part of the recipient is not.

    Raises:
        ValueError: if an id, the language or an address of a page is none. Texts of people may be anything.
    """
    boundary = f"=_{sha256(parts.message_id.encode()).hexdigest()[:32]}"
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(parts, boundary))
    return b"".join(
        (
            head.encode(),
            b"\r\n",
            _part(boundary, "text/plain", parts.text, parts.blanks),
            _part(boundary, "text/html", parts.html, parts.blanks),
            f"--{boundary}--\r\n".encode(),
        )
    )


def _headers(parts: MailParts, boundary: str) -> Iterator[tuple[str, str]]:
    yield "From", _mailbox(parts.sender)
    yield "To", _matching(ADDRESS, parts.recipient, "recipient")
    yield "Subject", _unstructured(one_line(parts.subject)[:LONGEST_SUBJECT].rstrip(), len("Subject: "))
    yield "Date", _date(parts.date)
    yield "Message-ID", f"<{_matching(MESSAGE_ID, parts.message_id, 'id of a message')}>"
    if parts.in_reply_to is not None:
        first = f"<{_matching(MESSAGE_ID, parts.in_reply_to, 'id of a message')}>"
        yield "In-Reply-To", first
        yield "References", first
    yield "List-Id", f"<{_matching(LIST_ID, parts.list_id, 'id of a list')}>"
    if parts.unsubscribe_url is not None:
        yield "List-Unsubscribe", f"<{_unsubscribe_url(parts.unsubscribe_url)}>"
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", SUPPRESSED
    yield "Content-Language", _matching(LANGUAGE, parts.language, "language")
    yield "MIME-Version", "1.0"
    yield "Content-Type", f'multipart/alternative; boundary="{boundary}"'


def _unsubscribe_url(text: str) -> str:
    url = _matching(WEB_URL, text[: LONGEST_URL + 1], "address for ending a subscription")
    if len(url) > LONGEST_URL:
        raise ValueError(f"the address for ending a subscription has at most {LONGEST_URL} characters")
    return url


def _matching(pattern: re.Pattern[str], value: str, what: str) -> str:
    if pattern.fullmatch(value) is None:
        raise ValueError(f"{one_line(value)!r} is no {what} of an e-mail")
    return value


def _mailbox(mailbox: Mailbox) -> str:
    name, address = one_line(mailbox.name), _matching(ADDRESS, mailbox.address, "sender")
    if not name:
        return address
    if _is_plain(name):
        escaped = name.replace("\\", r"\\").replace('"', r"\"")
        return f'"{escaped}" <{address}>'
    return f"{_encoded(name)}\r\n <{address}>"


# All who read the same language get the same subject.
@lru_cache(maxsize=256)
def _unstructured(text: str, column: int) -> str:
    return _folded(text, column) if _is_plain(text) else _encoded(text)


def _is_plain(text: str) -> bool:
    return "=?" not in text and PLAIN.fullmatch(text) is not None


def _folded(text: str, column: int) -> str:
    """Break the line at spaces; it has no two of them side by side."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and column + len(lines[-1]) + 1 + len(word) > LINE:
            lines.append(word)
            column = 1
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\r\n ".join(lines)


def _encoded(text: str) -> str:
    """Write encoded words, none of which breaks a character (RFC 2047)."""
    chunks = [b""]
    for each in text:
        byte = each.encode("utf-8", "replace")
        if len(chunks[-1]) + len(byte) > WORD_BYTES:
            chunks.append(b"")
        chunks[-1] += byte
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in chunks)


@lru_cache(maxsize=256)
def _date(date: datetime) -> str:
    return format_datetime(date.astimezone(UTC))


def _part(boundary: str, media: str, content: str, blanks: Mapping[str, str]) -> bytes:
    head = (
        f"--{boundary}\r\nContent-Type: {media}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    lines = (
        each if isinstance(each, bytes) else _quoted(_filled(each, blanks))
        for each in _sections(content, tuple(blanks))
    )
    return b"".join((head.encode(), *lines, b"\r\n"))


@lru_cache(maxsize=128)
def _sections(content: str, blanks: tuple[str, ...]) -> tuple[bytes | str, ...]:
    """Encode the lines that have no blanks, since each line is encoded by itself; the others stay as they are."""
    lines = content.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    with_ends = [*(f"{each}\n" for each in lines[:-1]), lines[-1]]
    found: list[bytes | str] = []
    for has_blanks, together in groupby(with_ends, lambda line: any(each in line for each in blanks)):
        section = "".join(together)
        found.append(section if has_blanks else _quoted(section))
    return tuple(found)


def _quoted(lines: str) -> bytes:
    return b2a_qp(lines.encode("utf-8", "replace")).replace(b"\n", b"\r\n")


def _filled(text: str, blanks: Mapping[str, str]) -> str:
    for blank, value in blanks.items():
        text = text.replace(blank, value)
    return text
