"""The forms of incidents, and the commands that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.console.kernel.fields import (
    LEFT_OUT,
    Body,
    Filled,
    Member,
    instant,
    localized,
    mapping,
    number,
    quiet,
    rows,
    several,
    text,
)
from api.console.kernel.fields import flag as box
from api.console.kernel.forms import Command

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "/v1/incidents/{id}"
TEMPLATED = (text("template"), mapping("blanks"))
QUIET = (quiet(), text("notify_reason"))
REASON = Body((text("reason"),))
CONTACTS = Body((text("channel"), text("address"), text("audience"), localized("note")))
SPAN = Body((text("status"), instant("from"), instant("until")))
KINDS = "request_policies"


def yes_or_no(name: str) -> Member:
    """Read a choice of two: ``true`` or ``false``."""
    return Member(name, lambda filled, at: filled.form.text(at) != "false")


DECLARATION = Body(
    (
        localized("title"),
        localized("message"),
        mapping("components", empty={}),
        several("markets"),
        text("cause"),
        instant("occurred_at"),
        instant("resolved_at"),
        yes_or_no("publish"),
        *TEMPLATED,
        *QUIET,
    )
)
UPDATE = Body(
    (
        text("state"),
        localized("message"),
        mapping("components"),
        instant("expected_at"),
        box("internal"),
        instant("occurred_at"),
        text("override_reason"),
        *TEMPLATED,
        *QUIET,
    )
)


def _id_of(document: Mapping[str, Any]) -> str:
    return f"/console/incidents/{document['id']}"


DECLARING = {"declare": Command(path="/v1/incidents", body=DECLARATION, leads=_id_of)}
HANDLING = {
    "update": Command(path=f"{PATH}/updates", body=UPDATE),
    "publish": Command(
        path=f"{PATH}/publication", body=Body((text("reason"), localized("title"), localized("message"), *QUIET))
    ),
    "hold": Command(path=f"{PATH}/publication-hold", body=REASON),
    "release": Command(path=f"{PATH}/publication-hold", method="DELETE", sends_body=False),
    "dismiss": Command(path=f"{PATH}/dismissal", body=REASON),
    "withdraw": Command(path=f"{PATH}/withdrawal", body=Body((text("reason"), *QUIET))),
    "reopen": Command(
        path=f"{PATH}/reopening",
        body=Body((text("reason"), localized("message"), mapping("components"), instant("occurred_at"), *QUIET)),
    ),
}
WRITING_POSTMORTEM = {
    "draft": Command(path=f"{PATH}/postmortem", body=Body((localized("body"),), fixed={"publish": False})),
    "publish": Command(path=f"{PATH}/postmortem", body=Body(QUIET, fixed={"publish": True})),
}


def _policies(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    """Read the policies kind by kind; a kind of which none is chosen has none any more."""
    found: dict[str, object] = {}
    for name in filled.form.names():
        kind = name.removeprefix(f"{at}.").removesuffix(".policy")
        if name == f"{at}.{kind}.policy":
            found[kind] = _policy(filled, f"{at}.{kind}")
    added = filled.form.text("new_kind")
    if added:
        found[added] = _policy(filled, "new") or {}
    return found or LEFT_OUT


def _policy(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    policy, deadline = filled.form.text(f"{at}.policy"), filled.form.text(f"{at}.deadline")
    if not policy:
        return None
    four_eyes = bool(filled.form.text(f"{at}.four_eyes"))
    return {"policy": policy, "four_eyes": four_eyes, **({"deadline": deadline} if deadline else {})}


REVISING = {
    "shown": Command(path=f"{PATH}/reconciliation", body=Body((yes_or_no("public"), text("reason")))),
    "contacts": Command(path=PATH, body=Body((rows("contacts", CONTACTS, empty=[]),)), method="PATCH"),
    "policies": Command(path=PATH, body=Body((Member(KINDS, _policies), text("because"))), method="PATCH"),
}


def _impact_body(values: Mapping[str, str]) -> Body:
    """Correct the spans of the component that the form is about; if all are gone, it was not affected."""
    component = values.get("component", "")

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        spans = rows(component, SPAN).read(filled, f"{at}.{component}")
        return {component: [] if spans is LEFT_OUT else spans}

    return Body((text("reason"), Member("impact", read)))


def _correction(values: Mapping[str, str]) -> Body:
    """Correct the texts of an incident, or one update."""
    return Body(
        (text("reason"), number("update"), localized("message"), instant("occurred_at"))
        if values.get("update")
        else (text("reason"), localized("title"), Member("markets", _markets))
    )


def _markets(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    found = several(at).read(filled, at)
    return [] if found is LEFT_OUT else found


CORRECTING = {
    "correct_update": Command(path=f"{PATH}/corrections", body=_correction, leads=_id_of),
    "correct_texts": Command(path=f"{PATH}/corrections", body=_correction, leads=_id_of),
    "correct_impact": Command(path=f"{PATH}/corrections", body=_impact_body, leads=_id_of),
}
