"""A command with a key happens once, however often it is sent, and whoever sends it again gets the same answer."""

import asyncio
import json
import threading

import httpx
import pytest

from domain.access.keyring import Role
from tests.api.client import DEADLINE_SECONDS, REQUEST_ID, Site, problem, written
from tests.api.commands import ASKING, COMMANDS, SHOWING_SECRETS, WHY, WITHOUT_KEY, Command, a_key

NEVER_DIFFERENT = {"date"}


class TestEveryCommand:
    def test_is_in_the_table(self, shared_site: Site) -> None:
        changing = shared_site.routes_for(lambda method, _: method not in {"GET", "HEAD"})

        expected = COMMANDS.keys() | ASKING | WITHOUT_KEY.keys() | SHOWING_SECRETS.keys()
        assert set(changing) == expected

    @pytest.mark.parametrize("place", COMMANDS, ids=" ".join)
    def test_happens_once_for_one_key(self, shared_site: Site, place: tuple[str, str]) -> None:
        command, key = COMMANDS[place](shared_site), a_key()

        first = command.send(shared_site, key=key)
        position = shared_site.last_position()
        again = command.send(shared_site, key=f'"{key}"')

        assert first.status_code in {200, 201}, first.text
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert "Idempotent-Replayed" not in first.headers
        assert without(again, "idempotent-replayed") == without(first)
        assert shared_site.last_position() == position

    @pytest.mark.parametrize("place", COMMANDS, ids=" ".join)
    def test_says_where_its_event_stands_in_the_log(self, shared_site: Site, place: tuple[str, str]) -> None:
        answer = COMMANDS[place](shared_site).send(shared_site)

        assert answer.headers["Bitacora-Position"] == str(shared_site.last_position())
        assert answer.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(
        "place", [place for place in COMMANDS if place[0] == "POST" and "retirement" not in place[1]], ids=" ".join
    )
    def test_refuses_a_key_that_came_with_another_body(self, shared_site: Site, place: tuple[str, str]) -> None:
        command, key = COMMANDS[place](shared_site), a_key()
        command.send(shared_site, key=key)
        position = shared_site.last_position()
        # The same in meaning, another in bytes: a key stands for one request as it was sent.
        spaced = json.dumps(command.body, indent=1).encode()

        answer = shared_site.a(command.role).post(
            command.path, content=spaced, key=key, headers={"Content-Type": "application/json"}
        )

        problem(answer, 422, "key_reused")
        assert shared_site.last_position() == position


class TestSecret:
    @pytest.mark.parametrize("place", SHOWING_SECRETS, ids=" ".join)
    def test_is_shown_once_and_kept_nowhere(self, shared_site: Site, place: tuple[str, str]) -> None:
        command, key = SHOWING_SECRETS[place](shared_site), a_key()

        first = command.send(shared_site, key=key)
        position = shared_site.last_position()
        again = command.send(shared_site, key=key)

        shown = first.json()
        secret = shown["secret"] if "secret" in shown else shown["url"].rpartition("/")[2]
        assert len(secret) >= 43
        assert first.status_code == 201
        problem(again, 409, "secret_already_shown")
        assert secret not in again.text
        assert shared_site.last_position() == position
        with shared_site.bitacora.store.reading_log() as connection:
            kept = connection.execute("SELECT * FROM receipts")
        assert kept
        assert secret.removeprefix("bita_") not in str(kept)

    @pytest.mark.parametrize("place", SHOWING_SECRETS, ids=" ".join)
    def test_is_of_one_request_as_everything_with_a_key(self, shared_site: Site, place: tuple[str, str]) -> None:
        command, key = SHOWING_SECRETS[place](shared_site), a_key()
        command.send(shared_site, key=key)

        problem(SHOWING_SECRETS[place](shared_site).send(shared_site, key=key), 422, "key_reused")


class TestKey:
    def test_stands_for_one_path(self, shared_site: Site) -> None:
        key = a_key()
        paths = [f"/v1/components/{shared_site.component(a_key())['key']}/pins" for _ in range(2)]
        body = {"status": "major_outage", **WHY}

        first, second = (shared_site.operator.post(path, body, key=key) for path in paths)

        assert first.status_code == 201
        problem(second, 422, "key_reused")

    def test_is_the_own_of_each_token(self, shared_site: Site) -> None:
        key, other = a_key(), shared_site.issue(Role.OPERATOR, a_key(), person="the-operator")
        bodies = [{"key": a_key(), "name": "x", "group": "x"} for _ in range(2)]

        answers = [
            shared_site.operator.post("/v1/components", bodies[0], key=key),
            other.post("/v1/components", bodies[1], key=key),
        ]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json()["key"] != answers[1].json()["key"]

    def test_takes_up_to_255_characters(self, shared_site: Site) -> None:
        body = {"key": a_key(), "name": "x", "group": "x"}

        assert shared_site.operator.post("/v1/components", body, key="k" * 255).status_code == 201

    def test_of_a_refused_command_is_not_used_up(self, shared_site: Site) -> None:
        component, key = a_key(), a_key()
        body = {"title": "x", "message": "x", "components": {component: "major_outage"}}

        refused = shared_site.operator.post("/v1/incidents", body, key=key)
        shared_site.component(component)
        done = shared_site.operator.post("/v1/incidents", body, key=key)

        problem(refused, 422, "invalid")
        assert done.status_code == 201
        assert "Idempotent-Replayed" not in done.headers

    def test_of_a_stale_version_is_not_used_up(self, shared_site: Site) -> None:
        path, key = f"/v1/components/{shared_site.component(a_key())['key']}", a_key()
        body = {"name": "Other"}

        problem(shared_site.operator.patch(path, body, key=key, if_match='"7"'), 412, "version_conflict")

        assert shared_site.operator.patch(path, body, key=key, if_match='"1"').status_code == 200

    def test_is_good_for_a_day(self, site: Site) -> None:
        body = {"key": a_key(), "name": "x", "group": "x"}
        site.operator.post("/v1/components", body, key="a-key")

        site.set_clock("23:59")
        within = site.operator.post("/v1/components", body, key="a-key")
        site.set_clock(site.clock.moment.replace(day=5, hour=8, minute=1))
        after = site.operator.post("/v1/components", body, key="a-key")

        assert within.headers["Idempotent-Replayed"] == "true"
        problem(after, 409, "already_exists")

    def test_whose_first_request_still_runs_is_refused(self, shared_site: Site) -> None:
        body, key = {"key": a_key(), "name": "x", "group": "x"}, a_key()
        token = shared_site.operator.token

        with the_writer_kept_busy(shared_site):
            first, second = shared_site.run(twice(shared_site, body, key, token or ""))

        problem(second, 409, "still_running")
        assert first.status_code == 201
        again = shared_site.operator.post("/v1/components", body, key=key)
        assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")

    def test_brings_back_the_answer_of_then(self, shared_site: Site) -> None:
        key = a_key()
        command = Command("POST", "/v1/components", {"key": a_key(), "name": "Before", "group": "x"})
        first = command.send(shared_site, key=key)
        shared_site.operator.patch(first.headers["Location"], {"name": "After"})

        again = command.send(shared_site, key=key)

        assert again.json()["name"] == {"en": "Before"}
        assert again.headers["ETag"] == first.headers["ETag"]


class TestSignals:
    def test_need_no_key_to_be_taken_once(self, shared_site: Site) -> None:
        component, fingerprint = shared_site.component(a_key())["key"], a_key()
        first = shared_site.signal(fingerprint, component)
        position = shared_site.last_position()

        again = shared_site.signal(fingerprint, component, occurred_at=written(shared_site.clock.moment))

        assert (first["outcome"], again["outcome"]) == ("detected", "ignored")
        assert again["incident"] == first["incident"]
        assert shared_site.last_position() == position


class the_writer_kept_busy:  # noqa: N801 - it reads as a sentence
    """While this lasts, commands wait; it ends as soon as the block within has been entered and left."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._entered, self._go_on = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._occupy)

    def __enter__(self) -> None:
        self._thread.start()
        assert self._entered.wait(DEADLINE_SECONDS)
        # Both requests have come in by the time the second one is refused, and that ends the waiting.
        self._site.app.state.go_on = self._go_on

    def __exit__(self, *_: object) -> None:
        self._go_on.set()
        self._thread.join()

    def _occupy(self) -> None:
        def wait(_: object) -> None:
            self._entered.set()
            self._go_on.wait(DEADLINE_SECONDS)

        self._site.bitacora.writer.call(wait)


async def twice(site: Site, body: object, key: str, token: str) -> tuple[httpx.Response, httpx.Response]:
    """Send a request, and again before it has been answered; let it be answered once the second one is."""
    headers = {"X-Request-Id": REQUEST_ID, "Idempotency-Key": key, "Authorization": f"Bearer {token}"}

    def send() -> asyncio.Task[httpx.Response]:
        return asyncio.ensure_future(site.client.post("/v1/components", json=body, headers=headers))

    requests = [send(), send()]
    done, waiting = await asyncio.wait(requests, return_when=asyncio.FIRST_COMPLETED)
    site.app.state.go_on.set()
    return await waiting.pop(), await done.pop()


def without(answer: httpx.Response, *names: str) -> list[tuple[str, str]]:
    """Give the headers of an answer but those named."""
    return sorted(item for item in answer.headers.items() if item[0] not in {*NEVER_DIFFERENT, *names})
