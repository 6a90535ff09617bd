"""Endpoints: registered by operators, notified over a real socket, signed, and disabled when they are gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.api.client import Site, made, problem
from tests.api.notifications.receiver import WebhookReceiver, webhook_receiver
from tests.waiting import until

if TYPE_CHECKING:
    from tests.api.client import Caller


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as receiver:
        yield receiver


@pytest.fixture
def site(database: str) -> Iterator[Site]:
    with Site(database, webhook_allow_private=True) as site:
        site.component("labels")
        site.component("imports", group="warehouse")
        yield site


def register(caller: Caller, receiver: WebhookReceiver, **more: object) -> dict[str, Any]:
    body = {"name": "Order desk", "channel": "webhook", "url": receiver.url, **more}
    return made(caller.post("/v1/endpoints", body))


def without_result(preview: httpx.Response) -> dict[str, Any]:
    """Give what a preview says of who would be notified, without what the command would answer."""
    return {name: value for name, value in preview.json().items() if name != "result"}


class TestAWebhook:
    def test_gets_what_is_announced_signed(self, site: Site, receiver: WebhookReceiver) -> None:
        endpoint = register(site.operator, receiver)

        incident = site.incident({"labels": "major_outage"}, title="No labels")
        post = receiver.next()

        assert post.document["type"] == "incident.published"
        assert post.document["data"]["id"] == incident["id"]
        assert post.document["data"] == site.reader.get(f"/v1/incidents/{incident['id']}").json()
        hook = Webhook(endpoint["secret"])
        with pytest.raises(WebhookVerificationError):
            hook.verify(post.body + b" ", post.headers)
        with pytest.raises(WebhookVerificationError, match="old"):
            # The clock of the test stands in the past, of which the library is told nothing.
            hook.verify(post.body, post.headers)

    def test_has_a_secret_that_is_shown_once(self, site: Site, receiver: WebhookReceiver) -> None:
        endpoint = register(site.operator, receiver)

        assert endpoint["secret"].startswith("whsec_")
        assert endpoint["host"] == "127.0.0.1"
        (listed,) = site.operator.get("/v1/endpoints").json()["data"]
        assert listed == {name: each for name, each in endpoint.items() if name != "secret"}
        assert receiver.url not in site.operator.get(f"/v1/endpoints/{endpoint['id']}").text

    def test_is_signed_with_both_secrets_while_one_is_rotated(self, site: Site, receiver: WebhookReceiver) -> None:
        endpoint = register(site.operator, receiver)

        rotated = made(site.operator.post(f"/v1/endpoints/{endpoint['id']}/secret", {"overlap": "1h"}))
        site.incident({"labels": "major_outage"})
        post = receiver.next()

        assert rotated["secret"] != endpoint["secret"]
        assert rotated["old_secret_until"] == "2025-03-04T09:00:00Z"
        assert len(post.headers["webhook-signature"].split()) == 2

    def test_has_the_newest_five_signatures_however_often_it_is_rotated(
        self, site: Site, receiver: WebhookReceiver
    ) -> None:
        endpoint = register(site.operator, receiver)
        path = f"/v1/endpoints/{endpoint['id']}/secret"

        made(site.operator.post(path, {"overlap": "0s"}))
        rotated = []
        for number in range(9):
            site.set_clock(f"08:00:0{number}")
            rotated.append(made(site.operator.post(path, {"overlap": "30d"}))["secret"])
        site.incident({"labels": "major_outage"})
        post = receiver.next()

        assert post.headers["webhook-signature"].split() == [
            Webhook(secret).sign(
                post.headers["webhook-id"],
                datetime.fromtimestamp(int(post.headers["webhook-timestamp"]), UTC),
                post.body.decode(),
            )
            for secret in reversed(rotated[-5:])
        ]

    def test_is_disabled_when_it_answers_that_it_is_gone(self, site: Site, receiver: WebhookReceiver) -> None:
        endpoint = register(site.operator, receiver)
        receiver.status = 410
        path = f"/v1/endpoints/{endpoint['id']}"

        site.incident({"labels": "major_outage"})
        receiver.next()
        until(lambda: site.operator.get(path).json()["state"] == "disabled")

        assert site.operator.get(path).json()["disabled_by"] == "gone"
        enabled = site.operator.patch(path, {"enabled": True})
        assert enabled.json()["state"] == "active"

    def test_is_notified_of_what_its_scope_covers(self, site: Site, receiver: WebhookReceiver) -> None:
        register(site.operator, receiver, scope={"groups": ["warehouse"], "impact": "major"})

        site.incident({"labels": "major_outage"}, title="Elsewhere")
        site.incident({"imports": "degraded_performance"}, title="Too small")
        site.incident({"imports": "partial_outage"}, title="This one")

        assert receiver.next().document["data"]["title"] == {"en": "This one"}

    def test_gets_nothing_after_it_was_removed(self, site: Site, receiver: WebhookReceiver) -> None:
        endpoint, other = (
            register(site.operator, receiver),
            register(site.operator, receiver, scope={"impact": "major"}),
        )
        assert site.operator.delete(f"/v1/endpoints/{endpoint['id']}").json()["state"] == "removed"

        site.incident({"labels": "major_outage"})
        receiver.next()

        assert [each["id"] for each in site.operator.get("/v1/endpoints").json()["data"]] == [other["id"]]
        problem(site.operator.get(f"/v1/endpoints/{endpoint['id']}"), 404, "not_found")
        problem(site.operator.delete(f"/v1/endpoints/{endpoint['id']}"), 404, "endpoint_removed")
        found = site.operator.get("/v1/deliveries").json()["data"]
        assert [each["subscription"] for each in found] == [other["id"]]


class TestAChange:
    def test_of_a_stale_version_is_refused_and_leaves_address_and_secret(
        self, site: Site, receiver: WebhookReceiver
    ) -> None:
        endpoint = register(site.operator, receiver)
        path, operator = f"/v1/endpoints/{endpoint['id']}", site.operator
        position = site.last_position()

        for answer in (
            operator.patch(path, {"url": "http://127.0.0.1:1/"}, if_match='"7"'),
            operator.post(f"{path}/secret", if_match='"7"'),
            operator.delete(path, if_match='"7"'),
        ):
            problem(answer, 412, "version_conflict")

        assert site.last_position() == position
        site.incident({"labels": "major_outage"})
        assert len(receiver.next().headers["webhook-signature"].split()) == 1

    def test_that_is_repeated_does_not_bring_an_address_back(self, site: Site, receiver: WebhookReceiver) -> None:
        path = f"/v1/endpoints/{register(site.operator, receiver)['id']}"
        elsewhere = {"url": "http://127.0.0.1:1/"}
        made(site.operator.patch(path, elsewhere, key="a-key"))
        made(site.operator.patch(path, {"url": receiver.url}))

        again = site.operator.patch(path, elsewhere, key="a-key")

        assert again.headers["Idempotent-Replayed"] == "true"
        site.incident({"labels": "major_outage"})
        assert receiver.next().document["type"] == "incident.published"

    def test_to_what_it_is_already_is_none(self, site: Site, receiver: WebhookReceiver) -> None:
        endpoint = register(site.operator, receiver)
        path = f"/v1/endpoints/{endpoint['id']}"
        same: list[dict[str, object]] = [
            {"enabled": True},
            {"url": receiver.url},
            {"name": endpoint["name"]},
            {"scope": {}},
            {},
        ]

        answers = [made(site.operator.patch(path, change)) for change in same]

        assert {each["version"] for each in answers} == {1}
        assert site.events(endpoint["id"]) == ["endpoint.registered"]


class TestARegistration:
    def test_that_is_refused_or_repeated_leaves_no_address(self, site: Site, receiver: WebhookReceiver) -> None:
        body = {"name": "Order desk", "channel": "webhook", "url": receiver.url}
        endpoint = made(site.operator.post("/v1/endpoints", body, key="a-key"))

        problem(site.operator.post("/v1/endpoints", body, key="a-key"), 409, "secret_already_shown")
        problem(site.operator.post("/v1/endpoints", body | {"name": "Other"}, key="a-key"), 422, "key_reused")
        problem(site.operator.post("/v1/endpoints", body | {"channel": "email"}), 422, "invalid")

        found = site.bitacora.facade.recipients.find_address(receiver.url)
        assert [str(each.subscription) for each in found] == [endpoint["id"]]

    @pytest.mark.parametrize("channel", ["slack", "teams"])
    def test_of_a_channel_that_is_not_signed_shows_no_secret(
        self, site: Site, receiver: WebhookReceiver, channel: str
    ) -> None:
        endpoint = register(site.operator, receiver, channel=channel)

        assert "secret" not in endpoint
        problem(site.operator.post(f"/v1/endpoints/{endpoint['id']}/secret"), 409, "has_no_secret")

    def test_can_be_repeated_where_it_shows_no_secret(self, site: Site, receiver: WebhookReceiver) -> None:
        body = {"name": "Order desk", "channel": "slack", "url": receiver.url}

        first, again = (site.operator.post("/v1/endpoints", body, key="a-key") for _ in range(2))

        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert len(site.bitacora.facade.recipients.find_address(receiver.url)) == 1


class TestACommand:
    def test_that_says_so_notifies_nobody(self, site: Site, receiver: WebhookReceiver) -> None:
        register(site.operator, receiver)

        site.incident({"labels": "major_outage"}, title="Quiet", notify=False, notify_reason="A drill.")
        site.incident(
            {"labels": "major_outage"},
            title="Over",
            occurred_at="2025-03-01T08:00:00Z",
            resolved_at="2025-03-01T09:00:00Z",
        )
        loud = site.incident({"labels": "major_outage"}, title="Loud")

        assert receiver.next().document["data"]["id"] == loud["id"]

    def test_that_corrects_notifies_only_where_it_says_so(self, site: Site, receiver: WebhookReceiver) -> None:
        register(site.operator, receiver)
        incident = site.incident({"labels": "major_outage"}, title="No labels")
        path = f"/v1/incidents/{incident['id']}/corrections"
        assert receiver.next().document["type"] == "incident.published"
        texts = {"title": "No labels at all", "reason": "It is all of them."}
        quiet = site.operator.post(f"{path}?preview=true", texts)
        loud = site.operator.post(f"{path}?preview=true", texts | {"notify": True})

        made(site.operator.post(path, texts))
        made(site.operator.post(path, {"update": 1, "message": "None at all.", "reason": "Typo.", "notify": True}))
        impact = {"labels": [{"status": "partial_outage", "from": incident["started_at"]}]}
        made(site.operator.post(path, {"impact": impact, "reason": "Only some.", "notify": True}))
        made(site.operator.post(path, {"title": "No labels", "reason": "It was right."}))
        site.operator.post(f"/v1/incidents/{incident['id']}/updates", {"state": "identified", "message": "Found."})

        assert without_result(quiet) == {"announced": [], "counts": {}, "total": 0}
        assert without_result(loud)["announced"] == ["incident_corrected"]
        assert without_result(loud)["counts"] == {"webhook": {"en": 1}}
        # They go side by side; each is as readers saw the incident then.
        posts = [receiver.next().document for _ in range(3)]
        seen = [(each["type"], each["data"]["updates"][0]["message"], each["data"]["components"]) for each in posts]
        assert sorted(seen, key=str) == [
            ("incident.corrected", {"en": "None at all."}, {"labels": "major_outage"}),
            ("incident.corrected", {"en": "None at all."}, {"labels": "partial_outage"}),
            ("incident.updated", {"en": "None at all."}, {"labels": "partial_outage"}),
        ]

    def test_can_be_previewed(self, site: Site, receiver: WebhookReceiver) -> None:
        register(site.operator, receiver)
        register(site.operator, receiver, scope={"components": ["imports"]}, language="es")
        before = site.last_position()
        body = {"title": "No labels", "message": "We look into it.", "components": {"labels": "major_outage"}}

        found = site.operator.post("/v1/incidents?preview=true", body)

        assert found.status_code == 200
        assert without_result(found) == {
            "announced": ["incident_published"],
            "counts": {"webhook": {"en": 1}},
            "total": 1,
        }
        assert found.json()["result"]["title"] == {"en": "No labels"}
        assert found.json()["result"]["components"] == {"labels": "major_outage"}
        silent = site.operator.post("/v1/incidents?preview=true", body | {"notify": False})
        assert without_result(silent) == {"announced": [], "counts": {}, "total": 0}
        assert site.last_position() == before
        assert site.reader.get("/v1/incidents").json()["data"] == []
        problem(
            site.operator.post("/v1/incidents?preview=true", body | {"components": {"nosuch": "major_outage"}}),
            422,
            "invalid",
        )
        problem(site.operator.post("/v1/incidents?preview=true", body, key="\x7f"), 400, "malformed")

    def test_is_previewed_without_a_trace_of_its_idempotency_key(self, site: Site, receiver: WebhookReceiver) -> None:
        register(site.operator, receiver)
        body = {"title": "No labels", "message": "We look into it.", "components": {"labels": "major_outage"}}
        key, path = {"Idempotency-Key": "outage-1"}, "/v1/incidents?preview=true"

        first = site.operator.post(path, body, headers=key)
        real = site.operator.post("/v1/incidents", body, headers=key)
        after = site.operator.post(path, body | {"title": "Another"}, headers=key)

        assert without_result(first) == without_result(after)
        assert after.json()["result"]["title"] == {"en": "Another"}
        assert (first.json()["total"], real.status_code) == (1, 201)
        assert "Idempotent-Replayed" not in real.headers
        bad = site.operator.post(path, body, headers={"Idempotency-Key": "x" * 256})
        problem(bad, 400, "malformed")

    def test_is_previewed_on_what_is_there(self, site: Site, receiver: WebhookReceiver) -> None:
        register(site.operator, receiver, scope={"components": ["labels"]})
        incident = site.incident({"labels": "major_outage"})
        receiver.next()

        path = f"/v1/incidents/{incident['id']}/updates?preview=true"
        found = site.operator.post(path, {"message": "It goes on."})
        internal = site.operator.post(path, {"message": "Ask Bea.", "internal": True})

        assert without_result(found) == {
            "announced": ["incident_updated"],
            "counts": {"webhook": {"en": 1}},
            "total": 1,
        }
        assert [each["message"] for each in found.json()["result"]["updates"]][1:] == [{"en": "It goes on."}]
        assert internal.json()["announced"] == []
        assert len(site.reader.get(f"/v1/incidents/{incident['id']}").json()["updates"]) == 1


class TestDeliveries:
    def test_say_what_the_other_side_answered_and_can_be_retried(self, site: Site, receiver: WebhookReceiver) -> None:
        endpoint = register(site.operator, receiver)
        receiver.status = 503
        site.incident({"labels": "major_outage"})
        first = receiver.next()
        (delivery,) = until(
            lambda: [each for each in site.operator.get("/v1/deliveries?state=due").json()["data"] if each["code"]]
        )

        receiver.status = 200
        retried = site.operator.post(f"/v1/deliveries/{delivery['id']}/retry")
        second = receiver.next()

        assert (delivery["subscription"], delivery["code"], delivery["attempts"]) == (endpoint["id"], 503, 1)
        assert retried.json()["state"] == "due"
        assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
        path = f"/v1/deliveries/{delivery['id']}"
        until(lambda: site.operator.get(path).json()["state"] == "sent")
        problem(site.operator.post(f"{path}/retry"), 409, "nothing_to_retry")

    def test_can_be_sent_again_under_another_id(self, site: Site, receiver: WebhookReceiver) -> None:
        endpoint = register(site.operator, receiver)
        site.incident({"labels": "major_outage"})
        first = receiver.next()
        (delivery,) = site.operator.get("/v1/deliveries").json()["data"]

        again = site.operator.post(
            f"/v1/notifications/{delivery['notification']}/again", {"subscription": endpoint["id"], "reason": "Lost."}
        )
        second = receiver.next()

        assert again.status_code == 201
        assert first.body == second.body
        assert second.headers["webhook-id"] == f"msg_{again.json()['id']}" != first.headers["webhook-id"]
        assert site.events(delivery["notification"]) == ["notification.planned", "notification.sent_again"]


class TestBadEndpoints:
    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"url": "ftp://hooks.example.com/a"}, "/url"),
            ({"url": "https://ana:secret@hooks.example.com/a"}, "/url"),
            ({"url": "no address"}, "/url"),
            ({"channel": "email"}, "/channel"),
            ({"channel": "pager"}, "/channel"),
            ({"name": " "}, "/name"),
            ({"language": "de"}, "/language"),
            ({"scope": {"components": ["labls"]}}, "/scope/components/0"),
            ({"scope": {"impact": "huge"}}, "/scope/impact"),
        ],
    )
    def test_are_refused(self, site: Site, receiver: WebhookReceiver, change: dict[str, object], pointer: str) -> None:
        body = {"name": "Order desk", "channel": "webhook", "url": receiver.url, **change}

        found = problem(site.operator.post("/v1/endpoints", body), 422, "invalid")

        assert [each["pointer"] for each in found["errors"]] == [pointer]
        assert site.operator.get("/v1/endpoints").json()["data"] == []

    def test_are_those_in_a_private_network_unless_it_is_allowed(self, database: str) -> None:
        with Site(database) as site:
            for url in (
                "http://127.0.0.1/a",
                "http://[::1]/a",
                "http://10.1.2.3/",
                "http://169.254.169.254/",
                "http://localhost/",
            ):
                body = {"name": "Order desk", "channel": "webhook", "url": url}
                found = problem(site.operator.post("/v1/endpoints", body), 422, "invalid")
                assert [each["pointer"] for each in found["errors"]] == ["/url"]
