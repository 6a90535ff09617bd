"""The fields of a plan: how they become the body of a route, and how a plan fills them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.console.kernel.fields import (
    LEFT_OUT,
    FieldFault,
    Filled,
    FormBody,
    Member,
    flag,
    lines,
    localized,
    mapping,
    nested,
    places_of,
    quiet,
    rows,
    several,
    text,
)
from api.console.maintenance.points import read_points, write_points
from application.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.http.forms import FilledForm

TEXTS, PHASES = ("title", "reason", "description"), ("before", "during", "after")
CIVIL = ("zone", "start", "end", "duration", "ambiguous")
NO_STATUS = ""


def _markets(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    found = []
    for line in filled.form.text(at).split("\n"):
        parts = line.replace(",", " ").split()
        if parts and len(parts) != len(("market", "zone")):
            raise FieldFault(at, f"Write a country and a zone, as in MX America/Mexico_City, and not {line.strip()!r}.")
        if parts:
            found.append({"market": parts[0], "zone": parts[1]})
    return found or LEFT_OUT


def _rule(filled: Filled, _at: str) -> Any:  # noqa: ANN401 - any JSON
    return filled.form.text("rule") or filled.form.text("repeats") or LEFT_OUT


def _no_template(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    if filled.form.text(at):
        raise FieldFault(at, "A series takes no template. Choose none, and write its texts.")
    return LEFT_OUT


def _audiences(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    found = {
        key: {
            "restrictions": read_points(filled.form, f"{at}.{key}.restrictions"),
            "guidance": {phase: read_points(filled.form, f"{at}.{key}.guidance.{phase}") for phase in PHASES},
        }
        for key in chosen_audiences(filled.form)
    }
    return found or LEFT_OUT


def _policies(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    form, found = filled.form, {}
    for place in places_of(form.names(), at):
        row = f"{at}.{place}"
        kind = form.text(f"{row}.kind")
        policy, deadline = form.text(f"{row}.policy"), form.text(f"{row}.deadline")
        if kind and policy:
            filled.moved[f"{at}.{kind}"] = row
            found[kind] = {"policy": policy, "four_eyes": bool(form.text(f"{row}.four_eyes"))}
            if deadline:
                found[kind]["deadline"] = deadline
        elif policy and not kind:
            raise FieldFault(f"{row}.kind", "Name the kind of request, as in order.")
    return found or LEFT_OUT


def chosen_audiences(form: FilledForm) -> list[str]:
    """Give the keys of the audiences that were chosen, and of those that were written beside them."""
    written = (part.strip() for part in form.text("audience_more").split(","))
    return list(dict.fromkeys(key for key in (*form.choices("audience"), *written) if key))


MARKETS = Member("markets", _markets)
TIMES = FormBody((*map(text, CIVIL), MARKETS))
NOTIFIES = (quiet(), text("notify_reason"))
_LISTS = (
    several("covers"),
    Member("audiences", _audiences),
    rows("freezes", FormBody((text("data"), localized("name"), localized("note")))),
    rows("contacts", FormBody((text("audience"), text("channel"), text("address"), localized("note")))),
    Member("request_policies", _policies),
)
_PLAN = (
    *map(localized, TEXTS),
    *TIMES.members,
    mapping("components"),
    text("all"),
    *_LISTS,
    several("remind_before", empty=[]),
    flag("announced"),
    *NOTIFIES,
)
_BLANKS = FormBody((localized("component"), localized("market"), localized("time")))
RULE = (Member("rule", _rule), lines("exdates"), lines("rdates"))
WINDOW = FormBody((*_PLAN, text("template"), nested("blanks", _BLANKS)))
SERIES = FormBody((*_PLAN, *RULE, Member("template", _no_template)))
DATES = FormBody((*TIMES.members, *RULE))


def repeats(form: FilledForm) -> bool:
    """Tell whether a form plans a series."""
    return bool(form.text("rule") or form.text("repeats"))


@dataclass(frozen=True)
class Rewriting:
    """Reads what a form changes of a plan: of what is no longer in it, that it is to be taken away."""

    plan: Mapping[str, Any]
    """As the document has it."""
    tags: Sequence[str]
    """The languages of the form."""

    @property
    def body(self) -> FormBody:
        """The body of the change."""
        policies = next(member for member in _LISTS if member.name == "request_policies")
        audiences = next(member for member in _LISTS if member.name == "audiences")
        return FormBody(
            (
                *(Member(name, self._text) for name in TEXTS),
                Member("components", self._components),
                Member("all", self._all),
                several("covers", empty=[]),
                Member("markets", _markets, []),
                self._keyed(audiences),
                *(Member(member.name, member.read, []) for member in _LISTS if member.name in {"freezes", "contacts"}),
                self._keyed(policies),
                several("remind_before", empty=[]),
                text("because"),
            )
        )

    def _text(self, filled: Filled, at: str) -> dict[str, str | None]:
        tags = dict.fromkeys((*self.tags, *(self.plan[at] or {})))
        shown = {tag for tag in tags if f"{at}.{tag}" in filled.form.names()}
        return {tag: filled.form.text(f"{at}.{tag}") or None for tag in shown}

    def _components(self, filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        wanted = mapping(at).read(filled, at)
        wanted = {} if wanted is LEFT_OUT else wanted
        known = self.plan[at]
        changes = {key: status for key, status in wanted.items() if known.get(key) != status}
        if not filled.form.text("all"):
            changes |= {key: None for key in known if key not in wanted and f"{at}.{key}" in filled.form.names()}
        return changes or LEFT_OUT

    def _all(self, filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        wanted = filled.form.text(at) or None
        return LEFT_OUT if wanted == self.plan[at] else wanted

    def _keyed(self, member: Member) -> Member:
        def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
            wanted = member.read(filled, at)
            gone = dict.fromkeys(self.plan[at])
            found = {**gone, **({} if wanted is LEFT_OUT else wanted)}
            if at == "request_policies":
                # A deadline that was emptied is the usual one again.
                found = {kind: policy and {"deadline": None, **policy} for kind, policy in found.items()}
            return found or LEFT_OUT

        return Member(member.name, read)


def values_of(plan: Mapping[str, Any], tags: Iterable[str]) -> dict[str, str]:
    """Give what stands in the fields of a form about a plan, by their names."""
    tags = list(tags)
    values: dict[str, str] = {name: plan.get(name) or "" for name in (*CIVIL, "all", "rule")}
    values["duration"] = plain_duration(values["duration"])
    for name in TEXTS:
        values |= {f"{name}.{tag}": said for tag, said in (plan[name] or {}).items()}
    values |= {f"components.{key}": status for key, status in plan["components"].items()}
    zones = plan.get("markets") or plan.get("local_times") or ()
    values["markets"] = "\n".join(f"{each['market']} {each['zone']}" for each in zones)
    values["remind_before"] = ", ".join(map(plain_duration, plan["remind_before"]))
    for key, audience in plan["audiences"].items():
        lists = {"restrictions": audience["restrictions"]}
        lists |= {f"guidance.{phase}": audience["guidance"][phase] for phase in PHASES}
        for name, points in lists.items():
            written = write_points(points, tags)
            values |= {f"audiences.{key}.{name}.{tag}": said for tag, said in written.items()}
    for name in ("freezes", "contacts"):
        for place, row in enumerate(plan[name]):
            values |= _row(f"{name}.{place}", row)
    for place, (kind, policy) in enumerate(plan["request_policies"].items()):
        values |= _row(
            f"request_policies.{place}", {"kind": kind, **policy, "deadline": plain_duration(policy["deadline"])}
        )
    return values


def plain_duration(text: str) -> str:
    """Write a duration (ISO 8601) as people do, ``4h``, if it is one of whole seconds."""
    if not text:
        return ""
    seconds = parse_duration(text).total_seconds()
    for unit, length in (("h", 3600), ("m", 60), ("s", 1)):
        if seconds % length == 0:
            return f"{seconds // length:.0f}{unit}"
    return text


def _row(at: str, row: Mapping[str, Any]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            values |= {f"{at}.{name}.{tag}": said for tag, said in value.items()}
        elif isinstance(value, bool):
            values[f"{at}.{name}"] = "true" if value else ""
        else:
            values[f"{at}.{name}"] = value or ""
    return values


def rows_filled(names: Iterable[str], at: str) -> int:
    """Count the rows of a kind, up to the last one of which a field is named; none if there are too many to show."""
    try:
        return max(places_of(names, at), default=-1) + 1
    except FieldFault:
        return 0
