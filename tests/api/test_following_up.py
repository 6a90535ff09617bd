"""What somebody does right after a command: follow its address, repeat it on another version, look at what it says."""

from tests.api.client import Site, at, made, problem, written


class TestAddress:
    def test_of_what_was_created_is_found_at_once(self, site: Site) -> None:
        site.component("labels")

        for _ in range(10):
            created = site.operator.post(
                "/v1/incidents", {"title": "t", "message": "m", "components": {"labels": "major_outage"}}
            )
            assert site.operator.get(created.headers["Location"]).status_code == 200


class TestSignalCommands:
    def test_refuse_a_version_that_is_not_the_present_one(self, site: Site) -> None:
        site.component("labels")
        signal = site.signal("f", "labels")["signal"]

        answer = site.operator.post(f"/v1/signals/{signal}/clearance", {"reason": "lost"}, if_match='"99"')

        assert problem(answer, 412, "version_conflict")["version"] == 1


class TestFaults:
    def test_of_a_parameter_are_pointed_at(self, site: Site) -> None:
        answer = site.reader.get("/v1/incidents?limit=201")

        assert problem(answer, 422, "invalid")["errors"][0]["pointer"] == "/limit"


class TestExpectation:
    def test_is_not_lost_by_a_note_for_operators(self, site: Site) -> None:
        site.component("labels")
        incident = site.incident({"labels": "major_outage"})
        expected = "2031-01-01T00:00:00Z"
        site.update(incident["id"], "identified", expected_at=expected)

        noted = site.operator.post(f"/v1/incidents/{incident['id']}/updates", {"message": "note", "internal": True})

        assert noted.json()["expected_at"] == expected

    def test_that_has_passed_is_marked_for_everybody(self, site: Site) -> None:
        site.component("labels")
        path = f"/v1/incidents/{site.incident({'labels': 'major_outage'})['id']}"
        update = {"message": "Soon.", "expected_at": written(at("09:00"))}
        assert made(site.operator.post(f"{path}/updates", update))["overdue"] is False

        seen = []
        for clock in ("08:59:59.999999", "09:00"):
            site.set_clock(clock)
            answers = [made(caller.get(path)) for caller in (site.reader, site.operator)]
            seen.append([(each["expected_at"], each["overdue"]) for each in answers])
        expected = written(at("09:00"))

        assert seen == [[(expected, False)] * 2, [(expected, True)] * 2]
        assert made(site.reader.get("/v1/incidents"))["data"][0]["overdue"] is True
        assert made(site.operator.get(path, params={"as_of": written(at("08:30"))}))["overdue"] is False
        later = {"message": "Later.", "expected_at": written(at("11:00"))}
        assert made(site.operator.post(f"{path}/updates", later))["overdue"] is False

    def test_for_the_past_is_refused(self, site: Site) -> None:
        site.component("labels")
        path = f"/v1/incidents/{site.incident({'labels': 'major_outage'})['id']}"
        position = site.last_position()

        update = {"message": "Soon.", "expected_at": written(at("07:59"))}
        refusal = problem(site.operator.post(f"{path}/updates", update), 422, "unknown_moment")

        assert refusal["errors"][0]["pointer"] == "/expected_at"
        assert site.last_position() == position


class TestPosition:
    def test_with_zeros_before_it_is_the_same(self, site: Site) -> None:
        site.component("labels")
        position = site.last_position()

        plain = site.auditor.get(f"/v1/status?as_of={position}")
        padded = site.auditor.get(f"/v1/status?as_of={position:018d}")

        assert plain.content == padded.content
        problem(site.auditor.get(f"/v1/status?as_of={'9' * 40}"), 422, "invalid")
