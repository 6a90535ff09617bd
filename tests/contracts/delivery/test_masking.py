"""An answer that is kept names nobody: neither an address, nor the name before its @."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.delivery.wire.masking import mask_mailbox

NAMES = st.text("abcxyz.-+", min_size=3, max_size=12) | st.sampled_from(["jose", "josé", "straße", "İpek", "kim"])


class TestMailbox:
    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            ("OK queued as 4F2", "OK queued as 4F2"),
            ("<ana@example.org> unknown", "<…> unknown"),
            ("<ANA@EXAMPLE.ORG> unknown", "<…> unknown"),
            ("no user Ana here", "no user … here"),
            ("no bananas here", "no bananas here"),
            ("ana@EXAMPLE.org é", "… é"),
        ],
    )
    def test_is_hidden_where_it_stands(self, text: str, masked: str) -> None:
        assert mask_mailbox(text, "ana@example.org") == masked

    @given(name=NAMES, before=st.text("ab <:é", max_size=9), after=st.text("ab >:é", max_size=9))
    def test_is_hidden_in_any_case(self, name: str, before: str, after: str) -> None:
        address = f"{name}@example.org"
        for text in (address, address.upper(), address.lower(), address.title()):
            if text.casefold() == address.casefold() and len(text) == len(address):
                assert "example" not in mask_mailbox(f"{before}{text}{after}", address).lower()
