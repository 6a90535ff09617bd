"""Many more lives of held requests, and longer ones."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.domain.any_request import AnyRequest

pytestmark = pytest.mark.long


def test_any_request_goes_by_the_rules_for_long() -> None:
    run_state_machine_as_test(AnyRequest, settings=settings(max_examples=4_000, stateful_step_count=60))
