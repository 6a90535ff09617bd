"""The pages behind the links in mails: one button each, nothing by opening them, and one answer for every bad link."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.api.client import made
from tests.api.page_text import filled_in, lines_of
from tests.api.subscriptions.mailbox import (
    FORM,
    OWN,
    WISH,
    MailedSite,
    Subscribed,
    an_address,
    mailed_site,
    secret_in,
)

PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
UNKEPT = ("ETag", "Content-Encoding", "Last-Modified", "Access-Control-Allow-Origin", "Set-Cookie")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
PARTS = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture(scope="module")
def mailed(shared_database: str) -> Iterator[MailedSite]:
    """A site with a relay and a component."""
    with mailed_site(shared_database) as mailed:
        mailed.site.component("labels")
        mailed.site.component("orders")
        mailed.site.tick()
        yield mailed


@pytest.fixture
def subscribed(mailed: MailedSite) -> Subscribed:
    """Somebody who has confirmed."""
    return mailed.confirms(an_address(), scope={"components": ["labels"]})


def asked(mailed: MailedSite) -> tuple[str, str]:
    """Let an address ask, and give it with the link in its mail."""
    address = an_address()
    mailed.ask(address)
    return address, mailed.links_in_mail(address)[0]


class TestOldLanguages:
    """The operator has taken a language away since the mail was sent."""

    def test_open_the_same_pages_in_the_default_language(self, mailed: MailedSite, subscribed: Subscribed) -> None:
        _, asking = asked(mailed)
        links = [asking, subscribed.manage, subscribed.unsubscribe]

        for link in links:
            now, then = (mailed.site.reader.get(each) for each in (link, link.replace("/en/", "/fr/", 1)))
            assert then.status_code == 200
            assert {name: then.headers[name] for name in PRIVATE} == PRIVATE
            assert lines_of(then.text) == lines_of(now.text)
            assert '<html lang="en"' in then.text

    def test_take_what_a_button_or_a_mail_program_sends(self, mailed: MailedSite, subscribed: Subscribed) -> None:
        address, asking = asked(mailed)

        confirmed = mailed.sends(asking.replace("/en/", "/fr/", 1), {"form": "confirm"})
        ended = mailed.site.reader.send(
            "POST", subscribed.unsubscribe.replace("/en/", "/fr/", 1), data=ONE_CLICK, headers={}
        )

        assert confirmed.headers["location"].startswith("/en/subscriptions/")
        assert mailed.found(address)[0]["state"] == "active"
        assert ended.status_code == 200
        assert mailed.site.reader.get(subscribed.manage).status_code == 404

    def test_open_nothing_else(self, mailed: MailedSite) -> None:
        answers = [mailed.site.reader.get(f"/{each}/subscriptions/{'a' * 40}") for each in ("en", "fr", "tlh")]

        assert [each.status_code for each in answers] == [404] * 3
        assert len({each.content for each in answers}) == 1


class TestConfirming:
    def test_takes_a_button_and_not_the_opening_of_a_link(self, mailed: MailedSite) -> None:
        address, link = asked(mailed)
        position = mailed.site.last_position()

        pages = [mailed.site.reader.send(method, link) for method in ("GET", "HEAD", "GET")]

        assert [each.status_code for each in pages] == [200, 200, 200]
        assert "Confirm your subscription" in lines_of(pages[0].text)
        assert pages[0].text.count("<button") == 1
        assert mailed.site.last_position() == position
        assert mailed.found(address)[0]["state"] == "asked"

    def test_begins_the_subscription_and_leads_to_the_page_to_manage_it(self, mailed: MailedSite) -> None:
        address, link = asked(mailed)

        answer = mailed.sends(link, {"form": "confirm"})

        assert (answer.status_code, answer.content) == (303, b"")
        assert {name: answer.headers.get(name) for name in ("Cache-Control", "Referrer-Policy")} == {
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        }
        page = mailed.site.reader.get(answer.headers["Location"])
        assert "Your subscription" in lines_of(page.text)
        assert f"We send updates to {address}." in lines_of(page.text)
        (event,) = Subscribed(mailed, address, link, "").events()
        assert (event["actor"], event["source"]) == ("reader", "site")

    def test_twice_leads_to_the_same_page(self, mailed: MailedSite) -> None:
        _, link = asked(mailed)
        first = mailed.sends(link, {"form": "confirm"})
        position = mailed.site.last_position()

        second = mailed.sends(link, {"form": "confirm"})

        assert second.headers["Location"] == first.headers["Location"]
        assert mailed.site.last_position() == position
        assert "Your subscription is confirmed" in lines_of(mailed.site.reader.get(link).text)

    def test_is_possible_for_seven_days(self, mailed: MailedSite) -> None:
        (_, late), (_, in_time) = asked(mailed), asked(mailed)
        now = mailed.site.clock.now()
        mailed.site.set_clock(now + timedelta(days=6, hours=23))
        assert mailed.sends(in_time, {"form": "confirm"}).status_code == 303
        mailed.site.set_clock(now + timedelta(days=7))

        assert mailed.site.reader.get(late).status_code == 404
        assert mailed.sends(late, {"form": "confirm"}).status_code == 404
        assert mailed.sends(in_time, {"form": "confirm"}).status_code == 404

    def test_by_an_older_mail_is_not_possible_after_a_newer_one(self, mailed: MailedSite) -> None:
        address, old = asked(mailed)
        mailed.site.set_clock(mailed.site.clock.now() + timedelta(minutes=11))
        mailed.ask(address, language="es")
        (new,) = mailed.links_in_mail(address, 2)

        assert mailed.site.reader.get(old).status_code == 404
        assert mailed.sends(new, {"form": "confirm"}).status_code == 303
        assert mailed.found(address)[0]["language"] == "es"


class TestManaging:
    def test_shows_what_there_is(self, subscribed: Subscribed) -> None:
        answer = subscribed.site.reader.get(subscribed.manage, headers={"Accept-Encoding": "gzip"})

        assert {name: answer.headers.get(name) for name in PRIVATE} == PRIVATE
        for name in UNKEPT:
            assert name not in answer.headers
        found = filled_in(answer.text)
        assert (found["what"], found["components"], found["rhythm"]) == ("some", "labels", "instant")
        assert '<option value="en" lang="en" selected>' in answer.text

    def test_changes_what_somebody_gets(self, subscribed: Subscribed) -> None:
        wish = WISH | {"form": "change", "what": "some", "components": "orders", "rhythm": "daily", "language": "pt"}

        answer = subscribed.mailed.sends(subscribed.manage, wish)

        assert (answer.status_code, answer.headers["Location"]) == (303, f"{subscribed.manage}?saved=yes")
        page = subscribed.site.reader.get(answer.headers["Location"]).text
        assert "Your changes are saved." in lines_of(page)
        assert filled_in(page)["components"] == "orders"
        document = subscribed.document
        assert (document["rhythm"], document["language"], document["scope"]["components"]) == (
            "daily",
            "pt",
            ["orders"],
        )
        again = subscribed.mailed.sends(subscribed.manage, wish)
        assert again.status_code == 303
        assert [each["type"] for each in subscribed.events()] == ["subscription.confirmed", "subscription.changed"]

    @pytest.mark.parametrize(
        ("fields", "field"),
        [({"what": "some"}, "what"), ({"rhythm": "weekly"}, "rhythm"), ({"language": "xx"}, "language")],
    )
    def test_says_beside_the_field_what_is_wrong(
        self, subscribed: Subscribed, fields: dict[str, Any], field: str
    ) -> None:
        answer = subscribed.mailed.sends(subscribed.manage, {**WISH, "form": "change", **fields})

        assert answer.status_code == 422
        assert f'id="{field}-fault"' in answer.text
        assert "Nothing was saved" in lines_of(answer.text)
        assert len(subscribed.events()) == 1

    def test_gives_all_that_is_kept_as_a_file(self, subscribed: Subscribed) -> None:
        answer = subscribed.site.reader.get(f"{subscribed.manage}/export.json")

        document = made(answer)
        assert answer.headers["Content-Disposition"] == 'attachment; filename="subscription.json"'
        assert {name: answer.headers.get(name) for name in PRIVATE} == PRIVATE
        assert (document["address"], document["id"]) == (subscribed.address, subscribed.id)
        assert document["preferences"]["scope"]["components"] == ["labels"]
        assert [each["type"] for each in document["events"]] == ["subscription.confirmed"]
        assert [(each["kind"], each["state"]) for each in document["messages"]] == [("confirmation", "sent")]

    def test_ends_it_by_a_button(self, subscribed: Subscribed) -> None:
        answer = subscribed.mailed.sends(subscribed.manage, {"form": "end"})

        assert answer.status_code == 200
        assert "You get nothing more from us." in lines_of(answer.text)
        assert 'href="/en/subscribe"' in answer.text
        assert (subscribed.document["state"], subscribed.document["ended_because"]) == ("ended", "reader")
        assert subscribed.site.reader.get(subscribed.manage).status_code == 404

    def test_erases_everything_after_a_question(self, subscribed: Subscribed) -> None:
        id = subscribed.id
        question = subscribed.mailed.sends(subscribed.manage, {"form": "erase"})
        assert "We send you nothing more, and erase your address. This cannot be undone." in lines_of(question.text)
        assert subscribed.document["state"] == "active"

        answer = subscribed.mailed.sends(subscribed.manage, {"form": "erase", "sure": "yes"})

        assert "Your address is erased" in lines_of(answer.text)
        assert subscribed.mailed.found(subscribed.address) == []
        assert subscribed.site.reader.get(subscribed.manage).status_code == 404
        events = subscribed.site.auditor.get(f"/v1/aggregates/{id}/events").json()["data"]
        assert [each["type"] for each in events] == ["subscription.confirmed", "subscription.ended"]


class TestUnsubscribing:
    def test_takes_a_button_and_not_the_opening_of_a_link(self, subscribed: Subscribed) -> None:
        page = subscribed.site.reader.get(subscribed.unsubscribe).text

        assert page.count("<button") == 1
        assert subscribed.document["state"] == "active"

        link = subscribed.unsubscribe
        answer = subscribed.mailed.sends(link, {"form": "end"})
        assert "You have unsubscribed" in lines_of(answer.text)
        assert subscribed.document["ended_because"] == "reader"
        assert "You have unsubscribed" in lines_of(subscribed.site.reader.get(link).text)

    @pytest.mark.parametrize("is_multipart", [False, True])
    def test_by_one_click_needs_no_page(self, subscribed: Subscribed, *, is_multipart: bool) -> None:
        link = subscribed.unsubscribe
        content, headers = (PARTS, MULTIPART) if is_multipart else (b"List-Unsubscribe=One-Click", FORM)

        answers = [subscribed.site.reader.send("POST", link, content=content, headers=headers) for _ in range(2)]

        assert [each.status_code for each in answers] == [200, 200]
        assert subscribed.document["ended_because"] == "one_click"
        assert [each["type"] for each in subscribed.events()] == ["subscription.confirmed", "subscription.ended"]

    def test_by_one_click_is_what_the_link_to_unsubscribe_alone_is_for(self, subscribed: Subscribed) -> None:
        for link in (subscribed.manage, subscribed.confirm):
            assert subscribed.mailed.sends(link, ONE_CLICK, {}).status_code == 400
        assert subscribed.document["state"] == "active"

    @pytest.mark.parametrize(
        ("content", "media"),
        [
            (b"\xff\xfe", FORM["Content-Type"]),
            (b"&".join(b"a=1" for _ in range(501)), FORM["Content-Type"]),
            (PARTS, "multipart/form-data"),
            (PARTS[:-4], "multipart/form-data; boundary=x"),
            (PARTS.replace(b"name=", b"nom="), "multipart/form-data; boundary=x"),
            (PARTS.replace(b"One-Click", b"\xff"), "multipart/form-data; boundary=x"),
            (b"--x--", "multipart/form-data; boundary=x"),
            (b"", "multipart/form-data; boundary=x"),
        ],
    )
    def test_by_what_cannot_be_read_ends_nothing(self, subscribed: Subscribed, content: bytes, media: str) -> None:
        answer = subscribed.site.reader.send(
            "POST", subscribed.unsubscribe, content=content, headers={"Content-Type": media, **OWN}
        )

        assert answer.status_code == 400
        assert subscribed.document["state"] == "active"

    def test_by_a_large_form_ends_nothing(self, subscribed: Subscribed) -> None:
        content = b"List-Unsubscribe=One-Click&x=" + b"x" * 70_000

        answer = subscribed.site.reader.send("POST", subscribed.unsubscribe, content=content, headers=FORM)

        assert (answer.status_code, subscribed.document["state"]) == (413, "active")


class TestOrigin:
    @pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
    def test_of_another_site_changes_nothing(self, subscribed: Subscribed, headers: dict[str, str]) -> None:
        for link, form in (
            (subscribed.manage, {"form": "end"}),
            (subscribed.manage, {"form": "erase", "sure": "yes"}),
            (subscribed.manage, {**WISH, "form": "change"}),
            (subscribed.unsubscribe, {"form": "end"}),
        ):
            assert subscribed.mailed.sends(link, form, headers).status_code == 403
        assert len(subscribed.events()) == 1

    def test_of_a_form_that_the_page_does_not_have(self, subscribed: Subscribed) -> None:
        for link, form in ((subscribed.manage, "confirm"), (subscribed.unsubscribe, "change"), (subscribed.manage, "")):
            assert subscribed.mailed.sends(link, {"form": form}).status_code == 400


class TestSecret:
    def test_that_opens_nothing_is_answered_with_one_page(self, mailed: MailedSite, subscribed: Subscribed) -> None:
        manage, unsubscribe = secret_in(subscribed.manage), secret_in(subscribed.unsubscribe)
        ended = mailed.confirms(an_address())
        mailed.sends(ended.manage, {"form": "end"})
        bad = [
            "",
            "x",
            "0" * 97,
            manage[:-1],
            manage + "0",
            manage.upper(),
            manage[:-1] + ("0" if manage[-1] != "0" else "1"),
            manage.replace("m", "u"),
            manage.replace("m", "c"),
            unsubscribe.replace("u", "m"),
            secret_in(ended.manage),
            secret_in(ended.confirm),
            f"{manage}/more",
            f"{unsubscribe}/export.json",
            f"{secret_in(subscribed.confirm)}/export.json",
            f"{manage}%0a",
            "a" * 4_000,
        ]

        answers = [mailed.site.reader.get(f"/en/subscriptions/{secret}") for secret in bad]

        assert [each.status_code for each in answers] == [404] * len(bad)
        assert len({each.content for each in answers}) == 1
        assert len({str(sorted(each.headers.items())) for each in answers}) == 1
        assert {name: answers[0].headers.get(name) for name in PRIVATE} == PRIVATE
        for form in ({"form": "end"}, ONE_CLICK, {"form": "confirm"}):
            posted = [mailed.sends(f"/en/subscriptions/{secret}", form) for secret in bad if "%" not in secret]
            assert {each.content for each in posted} == {answers[0].content}

    def test_is_repeated_by_nothing(self, subscribed: Subscribed) -> None:
        secret = secret_in(subscribed.manage)
        site = subscribed.site
        site.reader.get(subscribed.manage)
        strange = [
            site.reader.get(f"/de/subscriptions/{secret}/more"),
            site.reader.get(f"/EN/subscriptions/{secret}x"),
            site.reader.get(f"/_/subscriptions/{secret}"),
            site.reader.send("PUT", subscribed.manage),
            site.reader.send("OPTIONS", subscribed.manage, headers={"Origin": "https://evil.example"}),
            site.reader.send("POST", subscribed.manage, content=b"{}", headers={"Content-Type": "application/json"}),
            site.auditor.get("/metrics"),
            site.auditor.get("/v1/events.ndjson"),
        ]

        for answer in strange:
            assert secret not in answer.text
            assert secret not in str(answer.headers)

    def test_opens_the_page_in_each_language(self, subscribed: Subscribed) -> None:
        secret = secret_in(subscribed.manage)
        for language, title in (("es", "Tu suscripción"), ("pl", "Twoja subskrypcja"), ("pt", "A sua subscrição")):
            page = subscribed.site.reader.get(f"/{language}/subscriptions/{secret}").text
            assert title in lines_of(page)
            assert f'href="/en/subscriptions/{secret}"' in page
