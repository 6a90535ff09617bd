"""Streams, proofs and the links of owners, where reads come from a hot standby."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.audit.documents import ProofDocument
from domain.access.keyring import Role
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.notes import SignedNote
from tests.api.client import Site, made, problem
from tests.api.listening import Client, following, leave, listening
from tests.api.site.owner_steps import somebody
from tests.api.standby.replicated import Replicated, paused, settle

if TYPE_CHECKING:
    from api.site.live import LiveStreams


class TestStreams:
    def test_of_the_page_tell_of_a_change_once_the_standby_has_it(self, site: Site, replicated: Replicated) -> None:
        site.component("labels")
        settle(site)
        streams: LiveStreams = site.app.state.live
        client, served = site.run(listening(streams))
        with paused(replicated):
            site.incident({"labels": "major_outage"}, title="It broke")
            position = site.last_position()
            assert not client.heard(b"It broke")

        site.run(client.hears(b"It broke"))
        assert site.bitacora.facade.visibility.position >= position
        site.run(leave(client, served))

    def test_of_events_have_each_of_them_in_order(self, site: Site, replicated: Replicated) -> None:
        auditor = site.a(Role.AUDITOR)
        settle(site)
        client = site.run(_made())
        served = site.run(following(site, auditor, client, after=0))
        with paused(replicated):
            before = site.last_position()
            site.component("labels")
            site.component("orders")
        last = site.last_position()

        site.run(client.hears(b'"position":%d,' % last))
        assert [event["position"] for event in client.events] == list(range(1, last + 1))
        assert before < last
        site.run(leave(client, served))


async def _made() -> Client:
    return Client()


class TestProofs:
    def test_are_of_what_the_standby_has(self, site: Site, replicated: Replicated) -> None:
        site.component("labels")
        auditor = site.a(Role.AUDITOR)
        settle(site)
        with paused(replicated):
            seen = int(auditor.get("/v1/components").headers["Bitacora-Position"])
            site.component("orders")
            checkpoint = Checkpoint.parse(SignedNote.parse(auditor.get("/log/checkpoint").text).text)
            proof: ProofDocument = auditor.get(f"/v1/events/{seen}/proof").json()

            assert (checkpoint.size, proof["size"]) == (seen, seen)
            assert auditor.get(f"/log/tile/0/000.p/{seen}").status_code == 200
            assert auditor.get(f"/log/consistency?from=1&to={seen}").status_code == 200
            problem(auditor.get(f"/v1/events/{seen + 1}/proof"), 404, "not_found")

        settle(site)
        assert auditor.get(f"/v1/events/{seen + 1}/proof").json()["size"] == site.last_position()


class TestLinksOfOwners:
    def test_that_were_revoked_open_nothing_though_the_standby_has_them(
        self, site: Site, replicated: Replicated
    ) -> None:
        owner = somebody(site)
        settle(site)
        assert site.reader.get(owner.path).status_code == 200
        with paused(replicated):
            made(site.operator.delete(f"{owner.account.path}/owner-link"))

            assert site.reader.get(owner.path).status_code == 404
