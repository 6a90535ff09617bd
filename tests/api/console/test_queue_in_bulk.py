"""Many requests at once: first what it would do, in numbers and a sample, then the same with what was shown."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from tests.api.client import Site, made
from tests.api.console.html_forms import HtmlForm
from tests.api.console.queue_steps import QUEUE, auditor, bea, many_to_check, rita
from tests.api.console.visitor import Visitor
from tests.api.ledger_steps import FOUR_EYES, Held, a_request, counts, handed_in, listed, reprocessing, to_check
from tests.api.page_text import sentences

BULK = f"{QUEUE}/bulk"
SAME: dict[str, str | Iterable[str]] = {"outcome": "already_done", "note": "The marketplace knows the shipment number."}


def carry_out(visitor: Visitor) -> HtmlForm:
    """Give the form that does what the dry run has shown."""
    (form,) = [each for each in visitor.forms if each.value("do") == "carry_out"]
    return form


def confirms(visitor: Visitor, status: int = 200) -> Visitor:
    """Do what the dry run has shown."""
    ((words, _, _),) = carry_out(visitor).buttons
    return visitor.presses(words, status)


class TestDecidingMany:
    def test_shows_what_it_would_do_and_does_nothing(self, site: Site) -> None:
        cause = many_to_check(site, 25)
        visitor = rita(site).opens(f"{BULK}?cause={cause['id']}")
        before = site.last_position()

        visitor.sends("decide", SAME)

        visitor.reads(
            "This is what it would do",
            "25 requests would be decided: was done already.",
            "Nothing has happened yet. It is done with these requests alone: if others come, or the evidence changes,"
            " you are asked again.",
            "The marketplace knows the shipment number.",
            "The first 20 of them",
        )
        assert len(re.findall(r"<tr><td>", visitor.answer.text)) == 20
        assert site.last_position() == before

    def test_does_what_was_shown_and_says_so_in_numbers(self, site: Site) -> None:
        cause = many_to_check(site, 25)
        visitor = rita(site).opens(f"{BULK}?cause={cause['id']}").sends("decide", SAME)

        confirms(visitor).reads("25 requests were decided.")

        assert counts(site, cause["id"])["settled"] == 25

    def test_does_nothing_more_if_it_is_sent_again(self, site: Site) -> None:
        cause = many_to_check(site, 3)
        visitor = rita(site).opens(f"{BULK}?cause={cause['id']}").sends("decide", SAME)
        form = carry_out(visitor)
        confirms(visitor)
        position = site.tick()

        answer = visitor.request("POST", form.action, form.filled({}))

        assert "3 requests were decided." in sentences(answer)
        assert site.last_position() == position

    def test_leaves_out_what_others_have_claimed(self, site: Site) -> None:
        cause = many_to_check(site, 3)
        Held(site, listed(site, cause=cause["id"])[0]["id"]).done("claim")
        site.tick()

        visitor = bea(site).opens(f"{BULK}?cause={cause['id']}").sends("decide", SAME)

        visitor.reads("2 requests would be decided: was done already. 1 is left out. Others have claimed them.")

    def test_is_asked_again_if_others_came(self, site: Site) -> None:
        cause = many_to_check(site, 2)
        visitor = rita(site).opens(f"{BULK}?cause={cause['id']}").sends("decide", SAME)
        handed_in(site, [a_request(cause)])
        site.tick()

        confirms(visitor, 409)

        visitor.reads(
            "Nothing was changed. Since the dry run 1 requests came into the set, and 0 went; make another one."
        )
        assert visitor.form("decide").value("note") == SAME["note"]
        visitor.sends("decide", {}).reads("3 requests would be decided: was done already.")

    def test_marks_what_the_evidence_says_otherwise(self, site: Site) -> None:
        request = to_check(site)
        request.done("evidence", {"kind": "shipment", "source": "marketplace", "value": "1", "suggests": "done_now"})
        site.tick()

        rita(site).opens(BULK).sends("decide", SAME).reads("done now Not what you decide")

    def test_keeps_what_was_typed_and_points_at_what_is_missing(self, site: Site) -> None:
        many_to_check(site, 1)

        visitor = rita(site).opens(BULK).sends("decide", {"note": "Seen."}, status=422)

        visitor.reads("Nothing was changed. Look at what is marked.")
        assert visitor.form("decide").value("note") == "Seen."
        assert 'href="#decide-outcome"' in visitor.answer.text

    def test_can_be_changed_before_it_is_done(self, site: Site) -> None:
        many_to_check(site, 1)
        visitor = rita(site).opens(BULK).sends("decide", SAME)
        visitor.presses("Change it")

        assert (visitor.form("decide").value("note"), visitor.form("decide").value("outcome")) == (
            SAME["note"],
            "already_done",
        )

    def test_finds_none(self, site: Site) -> None:
        visitor = rita(site).opens(BULK).sends("decide", SAME)

        visitor.reads("0 requests would be decided: was done already.")
        assert [each for each in visitor.forms if each.value("do") == "carry_out"] == []


class TestMore:
    def test_signs_many_but_not_ones_own(self, site: Site) -> None:
        cause = many_to_check(site, 3, FOUR_EYES)
        visitor = rita(site).opens(f"{BULK}?cause={cause['id']}").sends("decide", SAME)
        confirms(visitor)
        site.tick()

        own = visitor.opens(f"{BULK}?state=awaiting_signature").sends("sign")
        own.reads(
            "0 requests would be signed. 3 are left out. You decided them yourself, or their content has changed since."
        )
        confirms(bea(site).opens(f"{BULK}?state=awaiting_signature").sends("sign")).reads("3 requests were signed.")

        assert counts(site, cause["id"])["settled"] == 3

    def test_labels_many(self, site: Site) -> None:
        cause = many_to_check(site, 3)
        visitor = rita(site).opens(f"{BULK}?cause={cause['id']}")

        visitor.sends("labels", {"add": "Not A Key"}, status=422)
        visitor.sends("labels", {"add": "after-0100, buyers-told"}).reads("3 requests would be labeled.")
        confirms(visitor).reads("3 requests were labeled.")

        assert {tuple(each["labels"]) for each in listed(site, cause=cause["id"])} == {("after-0100", "buyers-told")}

    def test_writes_a_note_on_every_request_there_is(self, site: Site) -> None:
        many_to_check(site, 2)
        visitor = rita(site).opens(f"{BULK}?state=any")
        visitor.reads("About every request there is.")

        confirms(visitor.sends("note", {"note": "The buyers know."})).reads("2 requests were given the note.")

        assert {each["notes_count"] for each in listed(site)} == {1}

    def test_takes_many_out_of_a_run(self, site: Site) -> None:
        reprocessing(site, 3)
        visitor = rita(site).opens(f"{BULK}?state=reprocessing")

        confirms(visitor.sends("withdraw", {"reason": "The importer books them twice."})).reads(
            "3 requests were taken out of their runs."
        )

        assert counts(site)["to_check"] == 3

    def test_finds_what_the_view_finds(self, site: Site) -> None:
        many_to_check(site, 5)

        for asked, number in (("reference=00001%0A00003", 2), ("reference_prefix=0000", 5), ("kind=invoice", 0)):
            visitor = rita(site).opens(f"{BULK}?{asked}").sends("decide", SAME)
            one = "request" if number == 1 else "requests"
            visitor.reads(f"{number} {one} would be decided: was done already.")

    def test_offers_what_fits_the_state(self, site: Site) -> None:
        forms = {
            state: {form.name for form in rita(site).opens(f"{BULK}?state={state}").forms if form.name}
            for state in ("to_check", "awaiting_signature", "reprocessing", "settled")
        }

        assert forms == {
            "to_check": {"decide", "labels", "note"},
            "awaiting_signature": {"sign", "labels", "note"},
            "reprocessing": {"withdraw", "labels", "note"},
            "settled": {"labels", "note"},
        }

    @pytest.mark.parametrize("asked", ["claimed_by=Bea", "older_than=24h"])
    def test_says_by_what_nothing_can_be_done_in_bulk(self, site: Site, asked: str) -> None:
        visitor = rita(site).opens(f"{BULK}?{asked}")

        assert any("can be looked at in the queue" in line for line in visitor.lines)
        assert [form for form in visitor.forms if form.name] == []

    def test_says_that_the_filter_cannot_be(self, site: Site) -> None:
        rita(site).opens(f"{BULK}?received_from=soon").reads("Enter a day and a time, as in 2021-03-09T14:30.")
        rita(site).opens(f"{BULK}?kind=BAD+KIND").sends("note", {"note": "x"}, status=422)

    def test_is_for_reviewers(self, site: Site) -> None:
        auditor(site).opens(BULK, status=403)

    def test_binds_the_token_to_the_person(self, site: Site) -> None:
        cause = many_to_check(site, 2)
        visitor = rita(site).opens(f"{BULK}?cause={cause['id']}").sends("decide", SAME)
        form = carry_out(visitor)

        answer = bea(site).request("POST", form.action, form.filled({}))

        assert answer.status_code == 422
        assert counts(site, cause["id"])["settled"] == 0


def test_texts_of_a_filter_are_texts(site: Site) -> None:
    text = rita(site).opens(f"{BULK}?source=%3Cscript%3Ex").answer.text

    assert "<script>x" not in text


def test_a_bulk_as_the_interface_does_it_is_the_same(site: Site) -> None:
    cause = many_to_check(site, 2)
    confirms(rita(site).opens(f"{BULK}?cause={cause['id']}").sends("decide", SAME))
    site.tick()

    (first, _) = listed(site, cause=cause["id"])
    assert made(site.auditor.get(f"/v1/held-requests/{first['id']}"))["decision"]["person"] == "the-reviewer"
