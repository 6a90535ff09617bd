"""The page of an incident, as its readers see it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.client import Site, at, made, written
from tests.api.page_text import assert_in_order, sentences

if TYPE_CHECKING:
    import httpx

LABELS = {"en": "Labels", "es": "Etiquetas", "pl": "Etykiety", "pt": "Etiquetas"}
TITLE = {"en": "No labels", "es": "No se crean etiquetas", "pl": "Nie powstają etykiety", "pt": "Sem etiquetas"}
WHY = {"reason": "secret reason"}
NOBODY = "00000000-0000-7000-8000-000000000000"


def page_of(site: Site, incident: str, language: str = "en", **query: str) -> httpx.Response:
    """Read the page of an incident as everybody does."""
    site.tick()
    return site.reader.get(f"/{language}/incidents/{incident}", params=query)


def act(site: Site, incident: str, action: str, body: dict[str, Any]) -> dict[str, Any]:
    """Let the operator do something with an incident."""
    return made(site.operator.post(f"/v1/incidents/{incident}/{action}", body))


def a_walk(site: Site) -> str:
    """Let an incident begin, get worse, be watched and be solved."""
    site.component("labels", name=LABELS)
    incident: str = site.incident({"labels": "degraded_performance"}, title=TITLE, markets=["ES", "PT"])["id"]
    site.set_clock("08:20")
    made(
        site.update(
            incident, "identified", message="A queue is stuck.", components={"labels": "major_outage"},
            expected_at=written(at("09:00")),
        )
    )  # fmt: skip
    site.set_clock("09:10")
    made(site.update(incident, "monitoring", message="We moved it."))
    return incident


class TestOpenIncident:
    def test_says_what_is_broken_since_when_and_how_long_it_will_take(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        incident = site.incident({"labels": "major_outage"}, title=TITLE, markets=["ES"])["id"]
        made(site.update(incident, "identified", message="A queue is stuck.", expected_at=written(at("09:00"))))

        page = sentences(page_of(site, incident, "es"))

        assert_in_order(
            page,
            "No se crean etiquetas",
            "Causa identificada",
            "Empezó el 4 de marzo de 2025, 08:00 UTC y todavía no está resuelto.",
            "Esperamos resolverlo para el 4 de marzo de 2025, 09:00 UTC.",
            "Solo en: España",
            "Qué está afectado",
            "Etiquetas",
            "Interrupción grave: desde el 4 de marzo de 2025, 08:00 UTC",
            "Novedades",
            "Causa identificada",
            "A queue is stuck.",
            "En investigación",
            "We look into it.",
        )

    def test_says_by_itself_that_it_takes_longer_than_expected(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        incident = site.incident({"labels": "major_outage"}, title=TITLE)["id"]
        made(site.update(incident, "identified", expected_at=written(at("09:00"))))
        assert "Spodziewamy się rozwiązania do 4 marca 2025, 09:00 UTC." in sentences(page_of(site, incident, "pl"))

        site.set_clock("09:00")

        late = "We expected to solve it by March 4, 2025, 09:00 UTC. It takes longer."
        assert late in sentences(page_of(site, incident))

    def test_tells_what_works_again_while_it_goes_on(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        incident = site.incident({"labels": "major_outage"}, title=TITLE)["id"]
        site.set_clock("08:45")
        made(site.update(incident, "identified", components={"labels": "operational"}))

        assert_in_order(
            sentences(page_of(site, incident)),
            "What is affected",
            "Labels",
            "Operational",
            "Major outage: March 4, 2025, 08:00 – 08:45 UTC (45 minutes)",
            "Labels: Operational",
        )


class TestResolvedIncident:
    def test_tells_how_bad_it_was_and_how_long_it_took(self, site: Site) -> None:
        incident = a_walk(site)
        site.set_clock("09:25")
        made(site.update(incident, "resolved", message="It is solved."))

        page = sentences(page_of(site, incident))

        assert_in_order(
            page,
            "No labels",
            "Resolved",
            "It began on March 4, 2025, 08:00 UTC and was solved on March 4, 2025, 09:25 UTC, after 1 hour 25 minutes.",
            "Only in: Spain and Portugal",
            "What was affected",
            "Labels",
            "Degraded performance: March 4, 2025, 08:00 – 08:20 UTC (20 minutes)",
            "Major outage: March 4, 2025, 08:20 – 09:25 UTC (1 hour 5 minutes)",
            "Updates",
            "Resolved",
            "March 4, 2025, 09:25 UTC",
            "It is solved.",
            "Fix in place, watching",
            "Cause identified",
            "A queue is stuck.",
            "Labels: Major outage",
            "At the time we expected to solve it by March 4, 2025, 09:00 UTC.",
            "Investigating",
            "March 4, 2025, 08:00 UTC",
        )

    def test_shows_what_was_learned_once_that_is_published(self, site: Site) -> None:
        incident = a_walk(site)
        site.set_clock("09:25")
        made(site.update(incident, "resolved"))
        act(site, incident, "postmortem", {"body": "The queue **had no limit**."})
        assert "had no limit" not in page_of(site, incident).text

        act(site, incident, "postmortem", {"publish": True})

        assert_in_order(
            sentences(page_of(site, incident)),
            "What happened, and what we do about it",
            "Published on March 4, 2025, 09:25 UTC",
            "The queue had no limit.",
            "Updates",
        )

    def test_says_that_an_update_was_corrected_and_shows_it_as_it_is_now(self, site: Site) -> None:
        incident = a_walk(site)
        act(site, incident, "corrections", {"update": 2, "message": "A disk was full.", **WHY})

        page = sentences(page_of(site, incident))

        assert_in_order(page, "A disk was full.", "This update was corrected later.", "We look into it.")
        assert not any("A queue is stuck." in line or "secret" in line for line in page)

    def test_shows_a_correction_of_its_times(self, site: Site) -> None:
        incident = a_walk(site)
        site.set_clock("09:25")
        made(site.update(incident, "resolved"))
        span = {"status": "partial_outage", "from": written(at("07:30")), "until": written(at("09:00"))}
        act(site, incident, "corrections", {"impact": {"labels": [span]}, **WHY})

        assert "Partial outage: March 4, 2025, 07:30 – 09:00 UTC (1 hour 30 minutes)" in sentences(
            page_of(site, incident)
        )


class TestWithdrawnIncident:
    def test_is_there_and_says_that_it_was_a_false_alarm(self, site: Site) -> None:
        incident = a_walk(site)
        act(site, incident, "withdrawal", WHY)

        page = page_of(site, incident, "pl")

        assert page.status_code == 200
        assert_in_order(
            sentences(page),
            "Nie powstają etykiety",
            "Wycofano",
            "Ten komunikat wycofano: to był fałszywy alarm.",
            "Według niego coś nie działało od 4 marca 2025, 08:00 UTC.",
            "Czego dotyczył komunikat",
            "Etykiety",
        )
        assert "secret" not in page.text
        assert not any("(1 hour" in line for line in sentences(page))


class TestAddresses:
    @pytest.mark.parametrize("id", [NOBODY, "nothing", "%7B}", NOBODY.upper().replace("0", "A"), "1" * 300])
    def test_that_lead_nowhere_are_404(self, site: Site, id: str) -> None:
        page = site.reader.get(f"/es/incidents/{id}")

        assert page.status_code == 404
        assert "Página no encontrada" in sentences(page)

    def test_of_private_incidents_are_the_same_404_whoever_asks(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        hidden = site.incident({"labels": "major_outage"}, publish=False)["id"]

        for caller in (site.reader, site.operator):
            asked = caller.get(f"/en/incidents/{hidden}")
            assert (asked.status_code, asked.content) == (404, caller.get(f"/en/incidents/{NOBODY}").content)

    def test_have_one_form(self, site: Site) -> None:
        incident = a_walk(site)

        assert page_of(site, incident.replace("-", "")).status_code == 404
        assert page_of(site, incident.upper()).status_code == 404

    def test_of_the_past_show_what_was_known_then(self, site: Site) -> None:
        incident = a_walk(site)

        then = page_of(site, incident, as_of=written(at("08:10")))

        assert_in_order(
            sentences(then),
            "It began on March 4, 2025, 08:00 UTC and is not solved yet.",
            "Degraded performance: since March 4, 2025, 08:00 UTC",
            "We look into it.",
        )
        assert "A queue is stuck." not in then.text
        assert "/en/components/labels?as_of=2025-03-04T08%3A10%3A00Z" in then.text
        assert page_of(site, incident, as_of=written(at("07:00"))).status_code == 404


class TestPrivateThings:
    def test_of_an_incident_are_not_on_its_page(self, site: Site) -> None:
        site.component("secret", name="Secret thing", public=False)
        site.component("labels", name=LABELS)
        both = {"labels": "partial_outage", "secret": "major_outage"}
        incident = site.incident(both, title=TITLE)["id"]
        made(site.operator.post(f"/v1/incidents/{incident}/updates", {"message": "inner words", "internal": True}))
        made(site.update(incident, "identified", message="outer words", components=both))

        page = page_of(site, incident)

        assert "outer words" in page.text
        assert not re.findall(r"(?i)secret|inner words|Major outage", page.text)


class TestUpdates:
    def test_are_shown_two_hundred_at_once_and_the_older_ones_behind_a_link(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        incident = site.incident({"labels": "major_outage"}, title=TITLE)["id"]
        for number in range(2, 207):
            made(site.update(incident, "identified", message=f"Message {number}."))

        first = page_of(site, incident)
        (link,) = re.findall(r'href="([^"]*before=[^"]*)"', first.text)
        second = site.reader.get(link)

        said = [re.findall(r"<p>Message (\d+)\.</p>", page.text) for page in (first, second)]
        assert said == [[str(number) for number in range(206, 6, -1)], ["6", "5", "4", "3", "2"]]
        assert_in_order(sentences(second), "No labels", "Earlier updates", "Newest updates", "We look into it.")
        # Nothing is older: only its own address in other languages, and at other moments, has such a member.
        assert set(re.findall(r"before=(\d+)", second.text)) == {link.rpartition("=")[2]}

    @pytest.mark.parametrize("before", ["x", "-1", "1" * 30, "²"])
    def test_are_refused_from_what_is_no_number(self, site: Site, before: str) -> None:
        assert page_of(site, a_walk(site), before=before).status_code == 422


class TestContacts:
    def test_can_be_reached_where_a_browser_can_and_are_words_elsewhere(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        contacts = [
            {"channel": "email", "address": "help@example.com?bcc=x", "note": {"en": "At **any** time."}},
            {"channel": "phone", "address": "+48 22 123 45 67"},
            {"channel": "form", "address": "https://example.com/ask?a=1&b=2"},
            {"channel": "form", "address": "javascript:alert(1)"},
            {"channel": "email", "address": "<script>alert(1)</script>"},
        ]
        incident = site.incident({"labels": "major_outage"}, contacts=contacts)["id"]

        page = page_of(site, incident)

        assert_in_order(
            sentences(page), "Where to ask", "E-mail: help@example.com?bcc=x", "At any time.", "Phone: +48 22 123 45 67"
        )
        links = re.findall(r'<a href="([^"]*)" rel="noreferrer', page.text)
        assert links == ["mailto:help@example.com%3Fbcc%3Dx", "tel:+48221234567", "https://example.com/ask?a=1&amp;b=2"]
        assert "<script>" not in page.text


class TestTexts:
    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script></script><script type=module>alert(2)</script>",
            '"><img src=x onerror=alert(1)>',
            "\u202egnp.exe\u202c \u2066 \u200f",
            "[click](javascript:alert(1)) [data](data:text/html,x) ![x](http://evil.example/x.png) <b>bold</b>",
            "[a](<javascript:alert(1)>) <javascript:alert(1)> [b][c]\n\n[c]: javascript:alert(1)",
            "{{ 7*7 }} {% raw %} %(names)s %s {what}",
            "> " * 300 + "deep",
            "[" * 20_000,
            "* a\n" * 5_000,
            "word " * 5_000,
        ],
        ids=range(10),
    )
    def test_of_whatever_kind_stay_texts(self, site: Site, text: str) -> None:
        site.component("labels", name=text[:200])
        incident = site.incident({"labels": "major_outage"}, title=text[:200], message=text)["id"]
        made(site.update(incident, "identified", message=text))

        page = page_of(site, incident)

        assert page.status_code == 200
        assert len(re.findall("<script", page.text)) == 2
        assert not re.findall(r'<img|<b>|href="(?!/|https?://127|#)[^"]*(?:javascript|data):', page.text)
        assert "49" not in re.sub(r"[0-9a-f]{8}-[0-9a-f-]+|static/[^\"]+", "", page.text)

    def test_are_data_for_search_engines_and_no_code(self, site: Site) -> None:
        site.component("labels", name=LABELS)
        incident = site.incident({"labels": "major_outage"}, title="</script><script>alert(1)//")["id"]

        page = page_of(site, incident)
        (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text)

        assert json.loads(data)["headline"] == "</script><script>alert(1)//"
        assert json.loads(data)["datePublished"] == "2025-03-04T08:00:00Z"
        assert "ld+json" not in page_of(site, incident, as_of=written(at("08:00"))).text
