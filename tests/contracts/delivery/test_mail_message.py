"""An e-mail is read by others as it was written, and no text of people adds a header."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.delivery.wire.addresses import Mailbox
from infrastructure.delivery.wire.answers import one_line
from infrastructure.delivery.wire.mail_message import LONGEST_SUBJECT, MailParts, write_mail

URL = f"https://status.example.com/en/subscriptions/0197f0aa-1111-7222-8333-123456789abc/end?key={'a' * 64}"
PARTS = MailParts(
    sender=Mailbox("status@example.com", "Acme Status"),
    recipient="ana@example.org",
    subject="Payments are slow",
    text="Payments are slow.\nWe look into it.\n",
    html="<p>Payments are <b>slow</b>.</p>\n",
    message_id="abc.1@status.example.com",
    in_reply_to="abc.0@status.example.com",
    list_id="updates.status.example.com",
    unsubscribe_url=URL,
    language="en",
    date=datetime(2026, 3, 4, 11, 0, tzinfo=UTC),
)
HEADERS = {
    "From": '"Acme Status" <status@example.com>',
    "To": "ana@example.org",
    "Subject": "Payments are slow",
    "Date": "Wed, 04 Mar 2026 11:00:00 +0000",
    "Message-ID": "<abc.1@status.example.com>",
    "In-Reply-To": "<abc.0@status.example.com>",
    "References": "<abc.0@status.example.com>",
    "List-Id": "<updates.status.example.com>",
    "List-Unsubscribe": f"<{URL}>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",
    "Content-Language": "en",
    "MIME-Version": "1.0",
}
TEXTS = st.text(max_size=400) | st.text('ab \r\n\t:=?_"\\<>,;()@ł–🙂', max_size=400)


class TestHeaders:
    def test_are_those_of_an_automatic_list(self) -> None:
        head = {name: value for name, value in message_from_bytes(write_mail(PARTS)).items() if name != "Content-Type"}

        assert head == HEADERS

    def test_of_the_first_mail_answer_nothing(self) -> None:
        message = read(write_mail(replace(PARTS, in_reply_to=None)))

        assert message["In-Reply-To"] is message["References"] is None

    @given(subject=TEXTS, name=TEXTS)
    def test_are_the_same_whatever_people_write(self, subject: str, name: str) -> None:
        written = write_mail(replace(PARTS, subject=subject, sender=Mailbox("status@example.com", name)))
        message = read(written)

        assert message.keys() == [*HEADERS, "Content-Type"]
        assert message["Subject"] == one_line(subject)[:LONGEST_SUBJECT].rstrip()
        # The newer parser leaves a space between two encoded words of a name (Python 3.11).
        shown, address = parseaddr(message_from_bytes(written)["From"])
        assert (str(make_header(decode_header(shown))), address) == (one_line(name), "status@example.com")
        assert message.defects == []

    @given(subject=TEXTS, name=TEXTS, text=TEXTS)
    def test_and_bodies_have_short_lines_of_ascii(self, subject: str, name: str, text: str) -> None:
        sender = Mailbox("status@example.com", name)
        written = write_mail(replace(PARTS, subject=subject, sender=sender, text=text, html=text))

        assert written.isascii()
        assert written.count(b"\r") == written.count(b"\n") == written.count(b"\r\n")
        assert max(map(len, written.split(b"\r\n"))) <= 998
        assert (
            max(len(line) for line in written.split(b"\r\n") if b"=?utf-8?" in line) <= 76
            if b"=?u" in written
            else True
        )

    @pytest.mark.parametrize(
        "change",
        [
            {"message_id": "abc@example.com>\r\nBcc: ben@example.org"},
            {"message_id": "no id"},
            {"in_reply_to": "a@b\nBcc: ben@example.org"},
            {"list_id": "updates"},
            {"unsubscribe_url": "https://example.com/>,<mailto:ben@example.org"},
            {"unsubscribe_url": "mailto:ben@example.org"},
            {"unsubscribe_url": f"https://example.com/{'a' * 900}"},
            {"language": "en\r\nBcc: ben@example.org"},
            {"recipient": "ana@example.org, ben@example.org"},
            {"recipient": "ana@example.org\r\nBcc: ben@example.org"},
            {"sender": Mailbox("a@b.example>\r\nBcc: ben@example.org")},
        ],
    )
    def test_of_ours_that_are_none_are_not_written(self, change: dict[str, str]) -> None:
        with pytest.raises(ValueError, match=r"of an e-mail|at most 900"):
            write_mail(replace(PARTS, **change))  # type: ignore[arg-type]  # each has the type of its part


class TestBodies:
    def test_are_a_text_and_then_the_same_as_a_page(self) -> None:
        message = read(write_mail(PARTS))

        assert message.get_content_type() == "multipart/alternative"
        assert [each.get_content_type() for each in message.iter_parts()] == ["text/plain", "text/html"]

    @given(text=TEXTS, html=TEXTS)
    def test_are_read_as_they_were_written(self, text: str, html: str) -> None:
        message = read(write_mail(replace(PARTS, text=text, html=html)))

        assert [body(message, kind) for kind in ("plain", "html")] == [lines_of(text), lines_of(html)]

    @given(
        lines=st.lists(
            st.text('ab \r\n\t:=._<"łé🙂', max_size=90) | st.sampled_from(["{manage}", "{end}"]), max_size=12
        ),
        values=st.tuples(st.text("ab/=.é", min_size=1, max_size=90), st.text("cd/=.", min_size=1, max_size=9)),
    )
    def test_with_blanks_are_those_in_which_they_were_filled(self, lines: list[str], values: tuple[str, str]) -> None:
        blanks = dict(zip(("{manage}", "{end}"), values, strict=True))
        text = "".join(lines) + "."
        filled = text
        for blank, value in blanks.items():
            filled = filled.replace(blank, value)

        written = write_mail(replace(PARTS, text=text, html=text, blanks=blanks))

        assert written == write_mail(replace(PARTS, text=filled, html=filled))

    def test_with_blanks_differ_for_each_recipient(self) -> None:
        letter = replace(PARTS, text="Slow.\nManage: {manage}\n", html='<a href="{manage}">Manage</a>')
        first, second = (read(write_mail(replace(letter, blanks={"{manage}": each}))) for each in ("one", "two"))

        assert [body(each, "plain") for each in (first, second)] == ["Slow.\nManage: one", "Slow.\nManage: two"]
        assert [body(each, "html") for each in (first, second)] == [
            '<a href="one">Manage</a>',
            '<a href="two">Manage</a>',
        ]

    def test_are_the_same_bytes_each_time(self) -> None:
        assert write_mail(PARTS) == write_mail(PARTS)

    def test_hide_no_end_of_their_part(self) -> None:
        boundary = read(write_mail(PARTS)).get_boundary()
        message = read(write_mail(replace(PARTS, text=f"One.\n--{boundary}--\nTwo.\n.\nFrom here on.")))

        assert body(message, "plain") == f"One.\n--{boundary}--\nTwo.\n.\nFrom here on."
        assert len(list(message.iter_parts())) == 2


def read(content: bytes) -> EmailMessage:
    """Read an e-mail as a mail program does."""
    return message_from_bytes(content, policy=policy.default)


def body(message: EmailMessage, kind: str) -> str:
    """Give one of the two bodies, with the line ends of Python."""
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


def lines_of(text: str) -> str:
    """Give a text with the line ends of Python."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
