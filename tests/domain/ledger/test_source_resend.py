"""What a source sent again before its request was handed in."""

from datetime import datetime

import pytest

from domain.errors import TooManyEntries
from domain.ledger.held_request import Reference, Resend
from domain.ledger.source_resend import MOST_KEPT, SourceResend, kept_handle
from tests.domain.assertions import recorded, refused, replayed, state
from tests.domain.builders import TICK, at, the_alerts
from tests.domain.request_builders import ORDER


def a_kept_resend() -> SourceResend:
    """Give an order that was sent again at noon."""
    sent = Resend(received_at=at("12:00"), digest=None)
    return SourceResend.keep(reference=ORDER, resend=sent, provenance=the_alerts(at("12:00")))


class TestSourceResend:
    def test_is_known_by_what_its_source_calls_it(self) -> None:
        kept = a_kept_resend()

        assert kept.id == SourceResend.id_of(Reference(source="marketplace\ufeff", kind="order", reference=" 4711"))
        assert set(kept.handles) == {kept_handle("marketplace ")}
        assert recorded(kept) == ["source_resend.kept"]

    @pytest.mark.parametrize("earlier", [at("12:00"), at("11:59")])
    def test_is_the_last_one(self, earlier: datetime) -> None:
        kept = a_kept_resend()

        kept.keep_again(Resend(received_at=at("12:30"), digest="ab" * 32), provenance=the_alerts(at("12:30")))
        kept.keep_again(Resend(received_at=earlier, digest=None), provenance=the_alerts(at("12:40")))

        assert kept.resend == Resend(received_at=at("12:30"), digest="ab" * 32)
        assert state(replayed(kept)) == state(kept)

    def test_is_kept_a_hundred_times(self) -> None:
        kept = a_kept_resend()
        for number in range(1, MOST_KEPT):
            kept.keep_again(
                Resend(received_at=at("12:00") + number * TICK, digest=None), provenance=the_alerts(at("12:30"))
            )

        with refused(kept, TooManyEntries, match="4711 was sent again 100 times"):
            kept.keep_again(Resend(received_at=at("12:31"), digest=None), provenance=the_alerts(at("12:31")))
