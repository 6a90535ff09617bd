"""A panel that was lost twice is recovered from its last loss, not from its first."""

from domain.errors import UnknownMoment
from domain.panels.restoration import RestorationState
from tests.domain.assertions import refused
from tests.domain.builders import TICK
from tests.domain.panel_builders import a_return, complete, lose_access, march, restore_access


class TestCompletion:
    def test_comes_no_earlier_than_the_end_of_the_last_loss(self) -> None:
        restoration = a_return()
        lose_access(restoration, march(16))
        restore_access(restoration, march(17))

        with refused(restoration, UnknownMoment, match="access was restored at 2021-03-16T23:00:00Z"):
            complete(restoration, march(17) - TICK, given_up=restoration.capabilities, recorded=march(18))

        complete(restoration, march(17), given_up=restoration.capabilities)
        assert restoration.state is RestorationState.COMPLETED
