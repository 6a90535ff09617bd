"""The forms of a restoration, and the command that each becomes."""

from __future__ import annotations

from api.console.kernel.fields import Body, flag, instant, lines, localized, mapping, number, quiet, several, text
from api.console.kernel.forms import Command
from api.console.panels.instances import ListedCommands
from api.console.panels.members import day_or_instant, request_policies, stages

PATH = "/v1/restorations/{id}"
NOTED = (localized("note"), instant("occurred_at"))
NOTIFYING = (quiet(), text("notify_reason"))

COMMANDS = ListedCommands(
    {
        "update": Command(
            path=f"{PATH}/updates",
            body=Body((localized("message"), flag("internal"), instant("occurred_at"), *NOTIFYING)),
        ),
        "access_restored": Command(path=f"{PATH}/access-restored", body=Body((*NOTED, *NOTIFYING))),
        "access_lost": Command(
            path=f"{PATH}/access-lost",
            body=Body((instant("lost_at"), localized("provider"), localized("reason"), *NOTIFYING)),
        ),
        "promise": Command(
            path=f"{PATH}/promises",
            body=Body((localized("promised_by"), day_or_instant("promised_for"), *NOTED, *NOTIFYING)),
        ),
        "recovery_point": Command(
            path=f"{PATH}/recovery-point",
            body=Body((instant("as_of"), text("tolerance"), lines("missing"), *NOTED)),
        ),
        "suppress": Command(
            path=f"{PATH}/suppressions",
            body=Body((text("automation"), instant("created_before"), *NOTED)),
            shows_answer=True,
        ),
        "end_suppression": Command(
            path=f"{PATH}/suppressions/{{automation}}/ending", body=Body((text("reason"), instant("occurred_at")))
        ),
        "backlog": Command(
            path=f"{PATH}/abandoned-backlogs",
            body=Body((lines("actions"), instant("due_from"), instant("due_until"), *NOTED)),
        ),
        "instruction": Command(
            path=f"{PATH}/instructions", body=Body((text("heading"), localized("text"), number("place")))
        ),
        "withdraw_instruction": Command(path=f"{PATH}/instructions/{{number}}", method="DELETE", sends_body=False),
        "contact": Command(
            path=f"{PATH}/contacts",
            body=Body((text("audience"), text("channel"), text("address"), localized("note"))),
        ),
        "remove_contact": Command(path=f"{PATH}/contacts/{{number}}", method="DELETE", sends_body=False),
        "inventory": Command(path=f"{PATH}/inventory", body=Body((number("accounts"), *NOTED))),
        "progress": Command(
            path=f"{PATH}/progress", body=Body((stages("stages"), number("inventory_revision"), *NOTED))
        ),
        "policies": Command(
            path=PATH, body=Body((request_policies("request_policies"), text("because"))), method="PATCH"
        ),
        "complete": Command(
            path=f"{PATH}/completion",
            body=Body((several("given_up"), *NOTED, *NOTIFYING)),
        ),
    }
)
CAPABILITY = {
    "capability": Command(
        path=f"{PATH}/capabilities/{{capability}}",
        body=Body(
            (
                text("state"),
                localized("note"),
                localized("workaround"),
                day_or_instant("expected"),
                mapping("components"),
                instant("occurred_at"),
            )
        ),
        method="PUT",
        leads=lambda restoration: f"/console/restorations/{restoration['id']}",
    ),
}
