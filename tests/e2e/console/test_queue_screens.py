"""The check queue in Chromium: how its screens look, and its keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.queue_steps import QUEUE, many_to_check
from tests.api.ledger_steps import RUNS, counts, listed
from tests.e2e.console.staff import SETTINGS, Console
from tests.e2e.site.browser import Setting, faults, put_into

ROWS = 100
WIDE = Setting("en", 1280, "light")
PRESS = """const press = (key) =>
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
"""
PRESSES = (
    f"(keys) => {{ {PRESS}"
    """
  const times = [];
  for (const key of keys) {
    const began = performance.now();
    press(key);
    document.body.offsetHeight;
    times.push(performance.now() - began);
  }
  return times.sort((one, other) => one - other)[Math.floor(times.length / 2)];
}"""
)
"""Presses keys, and gives the median of the milliseconds until the layout stands again."""
MUTATIONS = (
    f"(key) => {{ {PRESS}"
    """
  const watching = new MutationObserver(() => {});
  watching.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
  press(key);
  return watching.takeRecords().length;
}"""
)
"""Presses a key, and counts what it changes in the document."""


def screens(site: Site) -> dict[str, str]:
    """Give the screens of the queue, with the example data, by what they are."""
    admin = site.a(Role.ADMIN)
    to_check, to_sign = (
        made(admin.get("/v1/held-requests", params={"state": state, "limit": 1}))["data"][0]
        for state in ("to_check", "awaiting_signature")
    )
    run = made(site.operator.get(RUNS))["data"][0]["id"]
    return {
        "list": f"{QUEUE}?state=any",
        "filter that cannot be": f"{QUEUE}?kind=BAD+KIND",
        "request": f"{QUEUE}/{to_check['id']}",
        "signature": f"{QUEUE}/{to_sign['id']}",
        "bulk": f"{QUEUE}/bulk?state=open",
        "summary": f"{QUEUE}/summary?cause={to_check['cause']['id']}",
        "runs": f"{QUEUE}/runs",
        "run": f"{QUEUE}/runs/{run}",
        "policies": f"{QUEUE}/policies",
    }


def test_no_screen_has_a_fault(browser: Browser, demo_console: Console) -> None:
    site = demo_console.site

    with demo_console.opened(browser, site.a(Role.ADMIN)) as page:
        for name, address in screens(site).items():
            # Loaded in each width: beside a wide list, the script shows a request.
            for setting in SETTINGS[:2]:
                put_into(page, setting)
                page.goto(demo_console.root + address)
                for each in page.locator("summary").all():
                    if each.is_visible():
                        each.click()
                assert faults(page) == [], (name, setting)


@pytest.fixture
def queue(browser: Browser, console: Console) -> Iterator[Page]:
    """The list with a hundred requests, as a reviewer has it open; ten of them begin with ``0001``."""
    many_to_check(console.site, ROWS)
    with console.opened(browser, console.site.a(Role.REVIEWER), WIDE) as page:
        page.goto(console.root + QUEUE)
        yield page


def chosen(page: Page) -> str:
    """Give the reference of the row that is chosen."""
    return page.locator("tr.current a").inner_text()


class TestKeys:
    def test_go_up_and_down_and_show_the_request_beside(self, queue: Page) -> None:
        assert chosen(queue) == "00000"

        queue.keyboard.press("j")
        queue.keyboard.press("ArrowDown")
        queue.keyboard.press("k")

        assert chosen(queue) == "00001"
        expect(queue.locator("[data-pane] h2")).to_have_text("Order 00001")

    def test_claim_and_decide_without_leaving_the_list(self, queue: Page, console: Console) -> None:
        queue.keyboard.press("j")
        expect(queue.locator("[data-pane] h2")).to_have_text("Order 00001")

        queue.keyboard.press("c")

        expect(queue.get_by_text("You have it now.")).to_be_visible()
        expect(queue.locator("tr.current [data-who]")).to_have_text("the-reviewer")
        queue.keyboard.press("d")
        queue.keyboard.press("Space")
        queue.get_by_label("How do you know?").fill("The courier delivered it.")
        queue.get_by_role("button", name="Decide", exact=True).click()
        expect(queue.get_by_text("Your decision is recorded.")).to_be_visible()
        expect(queue.locator("tr.current td [data-state]").last).to_have_text("Settled")
        assert counts(console.site)["settled"] == 1
        queue.keyboard.press("j")
        assert chosen(queue) == "00002"

    def test_keep_what_was_typed_when_it_is_refused(self, queue: Page) -> None:
        queue.keyboard.press("c")
        expect(queue.get_by_text("You have it now.")).to_be_visible()
        queue.get_by_label("How do you know?").fill("Seen.")

        queue.get_by_role("button", name="Decide", exact=True).click()

        expect(queue.get_by_text("Look at what is marked.")).to_be_visible()
        expect(queue.get_by_label("How do you know?")).to_have_value("Seen.")

    def test_open_the_evidence_the_filter_and_the_help(self, queue: Page) -> None:
        queue.keyboard.press("e")
        expect(queue.get_by_label("What did you find?")).to_be_focused()
        queue.keyboard.press("Escape")
        queue.keyboard.press("/")
        expect(queue.get_by_label("References")).to_be_focused()
        queue.keyboard.type("j?")
        expect(queue.get_by_label("References")).to_have_value("j?")
        queue.keyboard.press("Escape")
        queue.keyboard.press("?")
        expect(queue.get_by_role("dialog")).to_be_visible()
        assert faults(queue) == []
        queue.keyboard.press("Escape")
        expect(queue.get_by_role("dialog")).to_have_count(0)

    def test_sign_what_another_person_decided(self, browser: Browser, console: Console) -> None:
        site = console.site
        cause = many_to_check(site, 1, {"policy": "check_by_hand", "four_eyes": True})
        (only,) = listed(site, cause=cause["id"])
        by = site.a(Role.ADMIN)
        made(by.post(f"/v1/held-requests/{only['id']}/claim"))
        made(by.post(f"/v1/held-requests/{only['id']}/decision", {"outcome": "done_now", "note": "Done."}))
        site.tick()

        with console.opened(browser, site.a(Role.REVIEWER), WIDE) as page:
            page.goto(f"{console.root}{QUEUE}?state=awaiting_signature")
            page.keyboard.press("s")
            page.keyboard.press("Enter")

            expect(page.get_by_text("You signed it. It is settled.")).to_be_visible()

    def test_are_off_where_they_were_switched_off(self, queue: Page, console: Console) -> None:
        queue.goto(f"{console.root}{QUEUE}?keys=off")

        queue.keyboard.press("j")

        expect(queue.locator("tr.current")).to_have_count(0)


def test_a_key_press_costs_the_same_at_a_hundred_rows(queue: Page, console: Console) -> None:
    costs: dict[int, float] = {}
    changes: dict[int, int] = {}
    for asked, number in (("", ROWS), ("?reference_prefix=0001", 10)):
        queue.goto(console.root + QUEUE + asked)
        assert queue.locator("[data-queue] tbody tr").count() == number
        expect(queue.locator("tr.current")).to_have_count(1)
        queue.evaluate(PRESSES, ["j", "k"] * 20)
        costs[number] = queue.evaluate(PRESSES, ["j", "j", "k", "k"] * 50)
        changes[number] = queue.evaluate(MUTATIONS, "j")

    assert changes[ROWS] == changes[10] <= 8
    # A tenth of a millisecond is what the clock of the browser tells apart.
    assert costs[ROWS] <= 2 * costs[10] + 0.2, costs


def test_the_list_works_on_a_small_screen(browser: Browser, console: Console) -> None:
    many_to_check(console.site, 3)

    with console.opened(browser, console.site.a(Role.REVIEWER), SETTINGS[0]) as page:
        page.goto(console.root + QUEUE)
        expect(page.locator("[data-pane]")).to_be_hidden()
        page.get_by_role("link", name="00001").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Order 00001")
        page.get_by_role("button", name="Claim it").click()
        expect(page.get_by_text("You have it now. Nobody else can decide it.")).to_be_visible()
        page.get_by_role("link", name="Back to the queue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Check queue")


def test_many_at_once_are_decided_after_a_dry_run(browser: Browser, console: Console) -> None:
    many_to_check(console.site, 5)

    with console.opened(browser, console.site.a(Role.REVIEWER), WIDE) as page:
        page.goto(f"{console.root}{QUEUE}/bulk?kind=order")
        page.get_by_label("It was done already").check()
        page.get_by_label("How do you know?").fill("The marketplace knows them.")
        page.get_by_role("button", name="Show what it would do").click()
        assert faults(page) == []
        page.get_by_role("button", name="Decide 5 requests").click()
        expect(page.get_by_text("5 requests were decided.")).to_be_visible()

    assert counts(console.site)["settled"] == 5
