"""The list of the check queue: what it says first, its filters, its pages and its files."""

from __future__ import annotations

import io
import json
import re
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest

from tests.api.client import Site
from tests.api.console.queue_steps import QUEUE, admin, auditor, many_to_check, operator, rita
from tests.api.console.visitor import Visitor
from tests.api.ledger_steps import FOUR_EYES, a_request, decided, digest_of, handed_in, held_up, to_check

ROW = re.compile(r'<tr id="r-')
SCRIPT = "/console/static/queue-"
WIRE = 30_000
"""How many bytes a screen may have on its way."""


def rows(visitor: Visitor) -> int:
    """Count the rows of the list."""
    return len(ROW.findall(visitor.answer.text))


def chips(visitor: Visitor) -> dict[str, str]:
    """Give the chips of the screen, by their words, with their addresses."""
    found = re.findall(r'<li><a href="([^"]*)"[^>]*>(.*?)</a></li>', visitor.answer.text, re.DOTALL)
    return {" ".join(re.sub(r"<[^>]*>", "", words).split()): href.replace("&amp;", "&") for href, words in found}


class TestTheQueue:
    def test_says_that_nothing_waits(self, site: Site) -> None:
        rita(site).opens(QUEUE).reads("Check queue", "Nothing waits to be checked.", "Nothing waits to be checked.")

    def test_shows_first_what_waits_for_a_person(self, site: Site) -> None:
        first = to_check(site)
        held_up(site, None)
        decided(site, FOUR_EYES)

        visitor = rita(site).opens(QUEUE)

        visitor.reads(
            "1 request waits to be checked, 1 waits for a second person."
            " The oldest open one was received 30 minutes ago."
        )
        assert rows(visitor) == 1
        assert first.inside["reference"] in visitor.answer.text

    def test_has_the_states_as_chips_with_their_counts(self, site: Site) -> None:
        many_to_check(site, 3)
        held_up(site, None)

        found = chips(rita(site).opens(QUEUE))

        assert found["To check 3"] == QUEUE
        assert found["Held 1"] == f"{QUEUE}?state=held"
        assert found["All open 4"] == f"{QUEUE}?state=open"
        assert found["No cause yet 1"] == f"{QUEUE}?cause=unassigned&state=open"
        assert "An incident that is not public 3" in found

    def test_names_causes_to_those_who_see_them(self, site: Site) -> None:
        cause = many_to_check(site, 2)

        found = chips(auditor(site).opens(QUEUE))

        assert found["Trouble 2"] == f"{QUEUE}?cause=incident%3A{cause['id']}"

    def test_counts_the_kinds_of_one_cause(self, site: Site) -> None:
        cause = many_to_check(site, 2)

        found = chips(rita(site).opens(f"{QUEUE}?cause={cause['id']}"))

        assert found["Order 2"] == f"{QUEUE}?cause={cause['id']}&kind=order"
        assert found["Cause: An incident that is not public ×, take it away"] == QUEUE

    def test_names_kinds_in_words(self, site: Site) -> None:
        cause = many_to_check(site, 2, kind="stock_change")
        visitor = rita(site)

        assert "Stock change 2" in chips(visitor.opens(f"{QUEUE}?cause={cause['id']}"))
        assert "Kind: Stock change ×, take it away" in chips(visitor.opens(f"{QUEUE}?kind=stock_change"))
        visitor.reads("Stock change 00000").does_not_read("stock_change")
        visitor.opens(f"{QUEUE}/summary?cause={cause['id']}").reads("Stock change").does_not_read("stock_change")
        visitor.opens("/console").does_not_read("stock_change")

    def test_gives_no_counts_that_are_of_something_else(self, site: Site) -> None:
        many_to_check(site, 2)

        found = chips(rita(site).opens(f"{QUEUE}?kind=order"))

        assert "To check" in found
        rita(site).opens(f"{QUEUE}?kind=order").reads("2 requests fit.")

    def test_shows_the_first_request_with_its_evidence_beside(self, site: Site) -> None:
        request = to_check(site, summary="Two pairs of shoes")
        request.done(
            "evidence",
            {"kind": "shipment_number", "source": "marketplace", "value": "0035900773", "suggests": "already_done"},
        )
        site.tick()

        visitor = rita(site).opens(QUEUE)

        visitor.reads(
            "Two pairs of shoes", "Evidence", "Shipment number, marketplace", "0035900773", "Suggests: was done already"
        )
        assert visitor.form("claim").action.startswith(f"{QUEUE}/{request.id}")

    def test_writes_texts_of_others_as_texts(self, site: Site) -> None:
        to_check(site, reference="<script>alert(1)</script>", source='"><img src=x>', summary="<b>" * 160)

        text = rita(site).opens(QUEUE).answer.text

        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b><b>" not in text


class TestFilters:
    def test_are_found_again_in_the_form(self, site: Site) -> None:
        request = to_check(site)
        reference = request.inside["reference"]

        visitor = rita(site).opens(
            f"{QUEUE}?reference={reference}%0Anone&kind=order&received_from=2025-03-04T07:00&sort=-received_at"
        )

        form = visitor.form(QUEUE)
        assert (form.value("reference"), form.value("kind"), form.value("sort")) == (
            f"{reference}\nnone",
            "order",
            "-received_at",
        )
        assert rows(visitor) == 1

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("received_on=2025-03-04", 2),
            ("received_on=2025-03-05", 0),
            ("received_until=2025-03-04T07:30", 0),
            ("older_than=20m", 2),
            ("older_than=2h", 0),
            ("reference_prefix=0000", 2),
            ("source=elsewhere", 0),
            ("evidence=any", 0),
            ("evidence=none", 2),
            ("label=urgent", 0),
            ("trait=opened_again", 0),
            ("state=settled", 0),
            ("state=any", 2),
            ("claimed_by=nobody", 0),
        ],
    )
    def test_find_what_the_route_finds(self, shared_site: Site, asked: str, found: int) -> None:
        source = asked.partition("=")[0].replace("_", "-") + str(found) + str(len(asked))
        many_to_check(shared_site, 2, source=source)
        more = "" if asked.startswith("source") else f"&source={source}"

        assert rows(rita(shared_site).opens(f"{QUEUE}?{asked}{more}")) == found

    @pytest.mark.parametrize(
        ("asked", "field", "says"),
        [
            (
                "kind=BAD+KIND",
                "kind",
                "It has up to 64 of a-z, 0-9, - and _, and begins and ends with a letter or a digit.",
            ),
            ("received_from=yesterday", "received_from", "Enter a day and a time, as in 2021-03-09T14:30."),
            ("older_than=soon", "older_than", "'soon' is not a duration; write 90s, 30m, 2h or PT30M."),
            (
                "cause=the+outage",
                "cause",
                "It is a cause: maintenance_window:<id>, incident:<id>, restoration:<id>, the id alone, or unassigned.",
            ),
            ("received_on=2025-02-30", "received_on", ""),
        ],
    )
    def test_that_cannot_be_keep_what_was_typed_and_point_at_it(
        self, shared_site: Site, asked: str, field: str, says: str
    ) -> None:
        visitor = rita(shared_site).opens(f"{QUEUE}?{asked}&source=shop", status=422)

        visitor.reads("Requests cannot be filtered by this.", *([says] if says else []))
        form = visitor.form(QUEUE)
        assert form.value(field) == parse_qs(asked)[field][0]
        assert form.value("source") == "shop"
        assert f'href="#filter-{field}"' in visitor.answer.text

    def test_of_a_cause_that_is_not_there_say_so(self, site: Site) -> None:
        rita(site).opens(f"{QUEUE}?cause=0192f3a4-5b6c-7d8e-9f00-112233445566", status=404).reads("Not found")


class TestPages:
    def test_have_a_hundred_rows_and_thirty_kilobytes_at_most(self, site: Site) -> None:
        many_to_check(site, 130)
        visitor = rita(site).opens(QUEUE)
        assert rows(visitor) == 100

        answer = visitor.request("GET", QUEUE, None, **{"Accept-Encoding": "gzip"})
        assert int(answer.headers["Content-Length"]) < WIRE

        (following,) = (address for words, address in _links(visitor) if words == "Next 100")
        visitor.opens(following)
        assert rows(visitor) == 30
        assert [address for words, address in _links(visitor) if words == "First page"] == [QUEUE]

    def test_stay_as_small_with_long_names_that_have_nothing_in_common(self, site: Site) -> None:
        cause = many_to_check(site, 0)
        named = [(digest_of(place) * 4)[:255] for place in range(100)]
        handed_in(site, [a_request(cause, name, source=digest_of(name), summary=digest_of(name) * 7) for name in named])
        site.tick()

        answer = rita(site).request("GET", QUEUE, None, **{"Accept-Encoding": "gzip"})

        assert int(answer.headers["Content-Length"]) < WIRE

    def test_show_the_newest_first_if_that_is_asked(self, site: Site) -> None:
        cause = many_to_check(site, 1)
        handed_in(site, [a_request(cause, "late", received_at="2025-03-04T07:45:00Z")])
        site.tick()

        visitor = rita(site).opens(f"{QUEUE}?sort=-received_at")

        assert visitor.answer.text.index("late") < visitor.answer.text.index("00000")


def _links(visitor: Visitor) -> list[tuple[str, str]]:
    found = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', visitor.answer.text)
    return [(words, href.replace("&amp;", "&")) for href, words in found]


class TestFiles:
    def test_have_what_the_filter_finds(self, site: Site) -> None:
        many_to_check(site, 3)
        held_up(site, None)
        visitor = auditor(site).opens(f"{QUEUE}?kind=order")
        (address,) = (href for words, href in _links(visitor) if words == "NDJSON")

        answer = visitor.request("GET", address)

        assert len([json.loads(line) for line in answer.text.splitlines()]) == 3
        assert answer.headers["Content-Disposition"] == 'attachment; filename="held-requests.ndjson"'
        assert answer.headers["Cache-Control"] == "no-store"

    def test_are_tables_and_spreadsheets(self, site: Site) -> None:
        many_to_check(site, 3)
        visitor = rita(site)

        table = visitor.request("GET", f"{QUEUE}/export.csv?reference=00001")
        sheet = visitor.request("GET", f"{QUEUE}/export.xlsx")

        assert table.content.startswith(b"\xef\xbb\xbf")
        assert len(table.text.splitlines()) == 2
        assert "xl/workbook.xml" in ZipFile(io.BytesIO(sheet.content)).namelist()

    def test_say_on_a_screen_why_there_is_none(self, site: Site) -> None:
        visitor = rita(site)

        visitor.opens(f"{QUEUE}/export.csv?kind=BAD+KIND", status=422).reads("This cannot be shown")
        visitor.opens(f"{QUEUE}/export.csv?received_from=soon", status=400)
        visitor.opens(f"{QUEUE}/export.pdf", status=400).reads("Requests can be had as xlsx, csv or ndjson.")

    def test_are_for_those_who_read_requests(self, site: Site) -> None:
        operator(site).opens(f"{QUEUE}/export.csv", status=403)


class TestRoles:
    def test_let_auditors_read_and_change_nothing(self, site: Site) -> None:
        to_check(site)

        visitor = auditor(site).opens(QUEUE)

        assert {form.action for form in visitor.forms} <= {"/console/sign-out", QUEUE, ""}
        assert "Do the same with all of these" not in visitor.answer.text

    def test_show_operators_what_they_can_do(self, site: Site) -> None:
        visitor = operator(site).opens(QUEUE)

        visitor.reads("Reviewers and auditors read held requests. As an operator you look after what carries them out.")
        assert rows(visitor) == 0

    def test_lead_nobody_in_who_is_not_signed_in(self, site: Site) -> None:
        visitor = Visitor(site).opens(f"{QUEUE}?state=open")

        assert urlsplit(visitor.path).path == "/console/sign-in"


def test_the_keys_can_be_switched_off(site: Site) -> None:
    to_check(site)

    assert SCRIPT in admin(site).opens(QUEUE).answer.text
    without = admin(site).opens(f"{QUEUE}?keys=off")
    assert SCRIPT not in without.answer.text
    assert "Switch the keys on" in without.answer.text


def test_what_is_sent_is_compressed(site: Site) -> None:
    answer = rita(site).request("GET", QUEUE, None, **{"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
