"""Forms become bodies of commands, and what a route refuses comes back to the fields.

A field has the name of the member of the body that it becomes, with dots between the names: ``message.es`` is the
member ``es`` of ``message``. So is what a route says of ``/message/es`` the fault of that field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.instants import written

if TYPE_CHECKING:
    from datetime import tzinfo

    from api.http.forms import FilledForm

MOST_ROWS = 1_000
"""How many rows of one kind a form has at most; no list of a route has more."""

MOST_DIGITS = 15
"""Of a number: more, and it would not be exact everywhere."""

PLACE = re.compile("0|[1-9][0-9]{0,8}")
"""The number of a row, as the name of a field has it."""

LEFT_OUT = object()
"""What a field gives that was not filled in."""


class FieldFault(Exception):
    """What was filled in cannot be what the field is for."""

    def __init__(self, name: str, text: str) -> None:
        """Say what is wrong with the field of a ``name``."""
        super().__init__(text)
        self.name, self.text = name, text


@dataclass(frozen=True)
class Filled:
    """A form as it was filled in, and the zone in which the person reads and writes times."""

    form: FilledForm
    zone: tzinfo
    moved: dict[str, str] = field(default_factory=dict)
    """What stands in the body at another place than in the form, by the place in the body: ``contacts.0``."""


@dataclass(frozen=True)
class Member:
    """A member of a body, read from the fields of a form.

    ``read`` gives ``LEFT_OUT`` if nothing was filled in.
    """

    name: str
    read: Callable[[Filled, str], Any]
    empty: Any = LEFT_OUT
    """What stands in the body if nothing was filled in."""


@dataclass(frozen=True)
class FormBody:
    """The members of a body; ``fixed`` are those that no field gives."""

    members: Sequence[Member] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def read(self, filled: Filled, prefix: str = "") -> tuple[dict[str, object], dict[str, str]]:
        """Give the body, and what is wrong with which field."""
        body: dict[str, object] = dict(self.fixed)
        faults: dict[str, str] = {}
        for member in self.members:
            try:
                value = member.read(filled, prefix + member.name)
            except FieldFault as fault:
                faults[fault.name] = fault.text
                continue
            value = member.empty if value is LEFT_OUT else value
            if value is not LEFT_OUT:
                body[member.name] = value
        return body, faults


def text(name: str, *, empty: Any = LEFT_OUT) -> Member:  # noqa: ANN401 - any JSON
    """Read a text, or a choice of one."""
    return Member(name, lambda filled, at: filled.form.text(at) or LEFT_OUT, empty)


def flag(name: str) -> Member:
    """Read a box that is checked or not; it is always in the body."""
    return Member(name, lambda filled, at: bool(filled.form.text(at)))


def quiet() -> Member:
    """Read the box that keeps subscribers from being notified; left out, the route decides."""
    return Member("notify", lambda filled, at: False if filled.form.text(at) == "false" else LEFT_OUT)


def number(name: str) -> Member:
    """Read a whole number."""
    return Member(name, _number)


def localized(name: str) -> Member:
    """Read a text in several languages, one field each: ``message.en``, ``message.es``."""
    return mapping(name)


def mapping(name: str, *, empty: Any = LEFT_OUT) -> Member:  # noqa: ANN401 - any JSON
    """Read an object whose members are texts, those that were filled in."""
    return Member(name, lambda filled, at: _pairs(filled, at) or LEFT_OUT, empty)


def several(name: str, *, empty: Any = LEFT_OUT) -> Member:  # noqa: ANN401 - any JSON
    """Read a list of choices, or of what stands between commas."""
    return Member(name, lambda filled, at: _several(filled, at) or LEFT_OUT, empty)


def lines(name: str, *, empty: Any = LEFT_OUT) -> Member:  # noqa: ANN401 - any JSON
    """Read a list of texts, one on each line."""
    return Member(
        name,
        lambda filled, at: [each.strip() for each in filled.form.text(at).split("\n") if each.strip()] or LEFT_OUT,
        empty,
    )


def instant(name: str, *, empty: Any = LEFT_OUT) -> Member:  # noqa: ANN401 - any JSON
    """Read a moment by the clocks of the person, or one that is written with its offset."""
    return Member(name, _instant, empty)


def nested(name: str, body: FormBody, *, empty: Any = LEFT_OUT) -> Member:  # noqa: ANN401 - any JSON
    """Read an object of its own; it is left out if nothing of it was filled in."""
    return Member(name, lambda filled, at: _nested(filled, at, body), empty)


def rows(name: str, body: FormBody, *, empty: Any = LEFT_OUT) -> Member:  # noqa: ANN401 - any JSON
    """Read a list of objects, whose fields have a number: ``markets.0.zone``; empty rows are left out."""

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        found: list[object] = []
        for place in places_of(filled.form.names(), at):
            row = _nested(filled, f"{at}.{place}", body)
            if row is not LEFT_OUT:
                filled.moved[f"{at}.{len(found)}"] = f"{at}.{place}"
                found.append(row)
        return found or LEFT_OUT

    return Member(name, read, empty)


def places_of(names: Iterable[str], at: str) -> list[int]:
    """Give the numbers of the rows of which a field is among ``names``: ``0`` for ``contacts.0.channel``.

    Raises:
        FieldFault: if a number is higher than that of any row.
    """
    beginning = f"{at}."
    numbers = {name.removeprefix(beginning).partition(".")[0] for name in names if name.startswith(beginning)}
    places = sorted(int(each) for each in numbers if PLACE.fullmatch(each))
    if places and places[-1] >= MOST_ROWS:
        raise FieldFault(at, f"There can be {MOST_ROWS} of these at most.")
    return places


def _nested(filled: Filled, at: str, body: FormBody) -> Any:  # noqa: ANN401 - any JSON
    if not any(filled.form.text(name) for name in filled.form.names() if name.startswith(f"{at}.")):
        return LEFT_OUT
    found, faults = body.read(filled, f"{at}.")
    if faults:
        name, said = next(iter(faults.items()))
        raise FieldFault(name, said)
    return found


def _number(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    written_as = filled.form.text(at)
    if not written_as:
        return LEFT_OUT
    if not (written_as.isascii() and written_as.isdigit() and len(written_as) <= MOST_DIGITS):
        raise FieldFault(at, "Enter a whole number.")
    return int(written_as)


def _pairs(filled: Filled, at: str) -> dict[str, str]:
    beginning = f"{at}."
    names = [name for name in filled.form.names() if name.startswith(beginning)]
    return {name.removeprefix(beginning): value for name in names if (value := filled.form.text(name))}


def _several(filled: Filled, at: str) -> list[str]:
    return [part.strip() for choice in filled.form.choices(at) for part in choice.split(",") if part.strip()]


def _instant(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    written_as = filled.form.text(at)
    if not written_as:
        return LEFT_OUT
    return read_instant(written_as, filled.zone, at)


def read_instant(written_as: str, zone: tzinfo, at: str) -> str:
    """Read a moment as a form has it, by the clocks of a zone, or with its offset; give it as routes take it.

    Raises:
        FieldFault: if it is none; or if the clocks of the zone never show it, or show it twice.
    """
    try:
        moment = datetime.fromisoformat(written_as)
        if moment.tzinfo is not None:
            return written(moment)
        first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        shown = datetime.fromtimestamp(first.timestamp(), tz=zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise FieldFault(at, "Enter a day and a time, as in 2021-03-09T14:30.") from None
    if shown != moment:
        raise FieldFault(at, f"The clocks are put forward at that time: {moment:%H:%M} does not exist on that day.")
    if first.utcoffset() != second.utcoffset():
        choices = " or ".join(f"{moment:%Y-%m-%dT%H:%M}{_offset(each.utcoffset())}" for each in (first, second))
        raise FieldFault(at, f"The clocks are put back at that time, and show it twice. Write {choices}.")
    return written(first)


def _offset(offset: timedelta | None) -> str:
    minutes = int((offset or timedelta()).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


NOTHING_MOVED: Mapping[str, str] = {}


def name_of(pointer: str, moved: Mapping[str, str] = NOTHING_MOVED) -> str:
    """Give the name of the field that a JSON pointer (RFC 6901) is about; ``moved`` is that of the filled form."""
    name = ""
    for part in pointer.split("/")[1:]:
        member = part.replace("~1", "/").replace("~0", "~")
        name = f"{name}.{member}" if name else member
        name = moved.get(name, name)
    return name
