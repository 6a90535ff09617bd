"""A site on which everything that somebody can name or write is hostile: markup, tricks of Markdown, marks, length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.api.client import at, made, written
from tests.api.panel_steps import completed, lost, registered
from tests.api.site.owner_steps import an_owner
from tests.api.windows import planned

if TYPE_CHECKING:
    from tests.api.client import Site

MARK = "hostile"
"""Stands in the name or an attribute of each element that a hostile text would make, and in each script."""
PRODUCT = "50337"
"""What a template would make of an expression in the texts."""
FREE = '../../../../<hostile onx="hostile()">/../"\u202e\'&amp;{{7191*7}}%(x)s'
"""What can be a key where any line can: of groups, audiences, data; it is also one of several parts of a path."""
LINE = f'--></title></script>{FREE}<img src="x" data-hostile onerror="hostile()"> \u2066\u200f\u202egnp.exe'
TRICKS = (
    "<script data-hostile>hostile()</script>",
    '"><img data-hostile src=x onerror=hostile()>',
    "'><b data-hostile><!-- <![CDATA[",
    "</script><script data-hostile>hostile()</script>",
    "</textarea></title></style></noscript><hostile>",
    "{{ 7191*7 }} {% raw %} %(time)s %s {what} ${7191*7}",
    "\u202egnp.exe\u202c \u2066 \u200f \u2067",
    "[x](javascript:hostile()) [x](JaVaScRiPt:hostile()) [x](&#106;avascript:hostile()) [x](java\tscript:hostile())",
    "[x](data:text/html,<script>hostile()</script>) [x](vbscript:hostile()) [x](//hostile.example/x)",
    "![x](https://hostile.example/x.png) [![x](https://hostile.example/x)](javascript:hostile())",
    "<javascript:hostile()> <https://hostile.example/?a=%22onx=hostile()> https://hostile.example/",
    '[x](https://hostile.example/" onmouseover="hostile()) [x](https://hostile.example "\\"onx=hostile()")',
    '[x]: javascript:hostile()\n\n[x] <a href="javascript:hostile()" data-hostile>x</a>',
    f"{'**_' * 60}x{'_**' * 60} {'[' * 80}x{'](#x)' * 80}",
    f"{'> ' * 80}x\n\n{'- ' * 80}x\n\n{'`' * 81}x",
    "&lt;script&gt;hostile()&lt;/script&gt; &#x3c;img data-hostile&#x3e;",
    "# x\n\n<h1 data-hostile>x</h1>\n\nx\n===\n\n    <b data-hostile>\n\n```<b data-hostile>\n<b data-hostile>\n```",
)
TEXT = "\n\n".join(TRICKS)
"""All tricks, each in a paragraph of its own."""
TITLE = " ".join(" ".join(TRICKS).split())
LONG = f"{TEXT}\n\n{'W' * 25_000}"[:25_000]
"""The same, and one word up to the greatest length of a text."""
LONG_TITLE = f"{TITLE} {'W' * 25_000}"[:25_000]
CONTACTS = [
    {"audience": FREE, "channel": LINE, "address": "javascript:hostile()", "note": TEXT},
    {"channel": FREE, "address": 'https://hostile.example/" onx="hostile()', "note": TEXT},
    {"channel": "email", "address": f'{"W" * 200}"onx=hostile()@example.com'},
]
SETTINGS: dict[str, Any] = {"site_name": FREE, "site_contact": 'https://hostile.example/"onx="hostile()'}


def fill(site: Site) -> str:
    """Let everything there can be be there, and give the address of the one page to which no other leads."""
    _components(site)
    _incidents(site)
    _windows(site)
    secret = _panels(site)
    site.tick()
    return secret


def _components(site: Site) -> None:
    for number, name in enumerate((TITLE, LONG_TITLE, "W" * 300)):
        site.component(f"part-{number}", name=name, group=FREE, description=TEXT)
    made(site.operator.send("PUT", "/v1/groups/named", json={"name": LONG_TITLE}))
    site.component("w" * 64, name=LINE, group="named", description=LONG)


def _incidents(site: Site) -> None:
    parts = {"part-0": "major_outage", "part-1": "partial_outage", "w" * 64: "degraded_performance"}
    site.set_clock("08:30")
    over = site.incident(parts, title=TITLE, message=TEXT, contacts=CONTACTS)["id"]
    made(site.update(over, "resolved", message=TEXT, override_reason="It is over."))
    made(site.operator.post(f"/v1/incidents/{over}/postmortem", {"body": LONG, "publish": True}))
    gone = site.incident(parts, title=TITLE, message=TEXT)["id"]
    made(site.operator.post(f"/v1/incidents/{gone}/withdrawal", {"reason": "It was none."}))
    site.set_clock("09:00")
    goes_on = site.incident(parts, title=LONG_TITLE, message=LONG, contacts=CONTACTS)["id"]
    for text in (TEXT, LONG):
        made(site.update(goes_on, "identified", message=text, expected_at=written(at("20:00"))))


def _windows(site: Site) -> None:
    part = {"restrictions": [TEXT, LINE], "guidance": {"before": [TEXT], "during": [TEXT], "after": [TEXT]}}
    plan: dict[str, Any] = {
        "components": {"part-0": "partial_outage", "w" * 64: "under_maintenance"},
        "audiences": {FREE: part, "sellers": part, "W" * 255: part},
        "freezes": [{"data": FREE, "name": TITLE, "note": TEXT}, {"data": LINE}],
        "contacts": CONTACTS,
    }
    made(site.operator.send("PUT", "/v1/audiences/sellers", json={"name": TITLE}))
    now = planned(site, title=TITLE, reason=TEXT, description=TEXT, **plan)
    planned(
        site, title=LONG_TITLE, start="2025-03-06T11:00", end="2025-03-06T13:00", components={"part-1": "major_outage"}
    )
    other = {
        "title": TITLE,
        "start": "2025-03-07T11:00",
        "end": "2025-03-07T13:00",
        "components": {"part-2": "major_outage"},
    }
    called_off = planned(site, **other, description=LONG)
    called_off.done("cancellation", {"message": TEXT})
    site.set_clock("10:00")
    now.done("updates", {"message": LONG})
    now.done("extension", {"by": "1h", "message": TEXT})


def _panels(site: Site) -> str:
    named = [{"key": "login", "name": TITLE}, {"key": "orders", "name": LONG_TITLE}, "w" * 64]
    registered(site, "old", name=LONG_TITLE, accounts_until="2020-01-01")
    registered(site, "w" * 64, name=TITLE, accounts_from="2020-01-02", accounts_until="2021-01-01", capabilities=named)
    registered(site, "new", name=LINE, accounts_from="2021-01-02")
    completed(site, "old")
    restoration = lost(site, "w" * 64, provider=TITLE, reason=TEXT)
    restoration.done("promises", {"promised_by": TITLE, "promised_for": "2025-03-04T10:30:00Z", "note": TEXT})
    restoration.done("promises", {"promised_by": LONG_TITLE, "promised_for": "2025-03-10", "note": TEXT})
    made(site.operator.send("PUT", "/v1/automations/order_paid", json={"name": TITLE}))
    before = {"created_before": written(at("10:00")), "note": TEXT}
    restoration.done("suppressions", {"automation": "order_paid", **before})
    restoration.done("suppressions", {"automation": "w" * 64, **before})
    due = {"due_from": written(at("08:00")), "due_until": written(at("10:00")), "note": TEXT}
    restoration.done("abandoned-backlogs", {"actions": [FREE, LINE], **due})
    restoration.done("access-restored", {"note": TEXT})
    point = {"as_of": written(at("08:00")), "missing": [FREE, LINE], "note": TEXT}
    restoration.done("recovery-point", point)
    restoration.says("login", "unavailable", note=LONG, workaround=TEXT)
    restoration.says("orders", "degraded", note=TEXT, workaround=LONG)
    restoration.says("w" * 64, "suspended", note=TEXT)
    restoration.done("inventory", {"accounts": 7, "note": TEXT})
    stages = {"recoverable": {"accounts": 7, "grades": {FREE: 3, LINE: 4}}}
    restoration.done("progress", {"stages": stages, "note": TEXT})
    for heading in (None, "orders", "w" * 64):
        restoration.done("instructions", {"text": TEXT, **({"heading": heading} if heading else {})})
    for text in (TEXT, LONG):
        restoration.done("updates", {"message": text})
    for contact in CONTACTS:
        restoration.done("contacts", contact)
    account = restoration.takes("w" * 128, created_on="2020-09-14")
    account.done("temporary-account", {"panel": "new", "account": "w" * 128})
    account.done("link", {"collisions": [{"kind": LINE[:100], "number": FREE}, {"kind": FREE, "number": "W" * 100}]})
    account.done("reliefs", {"relief": "free_of_charge", "note": TEXT})
    account.done("backfills", {"kinds": [FREE, LINE], "from": written(at("08:00")), "until": written(at("09:00"))})
    return an_owner(account).path
