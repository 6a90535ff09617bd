"""Which request is which: what looks the same is the same, what fails again is told from what failed long ago."""

from __future__ import annotations

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, at, made, written
from tests.api.command import a_key
from tests.api.ledger_steps import (
    EXPECTED,
    REQUESTS,
    RESENDS,
    Held,
    a_cause,
    a_request,
    bulk,
    ended,
    handed_in,
    held_up,
    in_bulk,
    listed,
    streamed,
    summary,
)

pytestmark = pytest.mark.both_stores

UNDO = {"reason": "It was another one."}


class TestInvisibleCharacters:
    def test_make_no_second_request_and_are_named(self, site: Site) -> None:
        cause, reference = a_cause(site, order="source_resends"), a_key()
        written = f"\ufeff{reference}\u200b "
        request = held_up(site, cause, reference=written, source="\u00a0shop")

        # Its payload has another name as well.
        assert handed_in(site, [a_request(cause, reference)])["counts"]["changed"] == 1

        told = request.inside
        assert (told["source"], told["reference"]) == ("\u00a0shop", written)
        assert told["invisible"] == [
            "U+00A0 NO-BREAK SPACE",
            "U+FEFF ZERO WIDTH NO-BREAK SPACE",
            "U+200B ZERO WIDTH SPACE",
            "U+0020 SPACE",
        ]
        for asked in (reference, written, f"{reference}\u00ad"):
            assert listed(site, reference=asked) == listed(site, reference_prefix=asked) == [told]
        assert listed(site, source="shop") == listed(site, source="shop ") == [told]
        assert [(each["source"], each["open"]) for each in summary(site, cause["id"])["groups"]] == [("shop", 1)]
        ended(site, cause)
        partner = site.issue(Role.EMITTER, a_key(), sources=("shop\u200b",))
        (wanted,) = made(partner.get(EXPECTED))["data"]
        assert wanted["reference"] == written
        assert made(partner.post(RESENDS, {"source": "shop", "kind": "order", "reference": reference}))["counts"] == {
            **dict.fromkeys(("repeat", "not_waiting", "unmatched", "refused"), 0),
            "settled": 1,
        }


class TestNamesake:
    def test_of_what_was_settled_waits_for_its_own_cause(self, site: Site) -> None:
        reference, operator = a_key(), site.operator
        old = held_up(site, None, reference=reference)
        old.done("cause", cause := a_cause(site, order="check_by_hand"), by=operator)
        ended(site, cause)
        in_bulk(site, bulk(cause=f"incident:{cause['id']}"))
        line = a_request(None, reference, received_at="2025-03-04T07:59:00Z")

        assert streamed(site, [line, line])["counts"]["unassigned"] == 1

        (new,) = listed(site, cause="unassigned")
        assert (new["reference"], new["state"], new["repeats"]) == (reference, "held", 1)
        assert old.inside["state"] == "settled"
        Held(site, new["id"]).done("cause", a_cause(site), by=operator)
        assert streamed(site, [line])["counts"]["repeat"] == 1


class TestUnassigned:
    def test_are_decided_in_bulk(self, site: Site) -> None:
        held_up(site, None)
        held_up(site, a_cause(site))

        done = in_bulk(site, bulk(cause="unassigned"))

        assert (done["count"], done["done"]) == (1, 1)
        assert summary(site, "unassigned")["open"] == 0

    def test_is_back_among_them_once_its_assignment_was_undone(self, site: Site) -> None:
        request, cause = held_up(site, None), a_cause(site, order="check_by_hand")
        ended(site, cause)
        request.done("cause", cause, by=site.operator)
        assert summary(site, cause["id"])["reconciled"] is False

        made(site.operator.delete(f"{request.path}/cause", json=UNDO))

        assert summary(site, cause["id"])["reconciled"] is True
        assert [each["id"] for each in listed(site, cause="unassigned")] == [request.id]
        assert listed(site, cause=cause["id"]) == []


class TestReceivedAt:
    @pytest.mark.parametrize("zero", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00+01:00"])
    def test_that_no_clock_can_have_shown_spoils_nothing(self, site: Site, zero: str) -> None:
        held_up(site, None)
        oldest = summary(site)["oldest"]

        for path in (REQUESTS, RESENDS):
            body = a_request(None, received_at=zero)
            if path == RESENDS:
                del body["cause"]
                body.pop("summary", None)
            (line,) = streamed(site, [body], path)["refused"]
            assert line["code"] == "received_too_early"
            assert "the earliest that can be is 2000-01-01T00:00:00Z" in line["detail"]

        assert summary(site)["oldest"] == oldest


class TestEarlyResend:
    def test_is_seen_by_whoever_reads_and_settles_it_when_its_cause_ends(self, site: Site) -> None:
        cause, reference = a_cause(site, order="reprocess"), a_key()
        request = held_up(site, cause, reference=reference)
        sent = {"source": "shop", "kind": "order", "reference": reference}
        other = {**sent, "reference": a_key()}

        counts = streamed(site, [sent, other], RESENDS)["counts"]

        assert (counts["not_waiting"], counts["unmatched"]) == (1, 1)
        assert [each["id"] for each in listed(site, evidence="resent")] == [request.id]
        (evidence,) = request.inside["evidence"]
        assert (evidence["kind"], evidence["source"], evidence["suggests"]) == ("resend", "shop", "resent")
        ended(site, cause)
        late = held_up(site, cause, reference=other["reference"], received_at="2025-03-04T07:30:00Z")
        assert request.inside["settlement"] == {**request.inside["settlement"], "outcome": "resent", "by": "resend"}
        assert late.inside["state"] == "settled"
        assert summary(site, cause["id"])["reconciled"] is True


class TestResendWithAnotherDigest:
    def test_settles_and_says_so(self, site: Site) -> None:
        cause = a_cause(site, order="source_resends")
        same, differs, early = (a_request(cause, kind="order") for _ in range(3))
        handed_in(site, [same, differs, early])
        sent = {"received_at": written(at("08:00:30")), "digest": "2" * 64}
        named = ("source", "kind", "reference")
        site.set_clock("08:01")
        made(site.emitter.post(RESENDS, [{name: early[name] for name in named} | sent]))
        ended(site, cause)
        site.set_clock("08:30")
        later = sent | {"received_at": written(at("08:20"))}
        made(site.emitter.post(RESENDS, [{name: differs[name] for name in named} | later]))
        made(site.emitter.post(RESENDS, [{name: same[name] for name in (*named, "digest")}]))
        site.tick()

        found = {each["reference"]: each for each in listed(site, kind="order")}

        assert {each["state"] for each in found.values()} == {"settled"}
        assert {name: each["digest_differs"] for name, each in found.items()} == {
            same["reference"]: False,
            differs["reference"]: True,
            early["reference"]: True,
        }
        for request, event in ((differs, "resent"), (early, "resend_kept"), (early, "resent"), (same, "resent")):
            path = f"{REQUESTS}/{found[request['reference']]['id']}/trail"
            (told,) = [each for each in made(site.auditor.get(path))["entries"] if each["type"].endswith(event)]
            assert told["what"].endswith(f", with another digest: {'2' * 64}") is (request is not same)
        (evidence,) = found[early["reference"]]["evidence"]
        assert evidence["value"].endswith(f" with the digest {'2' * 64}")
