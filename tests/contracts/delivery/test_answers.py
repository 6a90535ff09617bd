"""What the other side says is one clean line, however hostile it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.delivery.wire.answers import LONGEST_TEXT, WireAnswer, WireOutcome, later
from infrastructure.delivery.wire.smtp_answers import DialogueStage, to_answer


class TestTexts:
    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("", ""),
            ("2.0.0 OK", "2.0.0 OK"),
            (" One\r\nTwo\tThree  ", "One Two Three"),
            ("\x1b[31mred\x00\u202eback\ud800", "[31mred back"),
            ("ł" * 400, "ł" * 299 + "…"),
        ],
    )
    def test_are_cleaned(self, text: str, line: str) -> None:
        assert later(text).text == line

    @given(text=st.text(max_size=3_000))
    def test_are_one_printable_line_whatever_is_said(self, text: str) -> None:
        line = WireAnswer(outcome=WireOutcome.LATER, text=text).text

        assert len(line) <= LONGEST_TEXT
        assert line.isprintable()
        assert line == line.strip()


class TestAnswersOfRelays:
    @given(stage=st.sampled_from(DialogueStage), code=st.integers(-1, 1_000), text=st.text(max_size=40))
    def test_blame_an_address_only_for_what_is_said_of_it(self, stage: DialogueStage, code: int, text: str) -> None:
        answer = to_answer(stage, code, text)

        if answer.outcome is not WireOutcome.LATER:
            assert stage in {DialogueStage.RECIPIENT, DialogueStage.CONTENT}
            assert 500 <= code <= 599
        assert answer.code in {code, None}
