"""Texts come in the language that was asked for, and go where the request says, whatever the case of a tag."""

import pytest

from tests.api.client import Site, made, problem

WINDOW = {"zone": "UTC", "start": "2025-03-05T01:00", "duration": "1h"}
SPANISH = {"Content-Language": "es-MX"}


class TestAsking:
    @pytest.mark.parametrize("tag", ["pt", "PT", "pt-BR", "pt-br", "pt-BR-x-loja"])
    def test_finds_a_text_by_its_look_up(self, site: Site, tag: str) -> None:
        site.component("labels", name={"en": "Labels", "PT": "Etiquetas"})
        site.incident({"labels": "major_outage"}, title={"en": "Down", "pt": "Fora do ar"})
        site.tick()

        board = made(site.reader.get("/v1/status", params={"lang": tag}))
        listed = made(site.reader.get("/v1/incidents", params={"lang": tag}))

        assert board["components"][0]["name"] == "Etiquetas"
        assert listed["data"][0]["title"] == "Fora do ar"

    def test_gives_the_default_language_for_one_that_there_is_not(self, site: Site) -> None:
        site.component("labels", name={"en": "Labels", "pt": "Etiquetas"})
        site.tick()

        assert made(site.reader.get("/v1/components/labels", params={"lang": "zh-Hant"}))["name"] == "Labels"


class TestTelling:
    def test_files_a_plain_text_under_the_language_of_the_request(self, site: Site) -> None:
        component = {"key": "labels", "name": "Etiquetas", "group": "carriers"}
        assert made(site.operator.post("/v1/components", component, headers=SPANISH))["name"] == {"es": "Etiquetas"}
        renamed = site.operator.patch("/v1/components/labels", {"name": "Rótulos"}, headers={"Content-Language": "PT"})
        assert made(renamed)["name"] == {"es": "Etiquetas", "pt": "Rótulos"}

        said = {"title": "Caído", "message": "Buscamos la causa.", "components": {"labels": "major_outage"}}
        incident = made(site.operator.post("/v1/incidents", said, headers=SPANISH))
        assert (incident["title"], incident["updates"][0]["message"]) == (
            {"es": "Caído"},
            {"es": "Buscamos la causa."},
        )
        news = {"state": "identified", "message": "Es un disco."}
        path = f"/v1/incidents/{incident['id']}"
        updated = made(site.operator.post(f"{path}/updates", news, headers=SPANISH))
        assert updated["updates"][-1]["message"] == {"es": "Es un disco."}
        window = made(site.operator.post("/v1/maintenance-windows", {"title": "Obras", **WINDOW}, headers=SPANISH))
        assert window["title"] == {"es": "Obras"}
        changed = site.operator.patch(f"/v1/maintenance-windows/{window['id']}", {"reason": "Disco"}, headers=SPANISH)
        assert made(changed)["reason"] == {"es": "Disco"}

    @pytest.mark.parametrize("header", ["es, pt", "de", "*", "", "not a tag"])
    def test_files_it_under_the_default_language_if_the_header_names_not_one_that_is_known(
        self, site: Site, header: str
    ) -> None:
        component = {"key": "labels", "name": "Labels", "group": "carriers"}

        answer = site.operator.post("/v1/components", component, headers={"Content-Language": header})

        assert made(answer)["name"] == {"en": "Labels"}

    def test_leaves_texts_that_say_their_language_where_they_are(self, site: Site) -> None:
        component = {"key": "labels", "name": {"PL": "Etykiety", "pt-br": "Etiquetas"}, "group": "carriers"}

        answer = site.operator.post("/v1/components", component, headers=SPANISH)

        assert made(answer)["name"] == {"pl": "Etykiety", "pt-BR": "Etiquetas"}

    def test_refuses_a_language_twice(self, site: Site) -> None:
        component = {"key": "labels", "name": {"pt": "Etiquetas", "PT": "Rótulos"}, "group": "carriers"}

        problem(site.operator.post("/v1/components", component), 422, "invalid")

    def test_is_another_request_in_another_language(self, site: Site) -> None:
        component = {"key": "labels", "name": "Etiquetas", "group": "carriers"}
        made(site.operator.post("/v1/components", component, key="one", headers=SPANISH))

        problem(site.operator.post("/v1/components", component, key="one"), 422, "key_reused")
        again = site.operator.post("/v1/components", component, key="one", headers=SPANISH)
        assert again.headers["Idempotent-Replayed"] == "true"
