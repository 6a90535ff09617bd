"""Held requests handed in by the thousand: each line is named, a bad one loses no good one, and nothing breaks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.api.bad_lines import BROKEN, INVALID, MALFORMED, WRONG, Json
from tests.api.client import REQUEST_ID, Site, made, problem
from tests.api.command import a_key
from tests.api.ledger_steps import (
    NO_COUNT,
    REQUESTS,
    RESENDS,
    a_cause,
    a_request,
    counts,
    handed_in,
    held_up,
    leased,
    listed,
    reprocessing,
    sent,
    streamed,
)
from tests.api.panel_steps import NOBODY, refused, written_lines

MARK = b"\xef\xbb\xbf"
BODY_LIMIT = 1024 * 1024
LIST_LIMIT = 5_000


@pytest.fixture(scope="module")
def cause(shared_site: Site) -> dict[str, str]:
    """What holds the requests of this module up."""
    return a_cause(shared_site)


class TestLines:
    @pytest.mark.parametrize(("line", "code"), BROKEN, ids=lambda value: repr(value)[:40])
    def test_that_are_broken_are_named_and_lose_no_good_one(
        self, shared_site: Site, cause: dict[str, str], line: bytes, code: str
    ) -> None:
        report = streamed(shared_site, [a_request(cause), b" \t", line, a_request(cause)])

        assert (report["lines"], report["counts"]) == (3, {**NO_COUNT, "held": 2, "refused": 1})
        assert [(each["line"], each["code"]) for each in report["refused"]] == [(3, code)]

    def test_may_begin_with_a_byte_order_mark_wherever_a_file_was_joined(
        self, shared_site: Site, cause: dict[str, str]
    ) -> None:
        lines = [MARK + written_lines([a_request(cause)]), MARK, MARK + written_lines([a_request(cause)])]
        whole = b"\n".join(lines)

        async def torn() -> AsyncIterator[bytes]:
            for place in range(len(whole)):
                yield whole[place : place + 1]

        report, again = made(sent(shared_site, torn())), made(sent(shared_site, whole))

        assert (report["lines"], report["counts"]) == (2, {**NO_COUNT, "held": 2})
        assert (again["lines"], again["counts"]) == (2, {**NO_COUNT, "repeat": 2})

    def test_in_utf_16_are_said_to_be(self, shared_site: Site) -> None:
        (refusal, *_) = made(sent(shared_site, json.dumps(a_request(None)).encode("utf-16")))["refused"]

        assert refusal["detail"] == "the line is UTF-16; send UTF-8"

    @pytest.mark.parametrize(("more", "pointer"), WRONG, ids=lambda value: repr(value)[:60])
    def test_that_cannot_be_are_named_by_what_is_wrong(
        self, shared_site: Site, cause: dict[str, str], more: Json, pointer: str
    ) -> None:
        wrong = a_request(cause) | more

        for report in (streamed(shared_site, [wrong, a_request(cause)]), handed_in(shared_site, [wrong])):
            (named,) = report["refused"]
            assert (named["line"], named["code"]) == (1, INVALID)
            assert named["detail"].startswith(pointer)
            assert report["counts"]["held"] == report["lines"] - 1

    @pytest.mark.parametrize(
        "text",
        [
            "zażółć",
            "測試 😀",
            "\u202ex\u0301",
            " leading and trailing ",
            "'; DROP TABLE x; --",
            "<b>&amp;",
            "%_!",
            "=1+1",
        ],
    )
    def test_keep_every_character_of_source_and_reference(
        self, shared_site: Site, cause: dict[str, str], text: str
    ) -> None:
        held = held_up(shared_site, cause, source=text, reference=f"{text}{a_key()}", summary=text)

        shown = held.inside
        assert (shown["source"], shown["summary"]) == (text, text)
        assert shown["reference"].startswith(text)
        assert [each["id"] for each in listed(shared_site, cause=cause["id"], source=text)] == [held.id]

    def test_take_a_digest_in_any_spelling(self, shared_site: Site, cause: dict[str, str]) -> None:
        body = a_request(cause, digest="ab" * 32)

        report = handed_in(
            shared_site, [body, {**body, "digest": "AB" * 32}, {**body, "digest": f"sha256:{'Ab' * 32}"}]
        )

        assert report["counts"] == {**NO_COUNT, "held": 1, "repeat": 2}

    def test_name_a_cause_as_an_object_or_as_a_text(self, shared_site: Site, cause: dict[str, str]) -> None:
        body = a_request(cause)

        report = handed_in(shared_site, [body, {**body, "cause": f"incident:{cause['id']}"}])

        assert report["counts"] == {**NO_COUNT, "held": 1, "repeat": 1}

    def test_are_of_any_number_and_the_same_file_again_is_repeats(self, shared_site: Site) -> None:
        cause = a_cause(shared_site)
        lines = [json.dumps(a_request(cause, number)).encode().ljust(700) for number in range(2_500)]
        content = written_lines([*lines, b"bad"])
        assert len(content) > BODY_LIMIT

        first, again = made(sent(shared_site, content)), made(sent(shared_site, content))

        assert first["counts"] == {**NO_COUNT, "held": 2_500, "refused": 1}
        assert again["counts"] == {**NO_COUNT, "repeat": 2_500, "refused": 1}
        assert [each["line"] for each in first["refused"]] == [2_501]
        assert counts(shared_site, cause["id"])["held"] == 2_500

    def test_come_in_pieces_that_end_anywhere(self, shared_site: Site) -> None:
        cause = a_cause(shared_site)
        content = written_lines([*(a_request(cause) for _ in range(20)), a_request(cause, source="zażółć")])

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(content), 7):
                yield content[start : start + 7]

        assert made(sent(shared_site, pieces()))["counts"]["held"] == 21

    def test_take_no_key_and_lists_do(self, shared_site: Site, cause: dict[str, str]) -> None:
        body, key = a_request(cause), a_key()
        lines = [sent(shared_site, written_lines([body]), key=key) for _ in range(2)]
        other = a_request(cause)

        first, again = (shared_site.emitter.post(REQUESTS, [other], key=a_key() + key) for _ in range(2))
        same = [shared_site.emitter.post(REQUESTS, [other], key="the-very-same") for _ in range(2)]

        assert [answer.json()["counts"]["repeat"] for answer in lines] == [0, 1]
        assert not any("Idempotent-Replayed" in answer.headers for answer in (*lines, first, again))
        assert same[1].headers["Idempotent-Replayed"] == "true"
        assert same[0].content == same[1].content

    def test_name_who_handed_them_in(self, shared_site: Site, cause: dict[str, str]) -> None:
        held = held_up(shared_site, cause)

        (event,) = shared_site.auditor.get(f"/v1/aggregates/{held.id}/events").json()["data"]

        assert (event["actor"], event["source"], event["request_id"]) == ("token:the-emitter", "http", REQUEST_ID)


class TestList:
    def test_has_up_to_five_thousand(self, shared_site: Site) -> None:
        emitter = shared_site.emitter

        assert made(emitter.post(REQUESTS, [{}] * LIST_LIMIT))["counts"]["refused"] == LIST_LIMIT
        refused(shared_site, lambda: emitter.post(REQUESTS, [{}] * (LIST_LIMIT + 1)), 422, "invalid")

    def test_may_be_empty(self, shared_site: Site) -> None:
        emitter = shared_site.emitter
        position = shared_site.last_position()

        for path in (REQUESTS, RESENDS):
            assert made(emitter.post(path, []))["lines"] == 0
            assert made(sent(shared_site, b"\n \r\n", path))["lines"] == 0
        assert shared_site.last_position() == position

    def test_may_begin_with_a_byte_order_mark(self, shared_site: Site) -> None:
        content = MARK + json.dumps([a_request(None), a_request(None)]).encode()

        report = made(shared_site.emitter.post(REQUESTS, content=content, headers={"Content-Type": "application/json"}))

        assert report["counts"] == {**NO_COUNT, "unassigned": 2}

    @pytest.mark.parametrize("path", [REQUESTS, RESENDS])
    @pytest.mark.parametrize(
        ("content", "media", "refusal"),
        [
            (b" " * (BODY_LIMIT + 1), "application/json", (413, "too_large")),
            (b"[]", "text/plain", (415, "unsupported_media")),
            (b"[", "application/json", (400, "malformed")),
            (b"1", "application/json", (422, "invalid")),
            (b"null", "application/json", (422, "invalid")),
            (b"", "application/json", (400, "malformed")),
            (b'[{"a": "\xff"}]', "application/json", (400, "malformed")),
        ],
        ids=repr,
    )
    def test_that_is_none_is_refused(
        self, shared_site: Site, path: str, content: bytes, media: str, refusal: tuple[int, str]
    ) -> None:
        emitter = shared_site.emitter

        answer = emitter.post(path, content=content, headers={"Content-Type": media})

        problem(answer, *refusal)


class TestResends:
    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"source": "a\x00"}, INVALID),
            ({"digest": "0"}, INVALID),
            ({"received_at": "2025-03-04T07:30:00"}, INVALID),
            ({"received_at": "2025-03-04T23:00:00Z"}, "received_in_future"),
            ({"cause": {"type": "incident", "id": NOBODY}}, INVALID),
        ],
        ids=repr,
    )
    def test_that_cannot_be_are_named(self, shared_site: Site, more: Json, code: str) -> None:
        body = {"source": "shop", "kind": "order", "reference": "x", "received_at": "2025-03-04T07:59:00Z"}

        report = streamed(shared_site, [body | more, body, b"bad"], RESENDS)

        assert [(each["line"], each["code"]) for each in report["refused"]] == [(1, code), (3, MALFORMED)]
        assert report["counts"]["unmatched"] == 1


class TestResults:
    @pytest.mark.parametrize(
        "wrong",
        [{"outcome": "perhaps"}, {"outcome": None}, {"note": "a\x00"}, {"note": "x" * 501}, {"id": "7"}],
        ids=str,
    )
    def test_that_cannot_be_are_named(self, shared_site: Site, wrong: Json) -> None:
        run = reprocessing(shared_site, 2)
        first, second = leased(shared_site, run)
        good = {"id": second["id"], "outcome": "done"}

        report = streamed(shared_site, [{"id": first["id"], "outcome": "done"} | wrong, good], f"{run}/results")

        assert [(each["line"], each["code"]) for each in report["refused"]] == [(1, INVALID)]
        assert report["counts"]["recorded"] == 1
