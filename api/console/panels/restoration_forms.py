"""The forms of a restoration, and the command that each becomes."""

from __future__ import annotations

from api.console.kernel.fields import FormBody, flag, instant, lines, localized, mapping, number, quiet, several, text
from api.console.kernel.forms import FormCommand
from api.console.panels.instances import ListedCommands
from api.console.panels.members import day_or_instant, request_policies, stages

PATH = "/v1/restorations/{id}"
NOTED = (localized("note"), instant("occurred_at"))
NOTIFYING = (quiet(), text("notify_reason"))

COMMANDS = ListedCommands(
    {
        "update": FormCommand(
            path=f"{PATH}/updates",
            body=FormBody((localized("message"), flag("internal"), instant("occurred_at"), *NOTIFYING)),
        ),
        "access_restored": FormCommand(path=f"{PATH}/access-restored", body=FormBody((*NOTED, *NOTIFYING))),
        "access_lost": FormCommand(
            path=f"{PATH}/access-lost",
            body=FormBody((instant("lost_at"), localized("provider"), localized("reason"), *NOTIFYING)),
        ),
        "promise": FormCommand(
            path=f"{PATH}/promises",
            body=FormBody((localized("promised_by"), day_or_instant("promised_for"), *NOTED, *NOTIFYING)),
        ),
        "recovery_point": FormCommand(
            path=f"{PATH}/recovery-point",
            body=FormBody((instant("as_of"), text("tolerance"), lines("missing"), *NOTED)),
        ),
        "suppress": FormCommand(
            path=f"{PATH}/suppressions",
            body=FormBody((text("automation"), instant("created_before"), *NOTED)),
            shows_answer=True,
        ),
        "end_suppression": FormCommand(
            path=f"{PATH}/suppressions/{{automation}}/ending", body=FormBody((text("reason"), instant("occurred_at")))
        ),
        "backlog": FormCommand(
            path=f"{PATH}/abandoned-backlogs",
            body=FormBody((lines("actions"), instant("due_from"), instant("due_until"), *NOTED)),
        ),
        "instruction": FormCommand(
            path=f"{PATH}/instructions", body=FormBody((text("heading"), localized("text"), number("place")))
        ),
        "withdraw_instruction": FormCommand(path=f"{PATH}/instructions/{{number}}", method="DELETE", sends_body=False),
        "contact": FormCommand(
            path=f"{PATH}/contacts",
            body=FormBody((text("audience"), text("channel"), text("address"), localized("note"))),
        ),
        "remove_contact": FormCommand(path=f"{PATH}/contacts/{{number}}", method="DELETE", sends_body=False),
        "inventory": FormCommand(path=f"{PATH}/inventory", body=FormBody((number("accounts"), *NOTED))),
        "progress": FormCommand(
            path=f"{PATH}/progress", body=FormBody((stages("stages"), number("inventory_revision"), *NOTED))
        ),
        "policies": FormCommand(
            path=PATH, body=FormBody((request_policies("request_policies"), text("because"))), method="PATCH"
        ),
        "complete": FormCommand(
            path=f"{PATH}/completion",
            body=FormBody((several("given_up"), *NOTED, *NOTIFYING)),
        ),
    }
)
CAPABILITY = {
    "capability": FormCommand(
        path=f"{PATH}/capabilities/{{capability}}",
        body=FormBody(
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
