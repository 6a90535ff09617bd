"""Sealed pages: what an auditor may show to somebody outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from application.audit.sealing import SealedPage
from domain.access.keyring import Role
from infrastructure.transparency.notes import VerifierKey
from infrastructure.transparency.sealed_page import BadSeal, require_sealed
from infrastructure.verification.exported_log import verify_export
from infrastructure.verification.mismatch import CannotVerify, LogMismatch
from tests.api.client import Site, made, problem
from tests.api.windows import planned

HALTED = {"labels": "major_outage"}


def key_of(site: Site) -> VerifierKey:
    """Give the key that signs the log."""
    key = site.bitacora.signer.verifier_key()
    assert key is not None
    return key


def sealed(site: Site, path: str, position: int, **query: str) -> SealedPage:
    """Let an auditor seal a page as of a position."""
    asked = {"as_of": str(position), "sealed": "true", **query}
    answer = site.auditor.get(path, params=asked)
    assert answer.headers["ETag"]
    page = made(answer)
    require_sealed(cast("SealedPage", page), [key_of(site)])
    return cast("SealedPage", page)


def types_of(page: SealedPage) -> list[str]:
    """List the types of the events of a page, with their positions."""
    return [json.loads(event["entry"])["topic"] for event in page["events"]]


@pytest.fixture
def outage(site: Site) -> dict[str, Any]:
    """An incident on one of two components, which is resolved later, and a private one."""
    site.component("labels")
    site.component("imports")
    site.incident({"imports": "partial_outage"}, publish=False, title={"en": "Hidden"})
    return site.incident(HALTED, title={"en": "Labels stand still"})


class TestSealedBoard:
    def test_is_what_the_board_answers(self, site: Site, outage: dict[str, Any]) -> None:
        position = site.last_position()
        site.update(outage["id"], "identified")

        page = sealed(site, "/v1/status", position)

        assert json.loads(page["page"]) == site.auditor.get("/v1/status", params={"as_of": position}).json()
        assert page["position"] == position
        assert types_of(page) == [
            "component.registered",
            "component.registered",
            "incident.declared",
            "incident.declared",
        ]

    @pytest.mark.usefixtures("outage")
    def test_for_the_public_is_what_readers_got(self, site: Site) -> None:
        position = site.last_position()

        page = sealed(site, "/en/", position)

        assert "Labels stand still" in page["page"]
        assert "Hidden" not in page["page"]
        assert types_of(page) == ["component.registered", "component.registered", "incident.declared"]
        assert page["media_type"].startswith("text/html")
        assert page["page"] == site.reader.get(page["address"]).text
        assert page["address"] == "/en/?as_of=2025-03-04T08%3A00%3A00Z"
        # It names the moment of the position, not that of the reading.
        assert "March 4, 2025, 08:00" in page["page"]


class TestSealedIncident:
    @pytest.mark.parametrize("path", ["/v1/incidents/{id}", "/en/incidents/{id}"])
    def test_has_its_events_up_to_that_moment(self, site: Site, outage: dict[str, Any], path: str) -> None:
        site.update(outage["id"], "identified")
        position = site.last_position()
        site.set_clock("08:10")
        site.update(outage["id"], "monitoring")

        page = sealed(site, path.format(**outage), position)

        assert types_of(page) == ["component.registered", "incident.declared", "incident.updated"]
        assert max(json.loads(event["entry"])["position"] for event in page["events"]) <= position

    def test_of_a_moment_names_its_position(self, site: Site, outage: dict[str, Any]) -> None:
        auditor = site.auditor
        position = site.last_position()
        moment = site.bitacora.clock.now()
        page = made(
            auditor.get(f"/v1/incidents/{outage['id']}", params={"as_of": moment.isoformat(), "sealed": "true"})
        )

        assert page["position"] == position
        assert page["address"] == f"/v1/incidents/{outage['id']}?as_of={position}"


class TestSealedWindow:
    @pytest.mark.parametrize("path", ["/v1/maintenance-windows/{id}", "/es/maintenance/{id}"])
    def test_has_its_plan(self, site: Site, path: str) -> None:
        site.component("imports")
        site.component("labels")
        window = planned(site)

        page = sealed(site, path.format(id=window.id), site.last_position())

        assert "maintenance_window.planned" in types_of(page)


class TestVerification:
    @pytest.mark.parametrize(("path", "said"), [("/en/", "Labels stand still"), ("/v1/status", '"key": "labels"')])
    def test_shows_a_page_in_plain_words(
        self, site: Site, outage: dict[str, Any], tmp_path: Path, path: str, said: str
    ) -> None:
        page = sealed(site, path, site.last_position())
        file = tmp_path / "page.json"
        file.write_text(json.dumps(page, indent=1))

        shown = verify_export(file, [key_of(site)], advanced=lambda _: None)

        assert f"is what {page['address']} answered as of position {page['position']}" in shown
        assert said in shown
        assert "incident.declared  token:" in shown
        assert "does not prove that no other event was left out" in shown
        assert outage["id"] in shown or path == "/en/"

    @pytest.mark.parametrize(
        ("change", "error", "sentence"),
        [
            ({"page": "All is well"}, LogMismatch, "is not what was sealed"),
            ({"position": "1"}, CannotVerify, "is no sealed page: position"),
            ({"more": 1}, CannotVerify, "is no sealed page: more"),
            ({"format": "other/1"}, CannotVerify, "the format other/1, which this program does not know"),
            ({"events": [{"entry": "{}", "hashes": []}]}, LogMismatch, "is not what was sealed"),
        ],
    )
    @pytest.mark.usefixtures("outage")
    def test_names_what_does_not_fit(
        self, site: Site, tmp_path: Path, change: dict[str, Any], error: type[Exception], sentence: str
    ) -> None:
        file = tmp_path / "page.json"
        file.write_text(json.dumps({**sealed(site, "/v1/status", site.last_position()), **change}))

        with pytest.raises(error, match=sentence):
            verify_export(file, [key_of(site)], advanced=lambda _: None)

    @pytest.mark.usefixtures("outage")
    def test_that_names_a_member_twice_is_none(self, site: Site, tmp_path: Path) -> None:
        file = tmp_path / "page.json"
        text = json.dumps(sealed(site, "/v1/status", site.last_position()))
        file.write_text(text.replace('{"format"', '{"page": "All is well", "format"', 1))

        with pytest.raises(LogMismatch, match="a member is named twice"):
            verify_export(file, [key_of(site)], advanced=lambda _: None)

    @pytest.mark.usefixtures("outage")
    def test_needs_the_key_that_sealed_it(self, site: Site, tmp_path: Path) -> None:
        file = tmp_path / "page.json"
        file.write_text(json.dumps(sealed(site, "/v1/status", site.last_position())))
        other = VerifierKey(name=key_of(site).name, public=bytes(32))

        with pytest.raises(LogMismatch, match="none of the known keys has signed it"):
            verify_export(file, [other], advanced=lambda _: None)


class TestSealedPage:
    @pytest.mark.parametrize("role", [role for role in Role if role not in {Role.AUDITOR, Role.ADMIN, Role.READER}])
    def test_is_for_auditors(self, site: Site, outage: dict[str, Any], role: Role) -> None:
        for path in ("/v1/status", "/en/", f"/en/incidents/{outage['id']}"):
            problem(site.a(role).get(path, params={"as_of": "1", "sealed": "true"}), 403, "forbidden")
            problem(site.reader.get(path, params={"as_of": "1", "sealed": "true"}), 401, "not_authenticated")

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("sealed=true", 422),
            ("sealed=yes&as_of=1", 422),
            ("sealed=true&sealed=true&as_of=1", 422),
            ("sealed=true&as_of=1&as_of=2", 422),
            ("sealed=true&as_of=999999", 422),
            ("sealed=true&as_of=2025-03-04T10:00", 422),
            ("sealed=true&as_of=1&colour=red", 422),
            ("sealed=&as_of=1", 422),
        ],
    )
    @pytest.mark.usefixtures("outage")
    def test_is_refused_with_a_reason(self, site: Site, query: str, status: int) -> None:
        answer = site.auditor.get(f"/v1/status?{query}")

        assert answer.status_code == status
        assert answer.json()["detail"]

    @pytest.mark.usefixtures("outage")
    def test_is_not_made_of_what_is_not_there(self, site: Site) -> None:
        nobody = "00000000-0000-7000-8000-000000000000"

        problem(site.auditor.get(f"/v1/incidents/{nobody}", params={"as_of": "1", "sealed": "true"}), 404, "not_found")

    @pytest.mark.usefixtures("outage")
    def test_that_is_not_asked_for_is_the_page_itself(self, site: Site) -> None:
        plain = site.auditor.get("/v1/status", params={"as_of": "1"})

        assert site.auditor.get("/v1/status", params={"as_of": "1", "sealed": "false"}).json() == plain.json()

    @pytest.mark.usefixtures("outage")
    def test_is_not_made_of_other_addresses(self, site: Site) -> None:
        problem(site.auditor.get("/v1/components", params={"as_of": "1", "sealed": "true"}), 422, "invalid")

    def test_is_found_out_when_anything_is_changed(self, site: Site, outage: dict[str, Any]) -> None:
        page = sealed(site, f"/v1/incidents/{outage['id']}", site.last_position())
        other = sealed(site, "/v1/status", 1)
        key = key_of(site)
        changed: list[dict[str, Any]] = [
            {"page": page["page"].replace("major", "minor")},
            {"address": "/v1/status?as_of=1"},
            {"position": page["position"] - 1},
            {"recorded_at": "2020-01-01T00:00:00.000000Z"},
            {"media_type": "text/html"},
            {"events": page["events"][1:]},
            {"events": [{**page["events"][0], "hashes": page["events"][0]["hashes"][:-1]}, *page["events"][1:]]},
            {"events": [{**page["events"][0], "entry": page["events"][0]["entry"].replace("labels", "lapels")}]},
            {"checkpoint": other["seal"]},
            {"seal": other["seal"]},
            {"seal": page["checkpoint"]},
        ]
        for change in changed:
            with pytest.raises(BadSeal):
                require_sealed(cast("SealedPage", {**page, **change}), [key])
