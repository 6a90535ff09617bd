"""The page on which a reader subscribes: filled in by links, faults beside the fields, the same end for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.subscriptions.network_limits import NetworkLimits
from tests.api.client import Site
from tests.api.page_text import filled_in, lines_of, sentences
from tests.api.panel_steps import registered
from tests.api.subscriptions.mailbox import FORM, WISH, MailedSite, an_address, mailed_site

PAGE = "/en/subscribe"


@pytest.fixture(scope="module")
def mailed(shared_database: str) -> Iterator[MailedSite]:
    """A site with a relay, a component that readers see and one that they do not."""
    with mailed_site(shared_database) as mailed:
        mailed.site.component("labels", name={"en": "Labels", "es": "Etiquetas"})
        mailed.site.component("secret-engine", public=False, group="hidden-group")
        registered(mailed.site, "panel-a", name={"en": "Panel A"})
        mailed.site.tick()
        yield mailed


class TestPage:
    def test_offers_what_readers_know(self, mailed: MailedSite) -> None:
        answer = mailed.site.reader.get(PAGE)

        lines = sentences(answer)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        for line in ("Get updates by e-mail", "Your e-mail address", "Labels", "Platform", "Panel A", "At once"):
            assert line in lines
        assert "secret-engine" not in answer.text
        assert "hidden-group" not in answer.text
        assert filled_in(answer.text) == {
            "address": "",
            "what": "everything",
            "impact": "none",
            "rhythm": "instant",
        }

    def test_is_filled_in_by_a_link(self, mailed: MailedSite) -> None:
        query = {"component": ["labels", "secret-engine", "nothing"], "panel": "panel-a", "utm_source": "mail"}

        found = filled_in(mailed.site.reader.get(PAGE, params=query).text)

        assert (found["what"], found["components"], found["panels"]) == ("some", "labels", "panel-a")

    def test_is_led_to_by_the_others(self, mailed: MailedSite) -> None:
        incident = mailed.site.incident({"labels": "major_outage"})["id"]
        mailed.site.tick()
        wanted = {
            "/en/": 'href="/en/subscribe"',
            "/en/components/labels": 'href="/en/subscribe?component=labels"',
            "/en/panels/panel-a": 'href="/en/subscribe?panel=panel-a"',
            f"/en/incidents/{incident}": 'href="/en/subscribe?component=labels"',
            "/en/maintenance": 'href="/en/subscribe"',
            "/en/history": 'href="/en/subscribe"',
        }
        for path, link in wanted.items():
            assert mailed.site.reader.get(path).text.count(link) == 2, path
        then = mailed.site.reader.get("/en/", params={"as_of": "2025-03-04T08:00:00Z"}).text
        assert "/subscribe" not in then

    @pytest.mark.parametrize(
        ("language", "title"),
        [
            ("es", "Recibir avisos por correo"),
            ("pl", "Powiadomienia e-mail"),
            ("pt", "Receber avisos por e-mail"),
        ],
    )
    def test_speaks_each_language(self, mailed: MailedSite, language: str, title: str) -> None:
        page = mailed.site.reader.get(f"/{language}/subscribe").text

        assert title in lines_of(page)
        assert f'<option value="{language}" lang="{language}" selected>' in page

    def test_is_not_there_without_a_relay(self, site: Site) -> None:
        site.component("labels")
        site.tick()

        assert site.reader.get(PAGE).status_code == 404
        assert site.reader.send("POST", PAGE, content=b"", headers=FORM).status_code == 404
        for path in ("/en/", "/en/components/labels", "/en/history"):
            assert "subscribe" not in site.reader.get(path).text


class TestForm:
    def test_sends_a_mail_in_the_language_that_was_chosen(self, mailed: MailedSite) -> None:
        address = an_address()
        wish = WISH | {"what": "some", "components": "labels", "language": "pl", "rhythm": "daily", "impact": "major"}

        answer = mailed.sends(PAGE, wish | {"address": address})

        assert (answer.status_code, answer.headers["Location"]) == (303, "/en/subscribe?asked=yes")
        assert answer.headers["Cache-Control"] == "no-store"
        (link,) = mailed.links_in_mail(address)
        assert link.startswith("/pl/subscriptions/")
        (found,) = mailed.found(address)
        assert (found["language"], found["rhythm"]) == ("pl", "daily")
        assert (found["scope"]["components"], found["scope"]["impact"]) == (["labels"], "major")
        assert "Look into your mailbox" in sentences(mailed.site.reader.get(answer.headers["Location"]))

    def test_forgets_what_was_chosen_of_one_who_wants_everything(self, mailed: MailedSite) -> None:
        address = an_address()

        mailed.sends(PAGE, WISH | {"address": address, "components": "labels"})

        assert mailed.found(address)[0]["scope"]["components"] == []

    def test_is_answered_alike_whatever_is_known_of_the_address(self, mailed: MailedSite) -> None:
        new, asked, gone = an_address(), an_address(), an_address()
        mailed.ask(asked)
        active = mailed.confirms(an_address()).address
        mailed.site.bitacora.facade.suppressions.suppress(gone, "bounce")

        answers = [mailed.sends(PAGE, WISH | {"address": each}) for each in (new, asked, active, gone)]

        assert len({(each.status_code, each.content, str(each.headers)) for each in answers}) == 1

    def test_is_limited_for_each_network(self, mailed: MailedSite) -> None:
        mailed.sends(PAGE, WISH | {"address": an_address()})
        mailed.site.app.state.network_limits = NetworkLimits(most=0)
        content = "&".join(f"{name}={value}" for name, value in (WISH | {"address": an_address()}).items()).encode()

        answer = mailed.site.reader.send(
            "POST", PAGE, content=content, headers={**FORM, "Sec-Fetch-Site": "same-origin"}
        )

        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "360")
        assert "Too many requests" in sentences(answer)

    @pytest.mark.parametrize(
        ("fields", "field", "said"),
        [
            ({"address": "ana"}, "address", "Enter an address of e-mail, as in ana@example.com."),
            ({"address": ""}, "address", "Enter an address of e-mail, as in ana@example.com."),
            ({"address": "ana\0@example.com"}, "address", "Enter an address of e-mail, as in ana@example.com."),
            ({"what": "some"}, "what", "Choose at least one, or choose everything."),
            ({"what": "else"}, "what", "Choose one of these."),
            (
                {"what": "some", "components": "secret-engine"},
                "what",
                "Something that you chose is no longer there. Look at your choice again.",
            ),
            (
                {"what": "some", "components": "nothing-there"},
                "what",
                "Something that you chose is no longer there. Look at your choice again.",
            ),
            (
                {"what": "some", "components": [f"c-{number}" for number in range(101)]},
                "what",
                "Choose up to 100 of each kind, or choose everything.",
            ),
            ({"impact": "huge"}, "impact", "Choose one of these."),
            ({"language": "de"}, "language", "Choose one of these."),
            ({"rhythm": ""}, "rhythm", "Choose one of these."),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self, mailed: MailedSite, fields: dict[str, Any], field: str, said: str
    ) -> None:
        address = an_address()

        answer = mailed.sends(PAGE, {**WISH, "address": address, **fields})

        assert answer.status_code == 422
        assert f'<p class="error" id="{field}-fault">{said}</p>' in answer.text
        assert f'aria-describedby="{field}-fault"' in answer.text
        assert lines_of(answer.text).count(said) == 2
        assert mailed.found(address) == []

    def test_keeps_what_was_filled_in(self, mailed: MailedSite) -> None:
        hostile = '"><script>alert(1)</script>'

        page = mailed.sends(
            PAGE, WISH | {"address": hostile, "what": "some", "components": "labels", "impact": "critical"}
        ).text

        found = filled_in(page)
        assert (found["address"], found["what"], found["components"], found["impact"]) == (
            hostile,
            "some",
            "labels",
            "critical",
        )
        assert "<script>alert" not in page

    @pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
    def test_of_another_site_is_refused(self, mailed: MailedSite, headers: dict[str, str]) -> None:
        address = an_address()

        answer = mailed.sends(PAGE, WISH | {"address": address}, headers)

        assert answer.status_code == 403
        assert mailed.found(address) == []

    def test_is_written_in_the_usual_way(self, mailed: MailedSite) -> None:
        for media in ("application/json", "multipart/form-data; boundary=x", "text/plain"):
            answer = mailed.site.reader.send("POST", PAGE, content=b"{}", headers={"Content-Type": media})
            assert answer.status_code == 415
