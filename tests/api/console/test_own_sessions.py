"""The screen on which people see where they are signed in, end that, and choose their zone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.visitor import Visitor, signed_in

PLACE = "/console/settings/session"


@pytest.fixture
def here(site: Site) -> Visitor:
    """A window of the operator."""
    return signed_in(site, site.operator)


@pytest.fixture
def elsewhere(site: Site, here: Visitor) -> Visitor:
    """Another window of the same person, opened later."""
    assert here.cookies
    site.clock.moment += timedelta(minutes=5)
    return signed_in(site, site.operator)


def is_signed_in(visitor: Visitor) -> bool:
    return visitor.request("GET", "/console").status_code == 200


def test_lists_where_the_person_is_signed_in(here: Visitor, elsewhere: Visitor, site: Site) -> None:
    signed_in(site, site.auditor)

    here.opens(PLACE)

    here.reads(
        "Your sessions",
        "Another session: signed in with the token the-operator, since March 4, 2025, 08:05 UTC, used last at"
        " March 4, 2025, 08:05 UTC. It ends at March 4, 2025, 20:05 UTC at the latest.",
        "This session: signed in with the token the-operator, since March 4, 2025, 08:00 UTC, used last at"
        " March 4, 2025, 08:05 UTC. It ends at March 4, 2025, 20:00 UTC at the latest.",
    )
    here.does_not_read("the-auditor", elsewhere.cookies["bitacora_session"])


def test_ends_another_session(here: Visitor, elsewhere: Visitor) -> None:
    here.opens(PLACE).sends("end").reads("The session has ended.")

    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_says_that_a_session_has_ended_already(here: Visitor, elsewhere: Visitor) -> None:
    here.opens(PLACE)
    elsewhere.sends("/console/sign-out")

    here.sends("end", status=409)


def test_signs_out_everywhere(here: Visitor, elsewhere: Visitor) -> None:
    here.opens(PLACE).sends(f"{PLACE}/everywhere")

    assert here.path == "/console/sign-in"
    assert not is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_signs_an_admin_out_everywhere_and_nobody_else(here: Visitor, site: Site) -> None:
    signed_in(site, site.a(Role.ADMIN)).opens(PLACE).sends(f"{PLACE}/everywhere")

    assert is_signed_in(here)
    assert len(made(site.a(Role.ADMIN).get("/v1/sessions"))["data"]) == 1


def test_keeps_the_zone_of_the_person(here: Visitor) -> None:
    here.opens(PLACE).sends("zone", {"zone": "America/Sao_Paulo"}).reads("Your time zone is kept.")

    assert here.form("zone").value("zone") == "America/Sao_Paulo"
    assert any("Times are those of America/Sao_Paulo." in line for line in here.lines)


def test_refuses_a_zone_that_there_is_not(here: Visitor) -> None:
    here.opens(PLACE).sends("zone", {"zone": "Europe/Nowhere"}, status=422)

    assert "There is no time zone Europe/Nowhere." in here.lines
    assert here.form("zone").value("zone") == "Europe/Nowhere"
