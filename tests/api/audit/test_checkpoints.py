"""Readers and auditors read the log as a tree, each as far as they may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.errors import BadSetting
from domain.access.keyring import Role
from infrastructure.settings import read_settings
from tests.api.audit.tree import (
    HASH,
    checkpoint_of,
    entries_by_bundles,
    got,
    grow,
    key_of,
    leaves_by_tiles,
    tile_path,
    turn,
)
from tests.api.client import Site, problem
from tests.contracts.faults import eventually
from tests.databases import SQLiteFiles
from tests.plain_tree import LOG, WITNESS, leaf_of, root_of, vkey_of
from tests.witness import PeerWitness

READERS_SIZE = 768
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
NO_TILES = (
    "0/1",
    "0/0000",
    "0/x000/001",
    "0/001.p/0",
    "0/001.p/256",
    "0/001.p/01",
    "0/001.p",
    "0/x001/x000/000/",
    "00/000",
    "+0/000",
    "64/000",
    "-1/000",
    "a/000",
    "8/000",
    "63/000",
    "0/999",
    "0/x999/x999/x999/x999/999",
    "data/000",
)


@pytest.fixture(scope="module")
def grown(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A log of which readers have 768 events, and auditors some more."""
    # Nothing is signed for readers but when a test says so.
    with Site(sqlite_files.migrated(tmp_path_factory.mktemp("grown")), checkpoint_every="P1D") as site:
        for role in Role:
            if role is not Role.READER:
                site.a(role)
        grow(site, READERS_SIZE)
        turn(site)
        grow(site, 40)
        yield site


class TestCheckpoint:
    def test_of_readers_has_whole_tiles(self, grown: Site) -> None:
        assert checkpoint_of(grown.reader, key_of(grown)).size == READERS_SIZE

    def test_of_auditors_has_every_event(self, grown: Site) -> None:
        auditor = grown.auditor

        assert checkpoint_of(auditor, key_of(grown)).size == grown.last_position() > READERS_SIZE

    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.REVIEWER, Role.EMITTER])
    def test_of_everybody_else_is_that_of_readers(self, grown: Site, role: Role) -> None:
        assert grown.a(role).get("/log/checkpoint").text == grown.reader.get("/log/checkpoint").text

    def test_is_asked_for_each_time_and_not_sent_twice(self, grown: Site) -> None:
        public, private = (each.get("/log/checkpoint") for each in (grown.reader, grown.auditor))

        assert public.headers["Cache-Control"] == "no-cache"
        assert private.headers["Cache-Control"] == "private, no-cache"
        assert public.headers["Access-Control-Allow-Origin"] == "*"
        again = grown.reader.get("/log/checkpoint", headers={"If-None-Match": public.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_of_a_new_log_is_that_of_an_empty_tree(self, site: Site) -> None:
        head = checkpoint_of(site.reader, key_of(site))

        assert (head.origin, head.size, head.root) == ("127.0.0.1:8080/log", 0, root_of([]))
        problem(site.reader.get("/log/tile/0/000"), 404, "not_found")

    def test_comes_once_in_each_span_of_the_clock(self, site: Site) -> None:
        assert checkpoint_of(site.reader, key_of(site)).size == 0
        grow(site, 300)
        site.bitacora.signer.sign_if_due()
        assert checkpoint_of(site.reader, key_of(site)).size == 0

        site.set_clock("08:05")
        site.bitacora.signer.sign_if_due()
        assert checkpoint_of(site.reader, key_of(site)).size == 256

    def test_ignores_what_it_does_not_know(self, grown: Site) -> None:
        for path in ("/log/checkpoint", "/log/key", "/log/tile/0/000"):
            assert grown.reader.get(f"{path}?nonsense=1").status_code == 200


class TestTiles:
    def test_lead_readers_to_the_root_of_their_checkpoint(self, grown: Site) -> None:
        head = checkpoint_of(grown.reader, key_of(grown))

        assert root_of(leaves_by_tiles(got(grown.reader), head.size)) == head.root

    def test_above_the_leaves_are_what_clients_of_that_size_need(self, grown: Site) -> None:
        leaves = leaves_by_tiles(got(grown.reader), READERS_SIZE)
        roots = [root_of(leaves[start : start + 256]) for start in range(0, READERS_SIZE, 256)]

        assert got(grown.reader)("/log/tile/1/000.p/3") == b"".join(roots)
        assert got(grown.auditor)("/log/tile/1/000.p/2") == b"".join(roots[:2])

    def test_lead_auditors_to_every_event(self, grown: Site) -> None:
        head = checkpoint_of(grown.auditor, key_of(grown))
        entries = entries_by_bundles(got(grown.auditor), head.size)

        leaves = leaves_by_tiles(got(grown.auditor), head.size)
        assert root_of(leaves) == head.root
        assert [leaf_of(entry) for entry in entries] == leaves

    @pytest.mark.parametrize("path", ["0/000.p/255", "0/003", "0/003.p/1", "1/000", "1/000.p/4", "2/000.p/1"])
    def test_that_readers_may_not_have_are_as_those_that_there_are_not(self, grown: Site, path: str) -> None:
        refused = problem(grown.reader.get(f"/log/tile/{path}"), 404, "not_found")
        missing = problem(grown.reader.get("/log/tile/0/777"), 404, "not_found")

        assert refused == {**missing, "detail": missing["detail"].replace("0/777", path)}

    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.REVIEWER, Role.EMITTER])
    def test_of_everybody_but_auditors_are_those_of_readers(self, grown: Site, role: Role) -> None:
        problem(grown.a(role).get("/log/tile/0/003.p/1"), 404, "not_found")
        problem(grown.a(role).get("/log/tile/entries/000"), 403, "forbidden")

    @pytest.mark.parametrize("path", NO_TILES)
    def test_that_there_are_not_are_not_found(self, grown: Site, path: str) -> None:
        for caller in (grown.reader, grown.auditor):
            problem(caller.get(f"/log/tile/{path}"), 404, "not_found")

    @pytest.mark.parametrize("path", ["999", "000.p/0", "x000/000", "abc", ""])
    def test_of_entries_that_there_are_not_are_not_found(self, grown: Site, path: str) -> None:
        problem(grown.auditor.get(f"/log/tile/entries/{path}"), 404, "not_found")

    def test_can_be_kept_by_everybody_who_may_have_them(self, grown: Site) -> None:
        anonymous, auditor = grown.reader, grown.auditor

        assert anonymous.get("/log/tile/0/000").headers["Cache-Control"] == "public, max-age=86400, immutable"
        # To a caller with a token the headers say how many events there are.
        for path in ("0/000", "0/000.p/7", "entries/000"):
            assert auditor.get(f"/log/tile/{path}").headers["Cache-Control"] == "private, max-age=86400, immutable"

    def test_of_entries_are_compressed_for_who_takes_it(self, grown: Site) -> None:
        plain = grown.auditor.get("/log/tile/entries/000", headers={"Accept-Encoding": "identity"})
        coded = grown.auditor.get("/log/tile/entries/000", headers={"Accept-Encoding": "gzip"})

        assert "Content-Encoding" not in plain.headers
        assert coded.headers["Content-Encoding"] == "gzip"
        assert coded.content == plain.content
        assert int(coded.headers["Content-Length"]) < len(plain.content)
        assert "Accept-Encoding" in coded.headers["Vary"]

    def test_of_a_size_stay_the_same_when_the_log_grows(self, site: Site) -> None:
        grow(site, 300)
        first, partial = (got(site.auditor)(f"/log/tile/0/{tile_path(0, width)}") for width in (256, 100))
        bundle = got(site.auditor)("/log/tile/entries/001.p/9")
        grow(site, 300)

        assert got(site.auditor)("/log/tile/0/000") == first
        assert got(site.auditor)("/log/tile/0/000.p/100") == partial == first[: 100 * HASH]
        assert got(site.auditor)("/log/tile/entries/001.p/9") == bundle


class TestKeyOfTheLog:
    def test_is_public(self, grown: Site) -> None:
        answer = grown.reader.get("/log/key")

        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.text == f"{grown.bitacora.signer.verifier_key()}\n"

    def test_stands_before_those_that_have_signed_earlier(self, sqlite_url: str) -> None:
        with Site(sqlite_url) as site:
            old = key_of(site)
            note = site.auditor.get("/log/checkpoint").text
            folder = site.bitacora.settings.log_folder
        (folder / "log.key").rename(folder / "old.key")
        with Site(sqlite_url) as site:
            auditor = site.issue(Role.AUDITOR, "another-auditor")
            new, *others = site.reader.get("/log/key").text.splitlines()
            assert (others, new == old) == ([old], False)
            size = int(note.split("\n")[1])
            assert auditor.get(f"/v1/events/1/proof?size={size}").json()["checkpoint"] == note
            assert checkpoint_of(auditor, new).size > size


class TestLogWithoutKey:
    def test_says_so_and_is_ready_all_the_same(self, sqlite_url: str) -> None:
        with Site(sqlite_url) as site:
            site.component("imports")
            size = int(site.auditor.get("/log/checkpoint").text.split("\n")[1])
            folder = site.bitacora.settings.log_folder
        (folder / "log.key").rename(folder / "old.key")
        with Site(sqlite_url):
            pass
        (folder / "old.key").replace(folder / "log.key")
        with Site(sqlite_url) as site:
            auditor, operator = (site.issue(role, f"another-{role}") for role in (Role.AUDITOR, Role.OPERATOR))
            ready = operator.get("/readyz")
            assert (ready.status_code, ready.json()["reasons"]) == (200, ["log_key_replaced"])
            assert "replaced by another one" in ready.json()["details"][0]["message"]
            # What was signed is served; what was not, cannot be.
            assert auditor.get("/log/checkpoint").status_code == 200
            assert auditor.get(f"/v1/events/1/proof?size={size}").status_code == 200
            for path in (f"/v1/events/{site.last_position()}/proof", "/v1/events/2/proof?size=2"):
                assert auditor.get(path).headers["Retry-After"]
                problem(auditor.get(path), 503, "log_key_missing")


class TestMetrics:
    def test_tell_how_far_the_tree_has_come(self, grown: Site) -> None:
        public, private = (each.get("/metrics").text.splitlines() for each in (grown.reader, grown.operator))
        size = f"bitacora_log_readers_size_events {READERS_SIZE}.0"

        assert size in public
        assert not [line for line in public if "tree_size" in line or "checkpoint_age" in line or "witness" in line]
        assert {size, f"bitacora_log_tree_size_events {grown.last_position()}.0"} <= set(private)
        assert "bitacora_log_checkpoint_age_seconds 0.0" in private

    def test_count_what_came_of_asking_witnesses(self, sqlite_url: str) -> None:
        away = PeerWitness("away.example")
        with Site(sqlite_url, witnesses=f"{away.vkey} http://127.0.0.1:9") as site:
            grow(site, 256)
            turn(site)

            asked = 'bitacora_witness_requests_total{outcome="unreachable",witness="away.example"} 1.0'
            eventually(lambda: asked in site.operator.get("/metrics").text)


class TestNameOfTheLog:
    @pytest.mark.parametrize(
        "value", ["a b", "a+b", "a\nb", "\u202elog.example", "a\u200bb", "a\u2028b", " ", "a\xa0b", "x" * 201]
    )
    def test_that_cannot_be_is_refused(self, value: str) -> None:
        with pytest.raises(BadSetting, match="BITACORA_LOG_ORIGIN cannot be used"):
            read_settings(log_origin=value)

    @pytest.mark.parametrize("value", ["log.example", "log.example/ü", "x" * 200])
    def test_may_be_any_other(self, value: str) -> None:
        assert read_settings(log_origin=value).log_origin == value


class TestSpanOfCheckpoints:
    @pytest.mark.parametrize("value", ["0s", "1ms", "PT0.999S"])
    def test_is_no_shorter_than_a_second(self, value: str) -> None:
        with pytest.raises(BadSetting, match="BITACORA_CHECKPOINT_EVERY cannot be used"):
            read_settings(checkpoint_every=value)


class TestWitnessSetting:
    @pytest.mark.parametrize(
        ("value", "what"),
        [
            ("w.example", "the key is no Ed25519 key"),
            (f"{vkey_of(KEY, 'w.example', LOG)} https://w.example", "is that of a log"),
            (f"{vkey_of(KEY, 'w.example', WITNESS)}", "has no address behind its key"),
            (f"{vkey_of(KEY, 'w.example', WITNESS)} ftp://w.example", "has no address behind its key"),
            (f"{vkey_of(KEY, 'w.example', WITNESS)[:-4]}AAAA https://w.example", "it was not copied whole"),
        ],
    )
    def test_that_cannot_be_is_named(self, value: str, what: str) -> None:
        with pytest.raises(BadSetting, match=f"BITACORA_WITNESSES cannot be used: .*{what}"):
            read_settings(witnesses=value)
