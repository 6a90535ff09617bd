"""Accounts handed in by the thousand: a bad line never loses a good one, and a file can be sent again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from domain.access.keyring import Role
from tests.api.client import REQUEST_ID, Site, made, problem
from tests.api.ledger_commands import TAKES_LINES
from tests.api.panel_steps import (
    NDJSON,
    NOBODY,
    RESTORATIONS,
    WARSAW,
    Restoration,
    cut_off,
    lost,
    panel_c_lost,
    refused,
    registered,
    sent_lines,
    written_lines,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


LINE_LIMIT = 64 * 1024
BODY_LIMIT = 1024 * 1024
NONE = {"added": 0, "changed": 0, "repeat": 0, "refused": 0}


@pytest.fixture
def restoration(site: Site) -> Restoration:
    """A restoration of the panel of 2020, without an account."""
    return panel_c_lost(site)


def kept(restoration: Restoration) -> list[str]:
    """Give the accounts that there are."""
    restoration.site.tick()
    answer = made(restoration.site.auditor.get(restoration.accounts, params={"limit": 200}))
    return [each["account"] for each in answer["data"]]


def count_of(restoration: Restoration) -> int:
    """Count the accounts that there are."""
    restoration.site.tick()
    return int(made(restoration.site.auditor.get(f"{restoration.accounts}/summary"))["accounts"])


def an_account(number: int, **more: object) -> dict[str, object]:
    """Give an account as it is handed in."""
    return {"account": f"shop-{number:05}", "created_on": "2020-09-14", **more}


class TestLines:
    def test_that_are_good_are_taken_in(self, site: Site, restoration: Restoration) -> None:
        answer = sent_lines(restoration, written_lines(an_account(number) for number in range(450)))

        assert (answer.status_code, answer.headers["Bitacora-Position"]) == (200, str(site.last_position()))
        assert answer.json() == {"lines": 450, "counts": {**NONE, "added": 450}, "refused": []}
        assert count_of(restoration) == 450
        assert restoration.inside["version"] == 1

    @pytest.mark.parametrize(
        ("line", "code", "about"),
        [
            (b"no JSON", "malformed", "the line is not JSON"),
            (b'{"account": "a"', "malformed", "the line is not JSON"),
            (b'{"account": "a"} {"account": "b"}', "malformed", "the line is not JSON"),
            (b'{"account": "a\xff"}', "malformed", "the line is not JSON"),
            (b'{"account": "a\x00"}', "malformed", "the line is not JSON"),
            (b"\x00", "malformed", "the line is not JSON"),
            (b'{"account": "\\ud800"}', "malformed", "the line is not JSON"),
            (b"[" * 5_000 + b"]" * 5_000, "malformed", "the line is not JSON"),
            (b'{"account": ' + b'{"a":' * 3_000 + b"1" + b"}" * 3_001, "malformed", "the line is not JSON"),
            (b'{"account": "a\\u0000"}', "invalid", "/account"),
            (b'{"account": 7}', "invalid", "/account"),
            # Names of accounts have no character that is not seen, so that no two of them look the same.
            *(
                (
                    json.dumps({"account": name}).encode(),
                    "invalid",
                    "/account: it has up to 128 of A-Z, a-z, 0-9 and ._:@+-",
                )
                for name in ("a ", "\ufeffa", "a\u00a0", "a\u200b1", "e\u0301")
            ),
            (b'{"account": ["a"]}', "invalid", "/account"),
            (b'{"created_on": "2020-09-14"}', "invalid", "/account"),
            (b'{"account": "a", "created_on": 20200914}', "invalid", "/created_on"),
            (b'{"account": "a", "created_on": "2020-02-30"}', "invalid", "/created_on"),
            (b'{"account": "a", "more": 1}', "invalid", "/more"),
            (b'["a"]', "invalid", "/"),
            (b'"a"', "invalid", "/"),
            (b"null", "invalid", "/"),
            (b'{"account": "a", "created_on": "2021-03-11"}', "account_of_another_panel", "2021-03-11"),
            (b'{"account": "a", "note": "' + b"x" * LINE_LIMIT + b'"}', "too_large", "65536"),
            (b"x" * 200_000, "too_large", "65536"),
        ],
        ids=lambda value: repr(value)[:40],
    )
    def test_that_are_bad_are_named_and_lose_no_good_one(
        self, shared_restoration: Restoration, line: bytes, code: str, about: str
    ) -> None:
        before = count_of(shared_restoration)
        good = [an_account(before), an_account(before + 1)]

        report = shared_restoration.takes_lines([good[0], line, good[1]])

        assert (report["lines"], report["counts"]) == (3, {**NONE, "added": 2, "refused": 1})
        (named,) = report["refused"]
        assert (named["line"], named["code"]) == (2, code)
        assert about in named["detail"]
        assert count_of(shared_restoration) == before + 2

    def test_may_be_as_long_as_a_line_may_be(self, restoration: Restoration) -> None:
        line = json.dumps(an_account(1)).encode().ljust(LINE_LIMIT)

        report = restoration.takes_lines([line, line + b" "])

        assert report["counts"] == {**NONE, "added": 1, "refused": 1}
        assert [(each["line"], each["code"]) for each in report["refused"]] == [(2, "too_large")]

    def test_that_are_blank_are_left_out_but_numbered(self, restoration: Restoration) -> None:
        content = b'\n  \r\n{"account": "a"}\r\n\t\nbad\r\n\n{"account": "b"}'

        report = made(sent_lines(restoration, content))

        assert (report["lines"], report["counts"]) == (3, {**NONE, "added": 2, "refused": 1})
        assert [each["line"] for each in report["refused"]] == [5]
        assert kept(restoration) == ["a", "b"]

    @pytest.mark.parametrize("content", [b"", b"\n", b" \r\n\r\n"])
    def test_that_are_none_are_none(self, restoration: Restoration, content: bytes) -> None:
        assert made(sent_lines(restoration, content)) == {"lines": 0, "counts": NONE, "refused": []}

    def test_of_a_file_that_is_sent_again_are_repeats(self, site: Site, restoration: Restoration) -> None:
        content = written_lines([*(an_account(number) for number in range(250)), "bad", an_account(7)])
        first = made(sent_lines(restoration, content))
        position = site.last_position()

        again = made(sent_lines(restoration, content))

        assert first["counts"] == {**NONE, "added": 250, "repeat": 1, "refused": 1}
        assert again["counts"] == {**NONE, "repeat": 251, "refused": 1}
        assert again["refused"] == first["refused"]
        assert site.last_position() == position

    def test_that_say_something_else_change_the_account(self, restoration: Restoration) -> None:
        restoration.takes_lines([an_account(1), an_account(2)])

        report = restoration.takes_lines([an_account(1, note="Calls every day."), an_account(2)])
        # What is not said stays.
        again = restoration.takes_lines([{"account": "shop-00001"}])

        assert report["counts"] == {**NONE, "changed": 1, "repeat": 1}
        assert again["counts"] == {**NONE, "repeat": 1}
        document = made(restoration.site.auditor.get(f"{restoration.accounts}/shop-00001"))
        assert (document["version"], document["note"]) == (2, "Calls every day.")
        assert restoration.site.events(document["id"]) == [
            "account_recovery.opened",
            "account_recovery.particulars_changed",
        ]

    def test_that_are_bad_by_the_thousand_are_counted_and_the_first_thousand_named(
        self, restoration: Restoration
    ) -> None:
        report = restoration.takes_lines([*(b"bad" for _ in range(1_500)), an_account(1)])

        assert (report["lines"], report["counts"]) == (1_501, {**NONE, "added": 1, "refused": 1_500})
        assert [each["line"] for each in report["refused"]] == list(range(1, 1_001))

    def test_take_no_key(self, restoration: Restoration) -> None:
        content = written_lines([an_account(1)])

        answers = [sent_lines(restoration, content, key="a-key") for _ in range(2)]

        assert [answer.json()["counts"]["repeat"] for answer in answers] == [0, 1]
        assert not any("Idempotent-Replayed" in answer.headers for answer in answers)

    def test_name_who_handed_them_in(self, site: Site, restoration: Restoration) -> None:
        restoration.takes_lines([an_account(1)])

        event = site.auditor.get("/v1/events", params={"type": "account_recovery.opened"}).json()["data"][0]

        assert (event["actor"], event["source"], event["request_id"]) == ("token:the-operator", "http", REQUEST_ID)


class TestManyLines:
    def test_are_of_any_size_together(self, restoration: Restoration) -> None:
        padded = [json.dumps(an_account(number)).encode().ljust(5_000) for number in range(300)]
        content = written_lines(padded)
        assert len(content) > BODY_LIMIT

        assert made(sent_lines(restoration, content))["counts"]["added"] == 300

    def test_come_in_pieces_that_end_anywhere(self, site: Site, restoration: Restoration) -> None:
        content = written_lines([*(an_account(number) for number in range(30)), {"account": "zażółć"}])

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(content), 7):
                yield content[start : start + 7]

        report = made(site.operator.post(restoration.accounts, content=pieces(), headers={"Content-Type": NDJSON}))

        assert report["counts"] == {**NONE, "added": 30, "refused": 1}

    @pytest.mark.parametrize(("cut", "whole"), [(0, 450), (-1, 449), (-20, 449)])
    def test_that_are_cut_off_keep_what_is_whole(self, restoration: Restoration, cut: int, whole: int) -> None:
        content = written_lines(an_account(number) for number in range(450))

        cut_off(restoration, content[: len(content) + cut])

        assert count_of(restoration) == whole
        assert restoration.takes_lines([content.splitlines()[-1]])["lines"] == 1
        assert count_of(restoration) == 450

    def test_that_are_cut_off_in_a_line_that_ends_well_do_not_count_it(self, restoration: Restoration) -> None:
        cut_off(restoration, b'{"account": "a"}\n{"account": "b"}')

        assert kept(restoration) == ["a"]


class TestJson:
    def test_may_be_a_list_with_the_same_report(self, site: Site, restoration: Restoration) -> None:
        handed = [an_account(1), an_account(2, created_on="2021-03-11"), an_account(1), an_account(1, note="New.")]

        answer = site.operator.post(restoration.accounts, handed, key="a-key")

        assert answer.status_code == 200
        report = answer.json()
        assert report["counts"] == {"added": 1, "changed": 1, "repeat": 1, "refused": 1}
        assert [(each["line"], each["code"]) for each in report["refused"]] == [(2, "account_of_another_panel")]
        again = site.operator.post(restoration.accounts, handed, key="a-key")
        assert (again.content, again.headers["Idempotent-Replayed"]) == (answer.content, "true")

    def test_of_a_list_a_bad_one_loses_no_good_one(self, site: Site, restoration: Restoration) -> None:
        handed = [{"account": 1}, an_account(1), "no account", an_account(2, created_on="2021-03-11")]

        report = site.operator.post(restoration.accounts, handed).json()

        assert (report["lines"], report["counts"]["added"], report["counts"]["refused"]) == (4, 1, 3)
        assert [(each["line"], each["code"]) for each in report["refused"]] == [
            (1, "invalid"),
            (3, "invalid"),
            (4, "account_of_another_panel"),
        ]

    def test_of_more_than_a_thousand_is_refused(self, site: Site, restoration: Restoration) -> None:
        refusal = refused(site, lambda: site.operator.post(restoration.accounts, [{}] * 1_001), 422, "invalid")

        assert refusal["errors"][0]["pointer"] == ""

    def test_over_a_mebibyte_is_refused(self, site: Site, restoration: Restoration) -> None:
        padded = json.dumps(an_account(1)).encode().ljust(BODY_LIMIT)
        asked = {"headers": {"Content-Type": "application/json"}}

        send = site.operator.post
        refused(site, lambda: send(restoration.accounts, content=padded + b" ", **asked), 413, "too_large")
        assert send(restoration.accounts, content=padded, **asked).status_code == 201


class TestRefusal:
    @pytest.mark.parametrize("content", [b'{"account": "a"}\n', b"", b"bad\n" * 10_000])
    def test_of_an_unknown_restoration_comes_before_anything_is_read(self, shared_site: Site, content: bytes) -> None:
        nobody = Restoration(shared_site, f"{RESTORATIONS}/{NOBODY}")

        refused(shared_site, lambda: sent_lines(nobody, content), 404, "not_found")

    def test_of_lines_is_that_of_every_other_route(self, shared_restoration: Restoration) -> None:
        site = shared_restoration.site
        places = site.routes_for(lambda method, _: method in {"POST", "PATCH", "PUT"})
        taking = {"/v1/restorations/{id}/accounts", *TAKES_LINES}
        assert taking <= {path for method, path in places if method == "POST"}

        for method, path in places:
            if path not in taking:
                named = path.replace("{id}", shared_restoration.id).replace("{number}", "1").replace("{run}", NOBODY)
                answer = site.a(Role.ADMIN).send(method, named, content=b"{}\n", headers={"Content-Type": NDJSON})
                problem(answer, 415, "unsupported_media")

    def test_of_whoever_may_not_comes_before_anything_is_read(self, shared_restoration: Restoration) -> None:
        site, sent = shared_restoration.site, {"content": b'{"account": "x"}\n', "headers": {"Content-Type": NDJSON}}

        refused(site, lambda: site.reader.post(shared_restoration.accounts, **sent), 401, "not_authenticated")
        for caller in (site.emitter, site.auditor):
            refused(site, lambda it=caller: it.post(shared_restoration.accounts, **sent), 403, "forbidden")


@pytest.fixture(scope="module")
def shared_restoration(shared_site: Site) -> Restoration:
    """A restoration that the tests of this module share."""
    registered(shared_site, "shared", zone=WARSAW, accounts_from="2019-01-01", accounts_until="2021-03-10")
    return lost(shared_site, "shared")


class TestOrder:
    def test_of_refused_lines_is_that_of_the_lines(self, restoration: Restoration) -> None:
        lines = [an_account(1, created_on="2021-03-11"), "no account", an_account(2), an_account(3, note=7)]

        assert [each["line"] for each in restoration.takes_lines(lines)["refused"]] == [1, 2, 4]


class TestName:
    def test_is_none_that_stands_in_paths(self, site: Site, restoration: Restoration) -> None:
        refusal = refused(
            site, lambda: site.operator.post(restoration.accounts, {"account": "summary"}), 422, "invalid"
        )

        assert refusal["errors"][0]["pointer"] == "/account"
