"""What a feed says: one entry for each thing that readers are told, with an id that never changes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import pytest

from application.changes.announcements import NAMESPACE
from tests.api.client import at, made
from tests.api.feeds.reading import FILES, feed_of
from tests.api.panel_steps import a_panel, lost
from tests.api.windows import planned

if TYPE_CHECKING:
    from tests.api.client import Site

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _labels(site: Site) -> None:
    site.component("labels", name={"en": "Labels", "es": "Etiquetas"})


class TestAnIncident:
    def test_is_told_from_its_beginning_to_its_end_and_after(self, site: Site) -> None:
        id = site.incident({"labels": "major_outage"}, title={"en": "No labels", "es": "Sin etiquetas"})["id"]
        solved = {"state": "resolved", "message": "Now.", "override_reason": "Seen."}
        steps: list[tuple[str, dict[str, object]]] = [
            ("updates", {"state": "identified", "message": "Now."}),
            ("updates", {"state": "monitoring", "message": "Now."}),
            ("updates", {**solved}),
            ("reopening", {"message": "Again.", "reason": "Again."}),
            ("updates", {**solved}),
            ("postmortem", {"body": "What we *learned*.", "publish": True}),
        ]
        for minute, (act, body) in enumerate(steps, start=1):
            site.set_clock(f"08:0{minute}")
            made(site.operator.post(f"/v1/incidents/{id}/{act}", body))

        feed = feed_of(site)

        assert feed.titles == [
            "There is now a report on what happened: “No labels”",
            "Solved: “No labels”",
            "The problem is back: “No labels”",
            "Solved: “No labels”",
            "A fix is in place, and we are watching it: “No labels”",
            "We know the cause and are working on it: “No labels”",
            "New incident: “No labels”",
        ]
        assert [entry.published for entry in feed.entries] == [at(f"08:0{6 - number}") for number in range(7)]
        assert len({entry.id for entry in feed.entries}) == 7
        assert {entry.link for entry in feed.entries} == {f"http://127.0.0.1:8080/en/incidents/{id}"}
        assert feed.entries[0].html == '<div dir="auto"><p>What we <em>learned</em>.</p>\n</div>'
        assert "<li>Labels: Major outage</li>" in feed.entries[-1].html
        assert feed.entries[0].about == ("Labels",)
        assert feed_of(site, "es").titles[-1] == "Nuevo incidente: «Sin etiquetas»"

    def test_that_is_withdrawn_says_so(self, site: Site) -> None:
        id = site.incident({"labels": "major_outage"})["id"]
        made(site.operator.post(f"/v1/incidents/{id}/withdrawal", {"reason": "secret reason"}))

        feed = feed_of(site)

        assert feed.titles == ["This was a false alarm: “Trouble”", "New incident: “Trouble”"]
        assert "secret" not in "".join(entry.html for entry in feed.entries)

    def test_that_is_private_is_not_told_nor_what_is_internal(self, site: Site) -> None:
        site.incident({"labels": "major_outage"}, publish=False)
        shown = site.incident({"labels": "major_outage"}, title="Shown")["id"]
        made(site.update(shown, "investigating", internal=True))

        assert feed_of(site).titles == ["New incident: “Shown”"]

    def test_that_is_corrected_moves_the_date_of_its_entry_alone(self, site: Site) -> None:
        id = site.incident({"labels": "major_outage"})["id"]
        site.set_clock("08:05")
        made(site.update(id, "identified", message="Wrong."))
        before = {file: feed_of(site, file=file) for file in FILES}
        site.set_clock("08:10")

        right = {"update": 2, "message": "Right.", "reason": "It was wrong."}
        made(site.operator.post(f"/v1/incidents/{id}/corrections", right))

        for file in FILES:
            feed = feed_of(site, file=file)
            was, corrected = before[file].entries[0], feed.entries[0]
            assert (corrected.id, corrected.published, corrected.title) == (was.id, was.published, was.title)
            assert (was.updated, corrected.updated) == (at("08:05"), at("08:10"))
            assert "Right." in corrected.html
            assert feed.entries[1:] == before[file].entries[1:]

    def test_that_gets_another_title_has_it_in_every_entry(self, site: Site) -> None:
        id = site.incident({"labels": "major_outage"}, title="Wrong carrier")["id"]
        before = feed_of(site)
        site.set_clock("08:10")
        made(
            site.operator.post(f"/v1/incidents/{id}/corrections", {"title": "Right carrier", "reason": "It was wrong."})
        )

        feed = feed_of(site)

        assert feed.titles == ["New incident: “Right carrier”"]
        assert [entry.id for entry in feed.entries] == [entry.id for entry in before.entries]
        assert feed.entries[0].updated == at("08:10")

    def test_whose_report_is_written_anew_keeps_the_entry_of_it(self, site: Site) -> None:
        id = site.incident({"labels": "major_outage"})["id"]
        made(site.update(id, "resolved", override_reason="Seen."))
        reports = []
        for minute, body in (("08:10", "First."), ("08:20", "Second.")):
            site.set_clock(minute)
            made(site.operator.post(f"/v1/incidents/{id}/postmortem", {"body": body, "publish": True}))
            reports.append(feed_of(site).entry("There is now a report"))

        assert reports[0].id == reports[1].id
        assert [report.published for report in reports] == [at("08:10")] * 2
        assert [report.updated for report in reports] == [at("08:10"), at("08:20")]
        assert "Second." in reports[1].html

    def test_that_is_entered_when_it_was_long_over_has_its_place_in_the_past(self, site: Site) -> None:
        site.incident({"labels": "major_outage"}, title="Now")
        site.tick()
        site.set_clock("08:10")
        over = {"occurred_at": "2025-01-05T10:00:00Z", "resolved_at": "2025-01-05T11:00:00Z"}
        for number in range(60):
            site.incident({"labels": "major_outage"}, title=f"Old {number}", **over)

        feed = feed_of(site)

        assert len(feed.entries) == 50
        assert feed.titles[0] == "New incident: “Now”"
        assert feed.entries[1].published == feed.entries[1].updated == at("11:00") - timedelta(days=58)
        # It is new to who asks again.
        assert site.reader.get("/en/history.atom").headers["Last-Modified"] == "Tue, 04 Mar 2025 08:10:00 GMT"

    def test_that_is_entered_late_and_goes_on_is_news(self, site: Site) -> None:
        old = {"occurred_at": "2025-03-01T10:00:00Z"}
        for number in range(50):
            site.incident({"labels": "major_outage"}, title=f"New {number}")
        site.set_clock("08:10")
        id = site.incident({"labels": "major_outage"}, title="Begun on Saturday", **old)["id"]

        first = feed_of(site).entries[0]
        assert (first.title, first.published) == ("New incident: “Begun on Saturday”", at("08:10"))
        assert "It happened on March 1, 2025" in first.html
        # When it is over later, that does not move.
        site.set_clock("08:20")
        site.update(id, state="resolved", message="It works.", override_reason="checked", **old)
        feed = feed_of(site)
        assert [entry.published for entry in feed.entries[:2]] == [at("08:20"), at("08:10")]
        assert feed.entries[1].id == first.id


class TestAWindow:
    def test_is_told_as_it_is_announced_moved_and_cancelled(self, site: Site) -> None:
        window = planned(site, announced=False)
        assert feed_of(site).entries == ()
        window.done("announcement", {"message": "We *upgrade*."})
        for minute, day in (("08:10", "05"), ("08:20", "06")):
            site.set_clock(minute)
            window.done("reschedule", {"start": f"2025-03-{day}T11:00", "end": f"2025-03-{day}T13:00"})
        site.set_clock("08:30")
        window.done("cancellation", {"message": "Not needed."})

        feed = feed_of(site)

        assert feed.titles == [
            "Maintenance will not take place: “Upgrade of labels”",
            "Maintenance moved: “Upgrade of labels”, now from March 6, 2025, 10:00 UTC to March 6, 2025, 12:00 UTC",
            "Maintenance moved: “Upgrade of labels”, now from March 5, 2025, 10:00 UTC to March 5, 2025, 12:00 UTC",
            "Maintenance announced: “Upgrade of labels”, from March 4, 2025, 10:00 UTC to March 4, 2025, 12:00 UTC",
        ]
        assert feed.entries[-1].html == (
            '<div dir="auto"><p>We <em>upgrade</em>.</p>\n</div><ul><li>March 4, 2025, 10:00 – 12:00 UTC</li></ul>'
        )
        assert feed.entries[0].link == f"http://127.0.0.1:8080/en/maintenance/{window.id}"

    def test_is_told_as_it_begins_goes_on_and_ends(self, site: Site) -> None:
        window = planned(site)
        site.set_clock("10:00")
        window.done("updates", {"message": "Half of it is done."})
        window.done("extension", {"end": "2025-03-04T14:00"})
        site.set_clock("13:00")

        titles = feed_of(site).titles

        assert [title.partition(":")[0] for title in titles] == [
            "Maintenance is over",
            "Maintenance now lasts until March 4, 2025, 13",
            "There is news about this maintenance",
            "Maintenance has begun",
            "Maintenance announced",
        ]


class TestARestoration:
    def test_is_told_from_loss_to_completion(self, site: Site) -> None:
        panel = a_panel(site, name={"en": "Panel north", "es": "Panel norte"})
        restoration = lost(site, panel)
        promise = {"promised_by": "The provider", "promised_for": "2025-03-04T09:00:00Z", "note": "Two disks."}
        restoration.done("promises", promise)
        site.set_clock("09:30")
        restoration.done("updates", {"message": "We copy the data."})
        restoration.done("access-restored", {"note": "It is all there."})
        for capability in ("login", "orders", "stock_sync"):
            restoration.says(capability, "available")
        restoration.done("completion", {"note": "Thank you."})

        feed = feed_of(site)

        assert sorted(feed.titles) == sorted(
            [
                "Panel north: the restoration is complete",
                "Panel north: access is back",
                "Panel north: there is news about the restoration",
                "Panel north: access was promised for March 4, 2025, 09:00 UTC and is not back yet",
                "Panel north: The provider promises access for March 4, 2025, 09:00 UTC",
                "Panel north: access is lost",
            ]
        )
        assert "Two disks." in feed.entry("Panel north: The provider").html
        assert "It is all there." in feed.entry("Panel north: access is back").html
        assert "Thank you." in feed.entry("Panel north: the restoration is complete").html
        assert {entry.link for entry in feed.entries} == {f"http://127.0.0.1:8080/en/panels/{panel}"}
        assert {entry.about for entry in feed.entries} == {("Panel north",)}


class TestEveryFormat:
    def test_has_the_same_entries_with_the_same_ids_in_every_language(self, site: Site) -> None:
        id = site.incident({"labels": "major_outage"}, title={"en": "No labels", "es": "Sin etiquetas"})["id"]
        made(site.update(id, "identified"))
        planned(site)
        lost(site, a_panel(site))

        feeds = {(lang, file): feed_of(site, lang, file) for lang in ("en", "es") for file in FILES}

        ids = [[entry.id for entry in feed.entries] for feed in feeds.values()]
        assert all(each == ids[0] for each in ids)
        assert [UUID(each.removeprefix("urn:uuid:")).version for each in ids[0]] == [5] * 4
        for lang in ("en", "es"):
            assert len({feeds[lang, file].entries for file in FILES}) == 1
            assert len({(feeds[lang, file].title, feeds[lang, file].page) for file in FILES}) == 1

    def test_has_ids_of_thing_and_entry_alone(self, site: Site) -> None:
        incident = site.incident({"labels": "major_outage"})["id"]

        ids = [entry.id for entry in feed_of(site).entries]
        assert ids == [uuid5(NAMESPACE, f"incident/{incident}/update/1").urn]

    @pytest.mark.parametrize("file", FILES)
    def test_gives_the_same_of_the_past_whatever_came_after(self, site: Site, file: str) -> None:
        id = site.incident({"labels": "major_outage"})["id"]
        before, position = feed_of(site, file=file), site.last_position()
        site.set_clock("08:10")
        made(site.update(id, "identified"))

        assert feed_of(site, file=file, as_of=str(position)) == before
        assert feed_of(site, file=file, as_of="0").entries == ()
        assert len(feed_of(site, file=file).entries) == 2

    @pytest.mark.parametrize("file", FILES)
    def test_has_the_newest_fifty(self, site: Site, file: str) -> None:
        id = site.incident({"labels": "major_outage"})["id"]
        for number in range(60):
            made(site.update(id, "investigating", message=f"News {number}."))

        feed = feed_of(site, file=file)

        assert [f"<p>News {59 - number}.</p>" in entry.html for number, entry in enumerate(feed.entries)] == [True] * 50
