"""Operators write, change and retire templates; auditors read them and how they changed; readers know of none."""

from typing import Any

import pytest

from tests.api.client import Site, at, made, problem, written
from tests.api.pages import pages
from tests.api.templates.steps import PATH, a_template, pointers

TITLE = {"en": "{component} is slow", "es": "{component} va lento"}
MESSAGE = {"en": "Orders from {market} are late. More at {time}."}
BAD: list[tuple[dict[str, Any], str, str, str]] = [
    ({}, "invalid", "/message", "a text at least"),
    ({"title": {"es": "Va lento"}}, "invalid", "/title", "not in en, the default language"),
    ({"title": "{componnent} is slow"}, "unknown_blank", "/title/en", "did you mean {component}?"),
    ({"message": {"en": "Late.", "pl": "O {godzina}"}}, "unknown_blank", "/message/pl", "there are {component}"),
    ({"message": "Late {time"}, "bad_braces", "/message/en", "character 6 is not closed"),
    ({"message": "Late }"}, "bad_braces", "/message/en", "write }} for a brace"),
    ({"purpose": "incident_update", "title": "Late"}, "invalid", "/title", "message alone"),
    ({"purpose": "policy_resolved", "message": "At {time}."}, "unknown_blank", "/message/en", "no blank {time}"),
    ({"purpose": "incidnet", "message": "Late."}, "invalid", "/purpose", ""),
    ({"key": "No key", "message": "Late."}, "invalid", "/key", ""),
    ({"key": "0192f0c1-7c3e-7a64-9b5e-2b1f4a6f0a01", "message": "Late."}, "invalid", "/key", "looks like an id"),
]


class TestWriting:
    def test_answers_with_the_template_and_where_it_is(self, site: Site) -> None:
        answer = site.operator.post(PATH, {"key": "slow", "purpose": "incident", "title": TITLE, "message": MESSAGE})

        template = made(answer)
        assert (answer.status_code, answer.headers["Location"], answer.headers["ETag"]) == (201, f"{PATH}/slow", '"1"')
        assert template == {
            "id": template["id"],
            "version": 1,
            "key": "slow",
            "purpose": "incident",
            "title": TITLE,
            "message": MESSAGE,
            "blanks": ["component", "market", "time"],
            "created_at": "2025-03-04T08:00:00Z",
            "retired_at": None,
        }
        site.tick()
        assert made(site.auditor.get(f"{PATH}/slow")) == template

    def test_files_a_plain_text_under_the_language_of_the_request(self, site: Site) -> None:
        template = made(
            site.operator.post(
                PATH,
                {"key": "slow", "purpose": "incident", "title": {"en": "Late"}, "message": {"en": "{{Late}}"}},
                headers={"Content-Language": "es"},
            )
        )

        changed = site.operator.patch(f"{PATH}/slow", {"title": "Tarde"}, headers={"Content-Language": "es"})

        assert template["blanks"] == []
        assert made(changed)["title"] == {"en": "Late", "es": "Tarde"}

    @pytest.mark.parametrize(("said", "code", "pointer", "detail"), BAD)
    def test_is_refused_where_the_text_is_wrong(
        self, site: Site, said: dict[str, Any], code: str, pointer: str, detail: str
    ) -> None:
        refusal = problem(site.operator.post(PATH, {"key": "slow", "purpose": "incident", **said}), 422, code)

        assert pointers(refusal) == [pointer]
        assert detail in refusal["detail"]
        assert made(site.auditor.get(PATH))["data"] == []

    def test_takes_a_key_once_for_ever(self, site: Site) -> None:
        a_template(site, message="Late.")
        made(site.operator.post(f"{PATH}/slow/retirement"))

        problem(
            site.operator.post(PATH, {"key": "slow", "purpose": "incident", "message": "Late."}), 409, "already_exists"
        )

    def test_takes_one_template_for_each_purpose_of_policies(self, site: Site) -> None:
        a_template(site, "over", "policy_resolved", message="It is over.")
        other = {"key": "gone", "purpose": "policy_resolved", "message": "It is gone."}

        assert "template over" in problem(site.operator.post(PATH, other), 409, "purpose_taken")["detail"]

        made(site.operator.post(f"{PATH}/over/retirement"))
        made(site.operator.post(PATH, other))


class TestChange:
    def test_merges_by_language_and_takes_texts_away(self, site: Site) -> None:
        a_template(site, title=TITLE, message=MESSAGE)

        changed = made(site.operator.patch(f"{PATH}/slow", {"title": {"es": None, "pl": "{component}"}}))
        alone = made(site.operator.patch(f"{PATH}/slow", {"message": None}, if_match='"2"'))

        assert changed["title"] == {"en": TITLE["en"], "pl": "{component}"}
        assert (alone["message"], alone["blanks"], alone["version"]) == ({}, ["component"], 3)

    def test_by_the_id_is_the_same_as_by_the_key(self, site: Site) -> None:
        id = a_template(site, message=MESSAGE)["id"]

        made(site.operator.patch(f"{PATH}/{id}", {"message": "Late."}))

        site.tick()
        assert made(site.operator.get(f"{PATH}/{id}")) == made(site.operator.get(f"{PATH}/slow"))

    def test_of_nothing_is_no_event(self, site: Site) -> None:
        a_template(site, message=MESSAGE)

        assert made(site.operator.patch(f"{PATH}/slow", {"message": MESSAGE}))["version"] == 1

    @pytest.mark.parametrize(
        ("said", "code", "pointer"),
        [
            ({"message": None}, "invalid", "/message"),
            ({"message": {"en": None, "es": "Tarde"}}, "invalid", "/message"),
            ({"message": "{tiem}"}, "unknown_blank", "/message/en"),
            ({"purpose": "incident"}, "invalid", "/purpose"),
        ],
    )
    def test_is_refused_where_the_text_would_be_wrong(
        self, site: Site, said: dict[str, Any], code: str, pointer: str
    ) -> None:
        template = a_template(site, message=MESSAGE)

        assert pointers(problem(site.operator.patch(f"{PATH}/slow", said), 422, code)) == [pointer]
        assert site.events(template["id"]) == ["template.created"]

    def test_is_refused_of_a_version_that_is_gone_or_retired_or_never_was(self, site: Site) -> None:
        template = a_template(site, message=MESSAGE)
        made(site.operator.patch(f"{PATH}/slow", {"message": "Late."}))

        problem(site.operator.patch(f"{PATH}/slow", {"message": "Old."}, if_match='"1"'), 412, "version_conflict")
        made(site.operator.post(f"{PATH}/slow/retirement"))
        problem(site.operator.patch(f"{PATH}/slow", {"message": "Old."}), 409, "template_retired")
        problem(site.operator.post(f"{PATH}/slow/retirement"), 409, "template_retired")
        problem(site.operator.patch(f"{PATH}/other", {"message": "Old."}), 404, "not_found")
        assert site.events(template["id"]) == ["template.created", "template.changed", "template.retired"]


class TestReading:
    def test_lists_what_is_in_use_by_key_and_in_pieces(self, site: Site) -> None:
        for key in ("beta", "alpha", "gamma", "delta"):
            a_template(site, key, message={"en": key, "es": f"{key} (es)"})
        made(site.operator.post(f"{PATH}/beta/retirement"))
        site.tick()

        first = made(site.operator.get(PATH, params={"limit": 2, "lang": "es"}))
        rest = made(site.auditor.get(PATH, params={"cursor": first["next_cursor"]}))

        assert [(each["key"], each["message"]) for each in first["data"]] == [
            ("alpha", "alpha (es)"),
            ("delta", "delta (es)"),
        ]
        assert [each["key"] for each in rest["data"]] == ["gamma"]
        assert made(site.operator.get(f"{PATH}/beta"))["retired_at"] == "2025-03-04T08:00:00Z"

    def test_looks_back(self, site: Site) -> None:
        a_template(site, message="Late.")
        before = site.tick()
        made(site.operator.patch(f"{PATH}/slow", {"message": "Very late."}))
        made(site.operator.post(f"{PATH}/slow/retirement"))
        site.tick()

        assert made(site.auditor.get(f"{PATH}/slow", params={"as_of": before}))["message"] == {"en": "Late."}
        assert len(made(site.auditor.get(PATH, params={"as_of": before}))["data"]) == 1
        assert made(site.auditor.get(PATH))["data"] == []
        problem(site.auditor.get(f"{PATH}/slow", params={"as_of": before - 1}), 404, "not_found")

    def test_lists_its_versions_with_who_and_when_the_newest_first(self, site: Site) -> None:
        a_template(site, message={"en": "One."})
        site.set_clock(at("08:10"))
        made(site.operator.patch(f"{PATH}/slow", {"message": "Two."}))
        made(site.operator.post(f"{PATH}/slow/retirement"))
        site.tick()

        found = [each for page in pages(site.operator, f"{PATH}/slow/versions", limit=2) for each in page]

        assert [(each["version"], each["type"], each["message"]) for each in found] == [
            (3, "template.retired", {}),
            (2, "template.changed", {"en": "Two."}),
            (1, "template.created", {"en": "One."}),
        ]
        assert [each["occurred_at"] for each in found] == [written(at("08:10"))] * 2 + [written(at("08:00"))]
        assert {each["actor"] for each in found} == {"token:the-operator"}
        old = site.operator.get(f"{PATH}/slow", params={"as_of": found[-1]["position"]}).json()
        assert (old["message"], old["version"]) == ({"en": "One."}, 1)

    def test_lists_the_versions_of_then_and_in_one_language(self, site: Site) -> None:
        a_template(site, message={"en": "One.", "es": "Uno."})
        position = site.last_position()
        made(site.operator.patch(f"{PATH}/slow", {"message": "Two."}))
        site.tick()

        (found,) = made(site.auditor.get(f"{PATH}/slow/versions", params={"as_of": position, "lang": "es"}))["data"]

        assert (found["version"], found["title"], found["message"]) == (1, None, "Uno.")

    def test_lists_no_versions_of_what_never_was(self, site: Site) -> None:
        problem(site.operator.get(f"{PATH}/never/versions"), 404, "not_found")
        assert site.reader.get(f"{PATH}/slow/versions").status_code == 401

    def test_is_for_operators_and_auditors(self, site: Site) -> None:
        a_template(site, message="Late.")

        for path in (PATH, f"{PATH}/slow", f"{PATH}/none"):
            problem(site.reader.get(path), 401, "not_authenticated")
            problem(site.emitter.get(path), 403, "forbidden")
        problem(site.auditor.post(f"{PATH}/slow/retirement"), 403, "forbidden")
        problem(site.auditor.get(f"{PATH}/none"), 404, "not_found")
