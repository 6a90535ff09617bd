"""What is packed is read as it was, takes few bytes, and is known to be damaged where it is."""

from __future__ import annotations

import json
from hashlib import sha256

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.projections.packing import pack, pack_digested, unpack, unpack_digested
from infrastructure.store.base import ViewsDamaged

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=10,
)
DIGEST = sha256(b"a request").hexdigest()


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), VALUES))
def test_documents_are_read_as_they_were(document: dict[str, object]) -> None:
    assert unpack(pack(document)) == orjson.dumps(document).decode()


@given(st.text(st.characters(codec="utf-8")) | st.just(f"{DIGEST}|12") | st.just(DIGEST) | st.just(DIGEST.upper()))
def test_texts_with_digests_are_read_as_they_were(text: str) -> None:
    assert unpack_digested(pack_digested(text)) == text


def test_digests_take_half_of_their_digits() -> None:
    assert len(pack_digested(f"{DIGEST}|0")) == 35


def test_documents_take_less_than_their_values() -> None:
    document = {"id": DIGEST[:36], "attempts": 0, "attempt": None, "lease": None, "resent_at": None, "evidence": []}

    assert len(pack(document)) < len(json.dumps(document)) / 2


@pytest.mark.parametrize("damaged", [b"", b"none", pack({"id": "1"})[:-3], "{}", None])
def test_documents_that_are_damaged_are_not_read(damaged: bytes | str | None) -> None:
    with pytest.raises(ViewsDamaged, match="a document of the views cannot be read"):
        unpack(damaged)
