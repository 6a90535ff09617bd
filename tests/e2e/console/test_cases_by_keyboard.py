"""An incident and its two held requests in Chromium by the keyboard alone, once with scripts and once without them.

An operator declares, updates and resolves; two reviewers, each in a window of their own, claim, decide and sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from domain.access.keyring import Role
from tests.api.client import made
from tests.api.console.people import holds_up
from tests.e2e.console.staff import Console
from tests.e2e.site.browser import Setting, looking

ORDERS = ("order-1", "order-2")
WIDE = Setting("en", 1280, "light")
MOST_TABS = 60
FOCUS = """(wanted) => {
  const place = document.activeElement, style = getComputedStyle(place), box = place.getBoundingClientRect();
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { reached: place === wanted, seen: outlined && inside, what: place.outerHTML.slice(0, 160) };
}"""
"""Tells whether an element has the focus, and whether what has it can be seen to have it."""


@dataclass(frozen=True)
class Keyboard:
    """A window without a mouse."""

    page: Page

    def reaches(self, wanted: Locator, key: str = "Tab") -> Keyboard:
        """Go on to a control; wherever it passes, somebody who looks must see where it is."""
        passed = []
        for _ in range(MOST_TABS):
            self.page.keyboard.press(key)
            focus = wanted.evaluate(FOCUS)
            assert focus["seen"] or focus["what"].startswith("<body"), f"nobody sees the focus on {focus['what']}"
            if focus["reached"]:
                return self
            passed.append(focus["what"])
        raise AssertionError(f"{wanted} is not reached with {MOST_TABS} times {key}, but {passed}")

    def presses(self, *keys: str) -> Keyboard:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def types(self, text: str) -> Keyboard:
        """Write into what has the focus."""
        self.page.keyboard.type(text)
        return self

    def follows(self, words: str) -> Keyboard:
        """Follow a link."""
        return self.reaches(self.page.get_by_role("link", name=words, exact=True)).presses("Enter")

    def pushes(self, words: str) -> Keyboard:
        """Push a button."""
        return self.reaches(self.page.get_by_role("button", name=words, exact=True)).presses("Enter")

    def chooses(self, order: str) -> Keyboard:
        """Go down the list of the queue to a request."""
        chosen = self.page.locator("tr.current a")
        for _ in ORDERS:
            if chosen.inner_text() == order:
                break
            self.presses("j")
        expect(self.page.locator("[data-pane] h2")).to_have_text(f"Order {order}")
        return self

    def text_in(self, group: str) -> Locator:
        """Find where the English text of a group of fields is written."""
        return self.page.get_by_role("group", name=group).get_by_label("English")

    def reads(self, words: str) -> None:
        """Hold that words can be read."""
        expect(self.page.get_by_text(words, exact=True).first).to_be_visible()


@contextmanager
def window(browser: Browser, console: Console, role: Role, name: str, *, scripts: bool) -> Iterator[Keyboard]:
    """Open a window, and sign in."""
    token = console.site.issue(role, name.lower(), name).token or ""
    with looking(browser, WIDE, scripts=scripts) as page:
        page.goto(f"{console.root}/console")
        keyboard = Keyboard(page)
        keyboard.reaches(page.get_by_label("Token")).types(token).presses("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Now")
        yield keyboard


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_incident_and_its_requests_are_dealt_with_by_the_keyboard(
    browser: Browser, console: Console, *, scripts: bool
) -> None:
    site = console.site
    site.component("order-import", name="Order import")
    with ExitStack() as windows:
        operator, rita, bea = (
            windows.enter_context(window(browser, console, role, name, scripts=scripts))
            for role, name in ((Role.OPERATOR, "Olga"), (Role.REVIEWER, "Rita"), (Role.REVIEWER, "Bea"))
        )
        declares(operator)
        says_what_becomes_of_requests(operator)
        incident = operator.page.url.partition("?")[0].rpartition("/incidents/")[2].partition("/")[0]
        holds_up(site, {"type": "incident", "id": incident}, *ORDERS, received_at="2025-03-04T08:00:00Z")
        updates(operator, "Back to the incident")
        site.set_clock("08:11")
        resolves(operator)
        site.tick()
        decides = decides_by_keys if scripts else decides_by_forms
        signs = signs_by_key if scripts else signs_by_form
        decides(rita, "order-1")
        decides(bea, "order-2")
        signs(bea, "order-1")
        signs(rita, "order-2")
    assert made(site.operator.get(f"/v1/incidents/{incident}"))["reconciled"]


def declares(operator: Keyboard) -> None:
    operator.follows("Declare an incident")
    operator.reaches(operator.page.get_by_role("combobox", name="Order import")).types("Part")
    operator.reaches(operator.text_in("Title")).types("Orders come in late")
    operator.reaches(operator.text_in("Message")).types("We look into it.")
    operator.pushes("Preview").reads("This is what would happen. Nothing is sent yet.")
    operator.pushes("Declare the incident").reads("The incident is declared.")


def says_what_becomes_of_requests(operator: Keyboard) -> None:
    page = operator.page
    operator.follows("Contacts and held requests")
    operator.reaches(page.get_by_label("Kind", exact=True)).types("order")
    operator.reaches(page.get_by_role("combobox", name="Policy")).types("A person")
    operator.reaches(page.get_by_label("A second person signs each decision")).presses("Space")
    operator.pushes("Save the policies").reads("The policies are changed.")


def updates(operator: Keyboard, way: str) -> None:
    operator.follows(way)
    for before, message in (("Investigating", "A queue is full."), ("Cause identified", "A fix is in.")):
        operator.reaches(operator.page.get_by_role("radio", name=before)).presses("ArrowDown")
        operator.reaches(operator.text_in("Message")).types(message)
        operator.pushes("Publish the update").reads("The update is posted.")


def resolves(operator: Keyboard) -> None:
    operator.follows("All incidents").follows("Orders come in late")
    operator.reaches(operator.page.get_by_role("radio", name="Fix in place, watching")).presses("ArrowDown")
    operator.reaches(operator.text_in("Message")).types("It is over.")
    operator.pushes("Publish the update").reads("It is resolved")


def decides_by_keys(reviewer: Keyboard, order: str) -> None:
    page = reviewer.page
    reviewer.follows("Check queue")
    reviewer.chooses(order)
    reviewer.presses("c").reads("You have it now. Nobody else can decide it.")
    expect(page.get_by_role("radio", name="It was done already")).to_be_focused()
    reviewer.presses("Space").reaches(page.get_by_label("How do you know?")).types("The marketplace knows it.")
    reviewer.pushes("Decide").reads("Your decision is recorded.")


def decides_by_forms(reviewer: Keyboard, order: str) -> None:
    page = reviewer.page
    reviewer.follows("Check queue").follows(order)
    reviewer.pushes("Claim it").reads("You have it now. Nobody else can decide it.")
    reviewer.reaches(page.get_by_role("radio", name="It was done already")).presses("Space")
    reviewer.reaches(page.get_by_label("How do you know?")).types("The marketplace knows it.")
    reviewer.pushes("Decide").reads("Your decision is recorded.")


def signs_by_key(reviewer: Keyboard, order: str) -> None:
    page = reviewer.page
    reviewer.follows("Check queue").reaches(page.get_by_role("link", name="To sign")).presses("Enter")
    reviewer.chooses(order)
    reviewer.presses("s")
    expect(page.get_by_label("Note", exact=True).first).to_be_focused()
    reviewer.presses("Enter").reads("You signed it. It is settled.")


def signs_by_form(reviewer: Keyboard, order: str) -> None:
    page = reviewer.page
    reviewer.follows("Check queue").reaches(page.get_by_role("link", name="To sign")).presses("Enter")
    reviewer.follows(order).pushes("Sign: was done already").reads("You signed it. It is settled.")
