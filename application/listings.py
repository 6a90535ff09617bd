"""Lists by what they can be asked for: each combination of filters is found by one index, however long they get.

A thing stands in a list once for each facet that it has (nothing in particular, one of its components, its series),
in a row so narrow that it rarely changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from application.projections.tables import Index, Row, Table

ALL = ""
"""The facet that everything has."""


def place_in_time(moment: datetime, id: str = "") -> str:
    """Give the text by which things sort in time: by a moment, and by their id where two are of the same.

    Without an id it lies before all that is of the moment, or later.
    """
    utc = moment.astimezone(UTC)
    # Some platforms write the first thousand years with fewer digits.
    return f"{utc.year:04}{utc:%m%dT%H%M%S.%f}/{id}"


def moment_of_place(place: str) -> datetime:
    """Give the moment of a place in time."""
    return datetime.strptime(place.partition("/")[0], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)


def listing_table(name: str) -> Table:
    """Declare the table of one list."""
    return Table(
        name=name,
        key=("facet", "thing"),
        columns={"facet": "key", "thing": "key", "state": "key", "public": "flag", "place": "key"},
        indexes=(Index(("facet", "state", "public", "place"), "to_position IS NULL"),),
    )


@dataclass(frozen=True, kw_only=True)
class ListingRow(Row):
    """That a thing has a facet; ``place`` sorts it."""

    TABLE: ClassVar[Table]

    facet: str
    thing: str
    state: str
    public: bool
    place: str

    @classmethod
    def each(cls, facets: Iterable[str], *, thing: str, state: str, public: bool, place: str) -> Iterator[ListingRow]:
        """Give the rows of a thing."""
        for facet in facets:
            yield cls(facet=facet, thing=thing, state=state, public=public, place=place)
