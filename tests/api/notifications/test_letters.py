"""What a notification says of each thing that is announced, in each channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.notifications.letters.site_letters import SiteLetters
from application.errors import NotYetVisible
from application.notifications.letters import MANAGE, UNSUBSCRIBE
from domain.subscriptions.values import Channel, Rhythm
from tests.api.client import made
from tests.api.feeds.reading import feed_of
from tests.api.notifications.announced import announced, beside, body_of, composed, mail_of, newest_of
from tests.api.panel_steps import lost, registered
from tests.api.windows import planned

if TYPE_CHECKING:
    from application.changes.announcements import Announcement
    from tests.api.client import Site
    from tests.api.notifications.announced import Mail
    from tests.api.windows import Window

SOLVED = {"state": "resolved", "message": "It works.", "override_reason": "Seen."}
CHAT = (Channel.SLACK, Channel.TEAMS)


@pytest.fixture(autouse=True)
def _labels(site: Site) -> None:
    site.component("labels", name={"en": "Labels", "es": "Etiquetas"})


class TestAnIncident:
    def test_says_its_title_and_how_bad_it_is_first(self, site: Site) -> None:
        id = site.incident({"labels": "major_outage"}, title={"en": "No labels", "es": "Sin etiquetas"})["id"]

        mail = the_mail(site, f"incident/{id}")

        assert mail.subject == "No labels: Major outage [Status]"
        assert mail.thing == f"incident/{id}"
        assert mail.text.startswith(
            "New incident: “No labels”.\n\nWe look into it.\n\nIt began on March 4, 2025, 08:00 UTC"
        )
        assert "\nWhat is affected:\n- Labels: Major outage\n" in mail.text
        assert f"http://127.0.0.1:8080/en/incidents/{id}" in mail.text
        assert the_mail(site, f"incident/{id}", "es").subject == "Sin etiquetas: Interrupción grave [Status]"

    def test_says_so_in_the_subject_as_it_goes_on(self, site: Site) -> None:
        id = site.incident({"labels": "major_outage"}, title="No labels")["id"]
        acts: list[tuple[str, dict[str, Any]]] = [
            ("updates", {"state": "identified", "message": "Found.", "expected_at": "2025-03-04T10:00:00Z"}),
            ("updates", {"state": "monitoring", "message": "Mended."}),
            ("updates", SOLVED),
            ("reopening", {"message": "Again.", "reason": "Seen."}),
            ("updates", SOLVED),
            ("postmortem", {"body": "What we *learned*.", "publish": True}),
        ]
        subjects, texts = [], []
        for minute, (act, body) in enumerate(acts, start=1):
            site.set_clock(f"08:0{minute}")
            made(site.operator.post(f"/v1/incidents/{id}/{act}", body))
            mail = the_mail(site, f"incident/{id}")
            subjects.append(mail.subject.removesuffix(" [Status]"))
            texts.append(mail.text)

        assert subjects == [
            "No labels: Cause identified",
            "No labels: Fix in place, watching",
            "No labels: Resolved",
            "No labels: The problem is back",
            "No labels: Resolved",
            "No labels: Report on what happened",
        ]
        assert "We expect to solve it by March 4, 2025, 10:00 UTC." in texts[0]
        assert "What was affected:\n- Labels\n" in texts[2]
        assert "What we learned." in texts[5]

    def test_that_gets_worse_says_how_bad_it_is(self, site: Site) -> None:
        id = site.incident({"labels": "partial_outage"}, title="No labels")["id"]
        made(site.update(id, "identified", components={"labels": "major_outage"}))

        assert the_mail(site, f"incident/{id}").subject.startswith("No labels: Major outage")

    def test_that_was_a_false_alarm_says_nothing_of_the_reason(self, site: Site) -> None:
        id = site.incident({"labels": "major_outage"}, title="No labels")["id"]
        made(site.operator.post(f"/v1/incidents/{id}/withdrawal", {"reason": "secret reason"}))

        mail = the_mail(site, f"incident/{id}")

        assert mail.subject == "No labels: False alarm [Status]"
        assert "it was a false alarm" in mail.text
        assert "secret" not in mail.text + mail.html

    def test_whose_title_says_how_bad_it_is_does_not_say_it_twice(self, site: Site) -> None:
        id = site.incident({"labels": "major_outage"}, title="Labels: major outage")["id"]

        assert the_mail(site, f"incident/{id}").subject == "Labels: major outage [Status]"


class TestAWindow:
    @pytest.fixture(name="window")
    def _window(self, site: Site) -> Window:
        return planned(
            site,
            audiences={
                "sellers": {
                    "restrictions": ["No **labels**."],
                    "guidance": {"before": ["Print them."], "during": ["Wait."], "after": ["Go on."]},
                }
            },
            freezes=[{"data": "parcel_statuses", "note": "They are old."}],
        )

    def test_says_when_it_is_everywhere_and_what_to_do(self, site: Site, window: Window) -> None:
        mail = the_mail(site, f"maintenance_window/{window.id}")

        assert mail.subject == "Upgrade of labels: Maintenance on March 4, 2025 [Status]"
        assert "Warsaw: Tuesday, March 4, 2025, 11:00 – 13:00 (UTC+1)" in mail.text
        assert "Mexico: Tuesday, March 4, 2025, 04:00 – 06:00 (UTC-6)" in mail.text
        assert "Sellers – What is not possible meanwhile:\n- No labels.\n" in mail.text
        assert "Sellers – Before the maintenance:\n- Print them.\n" in mail.text
        assert "What stands still:\n- Parcel statuses – They are old.\n" in mail.text
        assert '<li dir="auto"><p>No <strong>labels</strong>.</p>' in mail.html
        assert "After the maintenance" not in mail.text

    def test_that_moves_says_the_new_time_and_that_the_old_one_is_void(self, site: Site, window: Window) -> None:
        made(window.act("reschedule", {"start": "2025-03-04T15:00", "end": "2025-03-04T17:00", "reason": "secret"}))

        mail = the_mail(site, f"maintenance_window/{window.id}")

        assert mail.subject == "Upgrade of labels: Maintenance moved to March 4, 2025, 14:00 UTC [Status]"
        assert "The earlier time no longer applies: March 4, 2025, 10:00 – 12:00 UTC." in mail.text
        assert "secret" not in mail.text

    def test_reminds_with_what_to_do_before(self, site: Site, window: Window) -> None:
        site.set_clock("09:00")

        reminder = newest_of(site.bitacora.facade, f"maintenance_window/{window.id}", site.tick())
        mail = mail_of(composed(site.bitacora.facade, reminder))

        assert reminder.entry == "reminder/1"
        assert mail.subject == "Upgrade of labels: Maintenance begins on March 4, 2025, 10:00 UTC [Status]"
        assert "Sellers – Before the maintenance:\n- Print them.\n" in mail.text
        assert (
            body_of(composed(site.bitacora.facade, reminder), Channel.WEBHOOK)["type"] == "maintenance_window.reminder"
        )

    def test_is_in_no_feed_when_it_reminds(self, site: Site, window: Window) -> None:
        before = feed_of(site)
        site.set_clock("09:00")

        assert feed_of(site) == before
        assert window.events[-1] == "reminded"

    def test_says_what_to_do_in_each_phase(self, site: Site, window: Window) -> None:
        thing = f"maintenance_window/{window.id}"
        site.set_clock("10:00")
        begun = the_mail(site, thing)
        site.set_clock("12:00")
        over = the_mail(site, thing)

        assert begun.subject == "Upgrade of labels: Maintenance has begun [Status]"
        assert "Wait." in begun.text
        assert "Print them." not in begun.text
        assert over.subject == "Upgrade of labels: Maintenance is over [Status]"
        assert "Sellers – After the maintenance:\n- Go on.\n" in over.text
        assert "not possible" not in over.text

    def test_that_is_cancelled_says_nothing_of_what_it_would_have_done(self, site: Site, window: Window) -> None:
        made(window.act("cancellation", {"message": "Not today.", "reason": "secret reason"}))

        mail = the_mail(site, f"maintenance_window/{window.id}")

        assert mail.subject == "Upgrade of labels: Maintenance cancelled [Status]"
        assert "Not today." in mail.text
        assert "Sellers" not in mail.text


class TestARestoration:
    def test_says_that_access_is_lost_promised_and_back(self, site: Site) -> None:
        registered(site, "north")
        restoration = lost(site, "north")

        mail = the_mail(site, f"restoration/{restoration.id}")

        assert ": Access is lost" in mail.subject
        assert "/en/panels/north" in mail.text


class TestSeveral:
    def test_of_one_thing_are_one_mail_about_the_newest(self, site: Site) -> None:
        id = site.incident({"labels": "major_outage"}, title="No labels")["id"]
        made(site.update(id, "identified", message="We know."))
        both = announced(site.bitacora.facade, site.tick())

        mail = mail_of(composed(site.bitacora.facade, *both))

        assert mail.subject == "No labels: Cause identified [Status]"
        assert mail.text.index("We know.") < mail.text.index("Before that") < mail.text.index("We look into it.")
        assert mail.thing == f"incident/{id}"
        assert mail_of(composed(site.bitacora.facade, *both[::-1])) == mail

    def test_of_several_things_are_counted_in_the_subject(self, site: Site) -> None:
        for title in ("First", "Second", "Third"):
            site.incident({"labels": "major_outage"}, title=title)
        every = announced(site.bitacora.facade, site.tick())

        digest = beside(
            lambda: SiteLetters(site.bitacora.facade).compose_digest(every, site.last_position(), Rhythm.DAILY)
        )

        mail = mail_of(digest)
        assert mail.subject == "Third: Major outage and 2 more [Status]"
        assert mail.text.startswith("What happened in the last day\n")
        assert mail.text.index("Third\n") < mail.text.index("Second\n") < mail.text.index("First\n")
        assert mail.thing == ""

    def test_are_so_many_at_most_and_the_rest_is_counted(self, site: Site) -> None:
        for number in range(33):
            site.incident({"labels": "major_outage"}, title=f"Trouble {number}")
        every = announced(site.bitacora.facade, site.tick())

        letter = composed(site.bitacora.facade, *every)

        assert "3 more messages are on the page." in mail_of(letter).text
        assert "28 more messages are on the page." in letter.write(Channel.SLACK, "en")

    def test_are_none_for_a_webhook(self, site: Site) -> None:
        site.incident({"labels": "major_outage"})
        site.incident({"labels": "major_outage"})
        letter = composed(site.bitacora.facade, *announced(site.bitacora.facade, site.tick()))

        with pytest.raises(ValueError, match="one body for each announcement"):
            letter.write(Channel.WEBHOOK, "en")


class TestALetter:
    @pytest.fixture(name="news")
    def _news(self, site: Site) -> Announcement:
        site.incident({"labels": "major_outage"}, title={"en": "No labels", "es": "Sin etiquetas"})
        return announced(site.bitacora.facade, site.tick())[-1]

    def test_has_the_same_bytes_whenever_it_is_written(self, site: Site, news: Announcement) -> None:
        first = [composed(site.bitacora.facade, news).write(channel, "es") for channel in Channel]
        site.set_clock("23:00")

        assert [composed(site.bitacora.facade, news).write(channel, "es") for channel in Channel] == first

    def test_is_of_its_position_whatever_happened_since(self, site: Site, news: Announcement) -> None:
        letter = mail_of(composed(site.bitacora.facade, news))
        made(site.update(news.thing.partition("/")[2], "identified", components={"labels": "degraded_performance"}))
        site.tick()

        assert mail_of(composed(site.bitacora.facade, news)) == letter

    @pytest.mark.parametrize(("asked", "spoken"), [("es-MX", "Sin etiquetas"), ("fr", "No labels"), ("", "No labels")])
    def test_is_in_the_nearest_language(self, site: Site, news: Announcement, asked: str, spoken: str) -> None:
        assert mail_of(composed(site.bitacora.facade, news), asked).subject.startswith(spoken)

    def test_says_nothing_of_nothing(self, site: Site) -> None:
        with pytest.raises(ValueError, match="says something"):
            composed(site.bitacora.facade, position=1)

    def test_is_not_of_what_nobody_sees_yet(self, site: Site, news: Announcement) -> None:
        with pytest.raises(ValueError, match="is not seen"):
            composed(site.bitacora.facade, news, position=news.position - 1)

    def test_of_a_position_that_is_not_there_yet_is_refused(self, site: Site, news: Announcement) -> None:
        with pytest.raises(NotYetVisible):
            composed(site.bitacora.facade, news, position=news.position + 1_000)

    def test_has_the_links_of_its_subscriber_once_each(self, site: Site, news: Announcement) -> None:
        mail = mail_of(composed(site.bitacora.facade, news))

        assert [part.count(marker) for part in (mail.text, mail.html) for marker in (MANAGE, UNSUBSCRIBE)] == [1] * 4

    @pytest.mark.parametrize("marker", [MANAGE, UNSUBSCRIBE, f"https://mana{MANAGE}ge.invalid/"])
    def test_has_no_such_links_from_what_people_write(self, site: Site, marker: str) -> None:
        message = f"{marker} [x]({marker}) <{marker}> {marker.replace('/', '&#47;')}"
        site.incident({"labels": "major_outage"}, title=marker, message=message)

        mail = mail_of(composed(site.bitacora.facade, announced(site.bitacora.facade, site.tick())[-1]))

        assert [part.count(each) for part in (mail.text, mail.html) for each in (MANAGE, UNSUBSCRIBE)] == [1] * 4

    def test_for_a_webhook_is_what_readers_get(self, site: Site, news: Announcement) -> None:
        body = body_of(composed(site.bitacora.facade, news), Channel.WEBHOOK)

        assert (body["type"], body["timestamp"]) == ("incident.published", "2025-03-04T08:00:00Z")
        assert body["data"] == made(site.reader.get(f"/v1/incidents/{news.thing.partition('/')[2]}"))

    @pytest.mark.parametrize("channel", CHAT)
    def test_for_a_chat_leads_to_the_page(self, site: Site, news: Announcement, channel: Channel) -> None:
        body = composed(site.bitacora.facade, news).write(channel, "es")

        assert f"http://127.0.0.1:8080/es/incidents/{news.thing.partition('/')[2]}" in body
        assert "Sin etiquetas" in body


class TestAConfirmation:
    def test_says_what_it_is_for_how_long_it_holds_and_what_else_to_do(self, site: Site) -> None:
        mail = SiteLetters(site.bitacora.facade).write_confirmation("en", "https://status.example/en/confirm/a&b")

        assert mail["subject"] == "Please confirm your subscription to Status"
        assert "https://status.example/en/confirm/a&b\n" in mail["text"]
        assert "It is valid for 7 days." in mail["text"]
        assert "ignore this mail" in mail["text"]
        assert 'href="https://status.example/en/confirm/a&amp;b"' in mail["html"]
        assert UNSUBSCRIBE not in mail["text"] + mail["html"]

    def test_is_in_each_language(self, site: Site) -> None:
        letters = SiteLetters(site.bitacora.facade)

        subjects = [
            letters.write_confirmation(language, "https://x.example/")["subject"] for language in ("es", "pl", "pt")
        ]

        assert subjects == [
            "Confirma tu suscripción a Status",
            "Potwierdź subskrypcję: Status",
            "Confirme a sua subscrição de Status",
        ]


def the_mail(site: Site, thing: str, language: str = "en") -> Mail:
    """Give the mail about what was announced of a thing last."""
    facade = site.bitacora.facade
    return mail_of(composed(facade, newest_of(facade, thing, site.tick())), language)
