"""Many bodies made up from the description of the interface, read as its routes read them, with no server between."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet

from tests.api.description import described_routes, document
from tests.e2e.fuzzing_hooks import RULES
from tests.soak.pace import Pace

SCHEMA = schemathesis.openapi.from_dict(document())
WITH_BODY = [(method, route) for method, route in described_routes().values() if route.body_field is not None]


class TestBody:
    @pytest.mark.parametrize(
        ("method", "route"), WITH_BODY, ids=[f"{method} {route.path}" for method, route in WITH_BODY]
    )
    def test_of_the_right_form_is_taken_unless_a_rule_refuses_it(
        self, method: str, route: APIRoute, pace: Pace, seed: int
    ) -> None:
        field = route.body_field
        assert field is not None
        read = []

        @hypothesis.seed(seed)
        @settings(
            max_examples=pace.bodies,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(SCHEMA[route.path][method].as_strategy(generation_mode=GenerationMode.POSITIVE))
        def read_one(case: Case[Any]) -> None:
            if isinstance(case.body, NotSet):
                return
            _, refused = field.validate(case.body, {}, loc=("body",))
            broken = [each for each in refused or () if not RULES.search(each["msg"])]
            assert broken == []
            read.append(case)

        read_one()

        assert read
