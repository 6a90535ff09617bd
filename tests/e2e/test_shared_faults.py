"""Which wrong requests are left out, because another operation with the same schema has shown the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.e2e.shared_faults import Fault, SharedFaults

LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 200}}
LONGER = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 500}}
BODY = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}
OTHER_BODY = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Return"}}}}
SEARCH = {"properties": {"state": {"type": "string"}, "age": {"type": "string"}}}
DESCRIPTION = {
    "paths": {
        "/orders": {
            "get": {"parameters": [{"$ref": "#/components/parameters/Limit"}]},
            "post": {"requestBody": BODY},
        },
        "/returns": {"get": {"parameters": [LIMIT]}, "post": {"requestBody": OTHER_BODY}},
        "/parcels": {"get": {"parameters": [LONGER]}},
    },
    "components": {
        "parameters": {"Limit": LIMIT},
        "schemas": {
            "Order": {"properties": {"filter": {"$ref": "#/components/schemas/Search"}, "note": {"type": "string"}}},
            "Return": {
                "properties": {
                    "of": {"anyOf": [{"$ref": "#/components/schemas/Search"}, {"type": "null"}]},
                    "note": {"type": "string"},
                }
            },
            "Search": SEARCH,
        },
    },
}
TEXT = Fault(
    method="get", path="/orders", kind="incorrect_type", variant="a text", place="query", name="limit", pointer="/type"
)
STATE = Fault(
    method="post",
    path="/orders",
    kind="incorrect_type",
    variant="a number",
    place="body",
    name="application/json",
    pointer="/properties/filter/properties/state/type",
)


@pytest.fixture
def shared() -> SharedFaults:
    """What was sent so far: nothing."""
    return SharedFaults(DESCRIPTION)


class TestParameters:
    def test_meet_every_variant_at_the_first_operation(self, shared: SharedFaults) -> None:
        assert not any(shared.is_seen(replace(TEXT, variant=each)) for each in ("a text", "a list", "nothing"))

    def test_meet_one_of_each_kind_at_every_other(self, shared: SharedFaults) -> None:
        variants = [replace(TEXT, variant=each) for each in ("a text", "a list", "nothing")]
        for each in variants:
            shared.is_seen(each)

        others = [replace(each, path="/returns") for each in variants]
        others.append(replace(TEXT, path="/returns", kind="value_above_maximum"))

        assert [shared.is_seen(each) for each in others] == [False, True, True, False]

    def test_of_one_name_with_other_limits_are_not_the_same(self, shared: SharedFaults) -> None:
        variants = [replace(TEXT, variant=each) for each in ("a text", "a list")]
        for each in variants:
            shared.is_seen(each)

        assert not any(shared.is_seen(replace(each, path="/parcels")) for each in variants)

    def test_that_are_not_described_meet_everything(self, shared: SharedFaults) -> None:
        odd = replace(TEXT, name="Authorization", place="header")

        assert not any(
            shared.is_seen(replace(odd, path=each)) for each in ("/orders", "/orders", "/returns", "/returns")
        )


class TestMembers:
    def test_of_a_schema_that_another_body_has_meet_one_of_each_kind(self, shared: SharedFaults) -> None:
        variants = [replace(STATE, variant=each) for each in ("a number", "a list")]
        for each in variants:
            shared.is_seen(each)
        there = "/properties/of/anyOf/0/properties/state/type"

        others = [replace(each, path="/returns", pointer=there) for each in variants]
        other_member = replace(variants[1], path="/returns", pointer=there.replace("state", "age"))

        assert [shared.is_seen(each) for each in (*others, other_member)] == [False, True, False]

    def test_of_bodies_that_only_look_alike_are_not_the_same(self, shared: SharedFaults) -> None:
        variants = [replace(STATE, variant=each, pointer="/properties/note/type") for each in ("a number", "a list")]
        for each in variants:
            shared.is_seen(each)

        assert not any(shared.is_seen(replace(each, path="/returns")) for each in variants)
