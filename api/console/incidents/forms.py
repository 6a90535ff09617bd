"""The forms of incidents, and the commands that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.console.kernel.fields import (
    LEFT_OUT,
    Filled,
    FormBody,
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
from api.console.kernel.forms import FormCommand

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "/v1/incidents/{id}"
TEMPLATED = (text("template"), mapping("blanks"))
QUIET = (quiet(), text("notify_reason"))
LOUD = (box("notify"), text("notify_reason"))
"""Of what nobody is notified unless somebody says so."""
REASON = FormBody((text("reason"),))
CONTACTS = FormBody((text("channel"), text("address"), text("audience"), localized("note")))
SPAN = FormBody((text("status"), instant("from"), instant("until")))
KINDS = "request_policies"


def yes_or_no(name: str) -> Member:
    """Read a choice of two: ``true`` or ``false``."""
    return Member(name, lambda filled, at: filled.form.text(at) != "false")


DECLARATION = FormBody(
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
UPDATE = FormBody(
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


DECLARING = {"declare": FormCommand(path="/v1/incidents", body=DECLARATION, leads=_id_of)}
HANDLING = {
    "update": FormCommand(path=f"{PATH}/updates", body=UPDATE),
    "publish": FormCommand(
        path=f"{PATH}/publication", body=FormBody((text("reason"), localized("title"), localized("message"), *QUIET))
    ),
    "hold": FormCommand(path=f"{PATH}/publication-hold", body=REASON),
    "release": FormCommand(path=f"{PATH}/publication-hold", method="DELETE", sends_body=False),
    "dismiss": FormCommand(path=f"{PATH}/dismissal", body=REASON),
    "withdraw": FormCommand(path=f"{PATH}/withdrawal", body=FormBody((text("reason"), *QUIET))),
    "reopen": FormCommand(
        path=f"{PATH}/reopening",
        body=FormBody((text("reason"), localized("message"), mapping("components"), instant("occurred_at"), *QUIET)),
    ),
}
WRITING_POSTMORTEM = {
    "draft": FormCommand(path=f"{PATH}/postmortem", body=FormBody((localized("body"),), fixed={"publish": False})),
    "publish": FormCommand(path=f"{PATH}/postmortem", body=FormBody(QUIET, fixed={"publish": True})),
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
        filled.moved[f"{at}.{added}"] = "new"
        found[added] = _policy(filled, "new") or {}
    return found or LEFT_OUT


def _policy(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    policy, deadline = filled.form.text(f"{at}.policy"), filled.form.text(f"{at}.deadline")
    if not policy:
        return None
    four_eyes = bool(filled.form.text(f"{at}.four_eyes"))
    return {"policy": policy, "four_eyes": four_eyes, **({"deadline": deadline} if deadline else {})}


REVISING = {
    "shown": FormCommand(path=f"{PATH}/reconciliation", body=FormBody((yes_or_no("public"), text("reason")))),
    "contacts": FormCommand(path=PATH, body=FormBody((rows("contacts", CONTACTS, empty=[]),)), method="PATCH"),
    "policies": FormCommand(path=PATH, body=FormBody((Member(KINDS, _policies), text("because"))), method="PATCH"),
}


def _impact_body(values: Mapping[str, str]) -> FormBody:
    """Correct the spans of the component that the form is about; if all are gone, it was not affected."""
    component = values.get("component", "")

    def read(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
        spans = rows(component, SPAN).read(filled, f"{at}.{component}")
        return {component: [] if spans is LEFT_OUT else spans}

    return FormBody((text("reason"), Member("impact", read), *LOUD))


def _correction(values: Mapping[str, str]) -> FormBody:
    """Correct the texts of an incident, or one update."""
    return FormBody(
        (text("reason"), number("update"), localized("message"), instant("occurred_at"), *LOUD)
        if values.get("update")
        else (text("reason"), localized("title"), Member("markets", _markets), *LOUD)
    )


def _markets(filled: Filled, at: str) -> Any:  # noqa: ANN401 - any JSON
    found = several(at).read(filled, at)
    return [] if found is LEFT_OUT else found


CORRECTING = {
    "correct_update": FormCommand(path=f"{PATH}/corrections", body=_correction, leads=_id_of),
    "correct_texts": FormCommand(path=f"{PATH}/corrections", body=_correction, leads=_id_of),
    "correct_impact": FormCommand(path=f"{PATH}/corrections", body=_impact_body, leads=_id_of),
}
