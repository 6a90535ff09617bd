"""The addresses of tiles, and bundles of entries (C2SP tlog-tiles)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.transparency.tiles import TileAddress, places_of, to_bundle


class TestTileAddress:
    @pytest.mark.parametrize(
        ("path", "address"),
        [
            ("000", TileAddress(0)),
            ("067", TileAddress(67)),
            ("x001/x234/067", TileAddress(1_234_067)),
            ("x001/x234/067.p/8", TileAddress(1_234_067, 8)),
            ("999.p/255", TileAddress(999, 255)),
        ],
    )
    def test_is_read_and_written(self, path: str, address: TileAddress) -> None:
        assert TileAddress.parse(path) == address
        assert str(address) == path

    @given(index=st.integers(0, 10**12), width=st.integers(1, 256))
    def test_is_read_as_it_was_written(self, index: int, width: int) -> None:
        address = TileAddress(index, width)

        assert TileAddress.parse(str(address)) == address

    @pytest.mark.parametrize(
        "path",
        [
            *("", "0", "00", "0000", "x000/000", "1234", "x001", "001/234", "x001/x002", "000/", "/000", "-01"),
            *("000.p", "000.p/", "000.p/0", "000.p/01", "000.p/256", "000.p/1000", "000.p/-1", "000.p/1/2"),
            *("x001/x001/x001/x001/x001/x001/001", "\u0660\u0660\u0660", "000.p/\u0661", "000\n", "000.p/1\n"),
        ],
    )
    def test_is_no_other_text(self, path: str) -> None:
        assert TileAddress.parse(path) is None

    def test_names_the_places_of_its_hashes(self) -> None:
        assert (TileAddress(2, 10).start, TileAddress(2, 10).end) == (512, 522)

    def test_has_the_places_of_the_specification(self) -> None:
        assert [places_of(level, 70_000) for level in range(4)] == [70_000, 273, 1, 0]


class TestBundle:
    def test_has_each_entry_behind_its_length(self) -> None:
        assert to_bundle([b"", b"ab", bytes(300)]) == b"\x00\x00" + b"\x00\x02ab" + b"\x01\x2c" + bytes(300)
