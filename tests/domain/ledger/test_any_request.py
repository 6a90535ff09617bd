"""Whatever sources, workers, people, causes and the clock do to a held request, some things always hold."""

from hypothesis import settings

from tests.domain.any_request import AnyRequest

TestAnyRequest = AnyRequest.TestCase
TestAnyRequest.settings = settings(max_examples=80, stateful_step_count=35)
