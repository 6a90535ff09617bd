"""What the answer of a mail relay means for one e-mail."""

from __future__ import annotations

import re
from enum import Enum, auto

from infrastructure.delivery.wire.answers import WireAnswer, WireOutcome, later

ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
NO_MAILBOX = frozenset({("1", "1"), ("1", "2"), ("1", "3"), ("1", "6"), ("1", "10")})
"""Subject and detail (RFC 3463) that speak of the recipient; 5.1.7 and 5.1.8 speak of the sender."""
FAILED, NO_SUCH_MAILBOX = 500, 550
LARGEST_CODE = 599


class DialogueStage(Enum):
    """How far a dialogue was."""

    CONNECT = auto()
    SENDER = auto()
    RECIPIENT = auto()
    CONTENT = auto()


def to_answer(stage: DialogueStage, code: int, text: str) -> WireAnswer:
    """Read the answer that ended the dialogue.

    What is refused before the recipient was named is refused to us, whoever the mail is for: an operator has to act,
    and no address is to blame. So it is tried again.
    """
    known = code if 0 < code <= LARGEST_CODE else None
    if known is None or known < FAILED:
        return later(text, known)
    if stage in {DialogueStage.CONNECT, DialogueStage.SENDER}:
        what = "the login or the connection" if stage is DialogueStage.CONNECT else "the sender"
        return later(f"The relay refuses {what}: {text}", known)
    found = ENHANCED.match(text)
    if found is not None:
        has_no_mailbox = found[1] == "5" and (found[2], found[3]) in NO_MAILBOX
    else:
        has_no_mailbox = stage is DialogueStage.RECIPIENT and known == NO_SUCH_MAILBOX
    outcome = WireOutcome.NO_ADDRESS if has_no_mailbox else WireOutcome.REFUSED
    return WireAnswer(outcome=outcome, code=known, text=text)
