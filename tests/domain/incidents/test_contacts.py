"""Where to ask about an incident."""

import pytest

from domain.contact import Contact
from domain.errors import DomainError
from domain.incidents.errors import Dismissed, Withdrawn
from tests.domain.assertions import recorded, refused
from tests.domain.builders import (
    a_declared_incident,
    a_dismissed_incident,
    a_resolved_incident,
    a_withdrawn_incident,
    ana,
    at,
)

SUPPORT = Contact(audience=None, channel="email", address="support@example.com", note={})


class TestContacts:
    def test_are_replaced_and_recorded_if_they_change(self) -> None:
        incident = a_declared_incident(since=at("10:00"))

        for contacts in ((), (SUPPORT,), (SUPPORT,), ()):
            incident.change_contacts(contacts=contacts, provenance=ana(at("10:05")))

        assert recorded(incident)[1:] == ["incident.contacts_changed"] * 2
        assert incident.contacts == ()

    def test_may_change_when_it_is_over(self) -> None:
        incident = a_resolved_incident(since=at("10:00"))

        incident.change_contacts(contacts=(SUPPORT,), provenance=ana(at("23:00")))

        assert incident.contacts == (SUPPORT,)

    @pytest.mark.parametrize(
        ("given", "refusal"), [(a_dismissed_incident, Dismissed), (a_withdrawn_incident, Withdrawn)]
    )
    def test_of_one_that_never_was_do_not_change(self, given: object, refusal: type[DomainError]) -> None:
        assert callable(given)
        incident = given(since=at("10:00"))

        with refused(incident, refusal):
            incident.change_contacts(contacts=(SUPPORT,), provenance=ana(at("23:00")))
