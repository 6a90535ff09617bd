"""Whatever a machine sends as lines: bad ones are named by their numbers, and good ones are kept."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.bad_lines import BROKEN, GOOD, INVALID, LINE_LIMIT, MALFORMED, TOO_LARGE, WRONG
from tests.api.client import Site, made
from tests.api.ledger_steps import NO_COUNT, a_cause, a_request, counts, sent


@pytest.fixture(scope="module")
def cause(shared_site: Site) -> dict[str, str]:
    """What holds the requests of this module up."""
    return a_cause(shared_site)


NOISE = st.one_of(
    st.sampled_from(BROKEN),
    st.binary(min_size=1, max_size=60)
    .map(lambda noise: noise.replace(b"\n", b"?") + b"\xff")
    .map(lambda noise: (noise, MALFORMED)),
    st.sampled_from(WRONG).map(lambda wrong: (json.dumps(a_request(None) | wrong[0]).encode(), INVALID)),
    st.just((b" " * (LINE_LIMIT + 1), TOO_LARGE)),
    st.sampled_from([b"", b"  ", b"\r", b"\t\r"]).map(lambda blank: (blank, "blank")),
)


class TestFuzz:
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_names_each_bad_line_by_its_number_and_keeps_each_good_one(
        self, shared_site: Site, cause: dict[str, str], data: st.DataObject
    ) -> None:
        good = st.builds(lambda: (json.dumps(a_request(cause)).encode(), GOOD))
        lines = data.draw(st.lists(NOISE | good, max_size=12))
        ending = data.draw(st.sampled_from([b"\n", b"\r\n"]))
        before = counts(shared_site, cause["id"])["held"]

        report = made(sent(shared_site, ending.join(text for text, _ in lines)))

        kinds = [kind for _, kind in lines]
        expected = [(number, kind) for number, kind in enumerate(kinds, 1) if kind not in {GOOD, "blank"}]
        assert [(each["line"], each["code"]) for each in report["refused"]] == expected
        assert report["counts"] == {**NO_COUNT, "held": kinds.count(GOOD), "refused": len(expected)}
        assert report["lines"] == len(kinds) - kinds.count("blank")
        assert counts(shared_site, cause["id"])["held"] == before + kinds.count(GOOD)
        assert shared_site.bitacora.facade.visibility.failed == {}
