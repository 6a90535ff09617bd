"""The values for the times of a plan: civil times, zones, recurrence rules, and how long before a start."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from api.http.values import DAY, Duration, parse_day, up_to

CIVIL_DAY = r"(19[7-9]\d|2\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
CIVIL = re.compile(rf"{CIVIL_DAY}T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
FARTHEST = timedelta(days=366)
"""The longest time before its start at which a window can remind."""


def _civil(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    if not isinstance(value, str) or not CIVIL.fullmatch(value):
        raise ValueError("a civil time has no offset, its zone is the offset: write 2024-07-28T01:00")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} is not a time that exists") from None


CivilTime = Annotated[
    datetime,
    BeforeValidator(_civil),
    WithJsonSchema({"type": "string", "pattern": f"^{CIVIL.pattern}$", "examples": ["2024-07-28T01:00"]}),
]


def _civil_or_day(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    return parse_day(value) if isinstance(value, str) and DAY.fullmatch(value) else _civil(value)


CivilTimeOrDay = Annotated[
    datetime | date,
    BeforeValidator(_civil_or_day),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^({CIVIL.pattern}|{CIVIL_DAY})$",
            "examples": ["2024-07-28T01:00", "2024-07-28"],
        }
    ),
]
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}$"), Field(examples=["America/Sao_Paulo"])]
Rule = Annotated[
    str,
    StringConstraints(max_length=500),
    Field(
        description="A recurrence rule of days (RFC 5545). `UNTIL` is an instant as in `20301231T225959Z`, or a day or"
        " a civil time of `zone`.",
        examples=["FREQ=WEEKLY;BYDAY=SU"],
        json_schema_extra={
            "pattern": r"^(RRULE:)?FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)"
            r"(;(INTERVAL|COUNT|UNTIL|BYDAY|BYMONTH|BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYSETPOS|WKST)=[0-9A-Z,+-]{1,200})*$"
        },
    ),
]
Lead = Annotated[Duration, up_to(FARTHEST)]
