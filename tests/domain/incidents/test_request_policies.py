"""What becomes of requests that an incident holds up is said of each incident, and by default of those of signals."""

import pytest

from domain.incidents import Incident
from domain.incidents.errors import Dismissed, Withdrawn
from domain.ledger.default_policies import DEFAULTS, HANDLE, RequestPolicyDefaults
from domain.ledger.request_policy import RequestPolicy
from tests.domain.assertions import recorded, refused, state
from tests.domain.builders import a_declared_incident, a_detection, ana, at, dismiss, resolve, withdraw
from tests.domain.request_builders import REPROCESS, RESENDS


def change(incident: Incident, policy: RequestPolicy = REPROCESS, moment: str = "12:00") -> None:
    """Let Ana say what becomes of orders."""
    incident.change_request_policies(request_policies={"order": policy}, reason="asked", provenance=ana(at(moment)))


class TestIncident:
    def test_gets_policies_also_if_signals_began_it(self) -> None:
        incident = a_detection(since=at("10:00"))

        change(incident)
        change(incident)

        assert incident.request_policies == {"order": REPROCESS}
        assert recorded(incident)[1:] == ["incident.request_policies_changed"]

    def test_gets_others_for_what_is_handed_in_after_its_end(self) -> None:
        incident = a_declared_incident(since=at("10:00"))
        resolve(incident, at("11:00"), override_reason="seen")

        change(incident, RESENDS)

        assert incident.request_policies == {"order": RESENDS}

    def test_that_never_was_gets_none(self) -> None:
        private, public = a_detection(since=at("10:00")), a_declared_incident(since=at("10:00"))
        dismiss(private, at("11:00"))
        withdraw(public, at("11:00"))

        for incident, refusal in ((private, Dismissed), (public, Withdrawn)):
            with refused(incident, refusal):
                change(incident)


class TestDefaults:
    @pytest.fixture
    def defaults(self) -> RequestPolicyDefaults:
        """Defaults as they are set first."""
        return RequestPolicyDefaults.begin(
            request_policies={"order": REPROCESS}, reason=None, provenance=ana(at("10:00"))
        )

    def test_are_replaced_as_a_whole_and_found_by_one_handle(self, defaults: RequestPolicyDefaults) -> None:
        defaults.change(request_policies={"invoice": RESENDS}, reason="asked", provenance=ana(at("11:00")))

        assert defaults.request_policies == {"invoice": RESENDS}
        assert (defaults.id, list(defaults.handles)) == (DEFAULTS, [HANDLE])

    def test_that_are_the_same_are_no_event(self, defaults: RequestPolicyDefaults) -> None:
        before = state(defaults)

        defaults.change(request_policies={"order": REPROCESS}, reason="asked", provenance=ana(at("11:00")))

        assert state(defaults) == before
