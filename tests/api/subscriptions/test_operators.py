"""What operators see of subscriptions, and how they end and erase them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.api.client import made, problem
from tests.api.pages import pages
from tests.api.subscriptions.mailbox import PATH, MailedSite, an_address, mailed_site


@pytest.fixture(scope="module")
def mailed(shared_database: str) -> Iterator[MailedSite]:
    """A site with a relay."""
    with mailed_site(shared_database) as mailed:
        yield mailed


class TestAList:
    def test_has_what_was_confirmed_and_what_has_ended(self, mailed: MailedSite) -> None:
        staying, leaving, asking = (an_address() for _ in range(3))
        mailed.confirms(staying, rhythm="daily")
        left = mailed.confirms(leaving)
        mailed.sends(left.manage, {"form": "end"})
        mailed.ask(asking)

        found = {each["address"]: each for each in made(mailed.site.operator.get(PATH))["data"]}

        assert (found[staying]["state"], found[staying]["rhythm"]) == ("active", "daily")
        assert found[staying]["channel"] == "email"
        assert (found[leaving]["state"], found[leaving]["ended_because"]) == ("ended", "reader")
        assert asking not in found

    def test_is_counted_by_channel_and_language(self, mailed: MailedSite) -> None:
        before = made(mailed.site.operator.get("/v1/subscribers/summary"))
        mailed.confirms(an_address(), language="es")
        mailed.confirms(an_address(), language="es")
        mailed.sends(mailed.confirms(an_address()).manage, {"form": "end"})

        after = made(mailed.site.operator.get("/v1/subscribers/summary"))

        assert after["counts"]["email"]["es"] == before["counts"].get("email", {}).get("es", 0) + 2
        assert (after["total"], after["ended"]) == (before["total"] + 2, before["ended"] + 1)
        assert after["disabled"] == 0

    def test_is_of_one_state(self, mailed: MailedSite) -> None:
        subscribed = mailed.confirms(an_address())
        mailed.sends(mailed.confirms(an_address()).manage, {"form": "end"})

        for state in ("active", "ended"):
            found = made(mailed.site.operator.get(PATH, params={"state": state, "limit": 200}))["data"]
            assert {each["state"] for each in found} == {state}
            assert (subscribed.address in {each["address"] for each in found}) == (state == "active")

    def test_is_of_one_address_also_before_it_is_confirmed(self, mailed: MailedSite) -> None:
        address = an_address()
        mailed.sends(mailed.confirms(address).manage, {"form": "end"})
        mailed.site.set_clock(mailed.site.clock.now() + timedelta(minutes=11))
        mailed.ask(address)

        def states(**more: str) -> list[str]:
            asked = {"address": address.upper(), **more}
            return [each["state"] for each in made(mailed.site.operator.get(PATH, params=asked))["data"]]

        assert states() == ["ended", "asked"]
        assert (states(state="asked"), states(state="ended"), states(state="active")) == (["asked"], ["ended"], [])

    def test_goes_on_from_page_to_page(self, mailed: MailedSite) -> None:
        for _ in range(3):
            mailed.confirms(an_address())
        whole = made(mailed.site.operator.get(PATH, params={"limit": 200}))["data"]

        found = [each for page in pages(mailed.site.operator, PATH, limit=2) for each in page]

        assert found == whole
        assert [each["id"] for each in found] == sorted(each["id"] for each in found)

    @pytest.mark.parametrize(
        ("query", "pointer"),
        [
            ({"state": "gone"}, "/state"),
            ({"state": "asked"}, "/state"),
            ({"address": "ana"}, "/address"),
            ({"cursor": "bm9uZQ"}, "/cursor"),
            ({"limit": "0"}, "/limit"),
        ],
    )
    def test_refuses_what_cannot_be(self, mailed: MailedSite, query: dict[str, str], pointer: str) -> None:
        document = problem(mailed.site.operator.get(PATH, params=query), 422, "invalid")

        assert document["errors"][0]["pointer"] == pointer


class TestEnding:
    def test_ends_it_and_voids_its_links(self, mailed: MailedSite) -> None:
        subscribed = mailed.confirms(an_address())
        links = [subscribed.manage, subscribed.confirm]

        answer = mailed.site.operator.delete(f"{PATH}/{subscribed.id}")

        assert made(answer)["state"] == "ended"
        assert (answer.json()["ended_because"], answer.headers["ETag"]) == ("operator", '"2"')
        assert "address" not in answer.json()
        assert [mailed.site.reader.get(link).status_code for link in links] == [404, 404]
        assert subscribed.document["address"] == subscribed.address

    def test_erases_the_address_also_later(self, mailed: MailedSite) -> None:
        subscribed = mailed.confirms(an_address())
        id = subscribed.id
        made(mailed.site.operator.delete(f"{PATH}/{id}"))

        made(mailed.site.operator.delete(f"{PATH}/{id}", params={"erase": "true"}))

        assert mailed.found(subscribed.address) == []
        (found,) = [
            each for each in made(mailed.site.operator.get(PATH, params={"limit": 200}))["data"] if each["id"] == id
        ]
        assert (found["address"], found["state"]) == (None, "ended")

    def test_is_recorded_once_and_without_the_address(self, mailed: MailedSite) -> None:
        subscribed = mailed.confirms(an_address())
        for _ in range(2):
            made(mailed.site.operator.delete(f"{PATH}/{subscribed.id}"))

        types = [each["type"] for each in subscribed.events()]
        assert types == ["subscription.confirmed", "subscription.ended"]
        log = mailed.site.auditor.get("/v1/events.ndjson").text
        assert subscribed.id in log
        assert "example.com" not in log.replace("status.example.com", "")

    def test_of_what_is_not_there(self, mailed: MailedSite) -> None:
        answer = mailed.site.operator.delete(f"{PATH}/00000000-0000-7000-8000-000000000000")

        problem(answer, 404, "not_found")


def test_a_mailbox_that_was_erased_can_subscribe_again(mailed: MailedSite) -> None:
    address = an_address()
    first = mailed.confirms(address).id
    made(mailed.site.operator.delete(f"{PATH}/{first}", params={"erase": "true"}))

    mailed.ask(address)

    (link,) = mailed.links_in_mail(address, 2)
    assert mailed.sends(link, {"form": "confirm"}).status_code == 303
    assert [each["id"] == first for each in mailed.found(address)] == [False]
