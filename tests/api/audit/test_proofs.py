"""What auditors are given to prove the log with holds by the arithmetic of others, and bad questions are refused."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator

import pytest

from domain.access.keyring import Role
from tests.api.audit.tree import grow, key_of, turn
from tests.api.client import Site, problem
from tests.api.conformance import conforms
from tests.databases import SQLiteFiles
from tests.plain_tree import check_consistency, included_in, leaf_of, open_note


@pytest.fixture(scope="module")
def grown(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A log of some hundred events."""
    with Site(sqlite_files.migrated(tmp_path_factory.mktemp("grown")), checkpoint_every="P1D") as site:
        site.component("imports", name={"es": "Importación — «mañana»"})
        site.a(Role.AUDITOR)
        for role in (Role.OPERATOR, Role.EMITTER, Role.REVIEWER):
            site.a(role)
        grow(site, 600)
        turn(site)
        yield site


def decoded(hashes: list[str]) -> list[bytes]:
    """Read hashes."""
    return [b64decode(each, validate=True) for each in hashes]


class TestInclusion:
    @pytest.mark.parametrize(("position", "size"), [(1, 1), (1, None), (2, 256), (256, 512), (257, 300), (600, None)])
    def test_is_proven_for_each_event_and_size(self, grown: Site, position: int, size: int | None) -> None:
        path = f"/v1/events/{position}/proof"
        answer = conforms(grown, grown.auditor, "GET", path, params={"size": size} if size else {})
        proof = answer.json()

        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "private, no-cache"
        head = open_note(proof["checkpoint"], key_of(grown))
        leaf = leaf_of(proof["entry"].encode())
        assert (proof["position"], proof["index"], proof["size"]) == (position, position - 1, head.size)
        assert head.size == (size or grown.last_position())
        assert b64decode(proof["leaf_hash"]) == leaf
        assert included_in(leaf, proof["index"], head.size, decoded(proof["hashes"])) == head.root
        assert json.loads(proof["entry"])["position"] == position

    def test_is_written_as_others_read_it(self, grown: Site) -> None:
        answer = grown.auditor.get("/v1/events/77.tlog-proof", params={"size": 300})
        proof = grown.auditor.get("/v1/events/77/proof", params={"size": 300}).json()
        kind, index, *rest = answer.text.partition("\n\n")[0].split("\n")

        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert (kind, index, rest) == ("c2sp.org/tlog-proof@v1", "index 76", proof["hashes"])
        assert answer.text.partition("\n\n")[2] == proof["checkpoint"]

    @pytest.mark.parametrize("form", ["/proof", ".tlog-proof"])
    def test_of_what_cannot_be_is_refused(self, grown: Site, form: str) -> None:
        last = grown.last_position()

        for position in ("0", "-1", "a", f"{2**70}"):
            problem(grown.auditor.get(f"/v1/events/{position}{form}"), 422, "invalid")
        unknown = problem(grown.auditor.get(f"/v1/events/{last + 1}{form}"), 404, "not_found")
        assert f"the log ends at {last}" in unknown["detail"]
        for size in (0, 4, last + 1, 2**70, "a"):
            refused = problem(grown.auditor.get(f"/v1/events/5{form}?size={size}"), 422, "invalid")
            assert refused["errors"][0]["pointer"] == "/size"
        problem(grown.auditor.get(f"/v1/events/5{form}?seize=7"), 422, "invalid")


class TestConsistency:
    @pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 7), (1, 2), (256, 512), (300, 300), (513, None), (6, 601)])
    def test_is_proven_between_sizes(self, grown: Site, old: int, new: int | None) -> None:
        sizes = {"from": old} | ({} if new is None else {"to": new})
        answer = conforms(grown, grown.auditor, "GET", "/log/consistency", params=sizes)
        proof = answer.json()
        head = open_note(proof["checkpoint"], key_of(grown))

        assert (proof["from"], proof["to"]) == (old, head.size)
        assert head.size == (grown.last_position() if new is None else new)
        check_consistency(old, b64decode(proof["from_root"]), head.size, head.root, decoded(proof["hashes"]))

    def test_of_what_cannot_be_is_refused(self, grown: Site) -> None:
        last = grown.last_position()

        for query in (
            "",
            "from=-1",
            "from=a",
            f"from={last + 1}",
            "from=6&to=5",
            f"from=1&to={last + 1}",
            "from=1&to=x",
        ):
            refused = problem(grown.auditor.get(f"/log/consistency?{query}"), 422, "invalid")
            assert refused["errors"][0]["pointer"] in {"/from", "/to"}
        assert grown.auditor.get("/log/consistency?from=1&nonsense=1").status_code == 200


class TestEvents:
    def test_have_their_entries_on_request(self, grown: Site) -> None:
        plain = grown.auditor.get("/v1/events", params={"limit": 5, "after": 250}).json()["data"]
        asked = {"limit": 5, "after": 250, "entries": "true"}
        answer = conforms(grown, grown.auditor, "GET", "/v1/events", params=asked)
        found = answer.json()["data"]

        proofs = [grown.auditor.get(f"/v1/events/{each['position']}/proof").json() for each in found]
        assert [each.pop("entry") for each in found] == [proof["entry"] for proof in proofs]
        assert found == plain
        assert "entries=true" in answer.headers["Link"]

    def test_are_exported_with_all_that_is_needed_to_verify_them(self, grown: Site) -> None:
        plain = grown.auditor.get("/v1/events.ndjson").text.splitlines()
        *events, end = map(json.loads, grown.auditor.get("/v1/events.ndjson?entries=true").text.splitlines())

        head = open_note(end["checkpoint"], key_of(grown))
        assert end.keys() == {"checkpoint"}
        assert head.size == len(events) == len(plain)
        leaves = [leaf_of(each.pop("entry").encode()) for each in events]
        assert events == [json.loads(line) for line in plain]
        proof = grown.auditor.get("/v1/events/1/proof").json()
        assert included_in(leaves[0], 0, head.size, decoded(proof["hashes"])) == head.root

    def test_are_exported_from_a_position_on(self, grown: Site) -> None:
        last = grown.last_position()
        lines = grown.auditor.get("/v1/events.ndjson", params={"entries": "true", "after": last - 2}).text.splitlines()

        assert [json.loads(line).get("position") for line in lines] == [last - 1, last, None]
