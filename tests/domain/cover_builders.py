"""What the tests of covers are given: a problem that began at 02:15, inside a window that lasts until 04:00."""

from datetime import datetime
from uuid import UUID

from domain.incidents import Cover, Incident
from tests.domain.builders import POLICY, a_detection, at, provenance

FIRED_AT = at("02:15")
ENDS_AT = at("04:00")
DUE = at("04:30:00.000001")


def take_cover(incident: Incident, moment: datetime, *, until: datetime | None, window: int = 1) -> None:
    """Tell an incident what covers it, as of ``moment``."""
    incident.take_cover(
        cover=Cover(window=UUID(int=window), until=until), policy=POLICY, provenance=provenance("policy:cover", moment)
    )


def a_covered_detection(*, since: datetime = FIRED_AT, until: datetime | None = ENDS_AT) -> Incident:
    """Give an incident that a signal has begun inside a window."""
    incident = a_detection(since=since)
    take_cover(incident, since, until=until)
    return incident
