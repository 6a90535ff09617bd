"""The secret link of the owner of an account: given, replaced, revoked, expired."""

from datetime import datetime

import pytest

from domain.errors import ExpiresInPast, InTheFuture
from domain.panels.account import OwnerLink, owner_link_handle
from domain.panels.errors import NoOwnerLink
from tests.domain.assertions import recorded, refused, replayed
from tests.domain.builders import TICK
from tests.domain.panel_builders import march
from tests.domain.recovery_builders import (
    LINK,
    OTHER_LINK,
    STATES,
    Given,
    an_account,
    give_link,
    revoke_link,
)


class TestOwnerLink:
    @pytest.mark.parametrize("given", STATES)
    def test_is_given_in_every_state(self, given: Given) -> None:
        recovery = given()
        before = recovery.state

        give_link(recovery, march(25), expires_at=march(28))

        assert recorded(recovery)[-1] == "account_recovery.owner_link_issued"
        assert recovery.owner_link == OwnerLink(digest=LINK, issued_at=march(25), expires_at=march(28))
        assert recovery.state is before

    def test_finds_the_account(self) -> None:
        recovery = an_account()

        give_link(recovery, march(13))

        assert recovery.handles == {owner_link_handle(LINK): march(13)}

    def test_takes_the_place_of_the_one_before(self) -> None:
        recovery = an_account()
        give_link(recovery, march(13))

        give_link(recovery, march(14), OTHER_LINK)

        assert recovery.owner_link is not None
        assert (recovery.owner_link.digest, recovery.owner_link.issued_at) == (OTHER_LINK, march(14))
        assert recovery.handles == {owner_link_handle(OTHER_LINK): march(14)}

    def test_opens_until_the_very_moment_that_it_expires(self) -> None:
        recovery = an_account()
        give_link(recovery, march(13), expires_at=march(14))

        link = replayed(recovery).owner_link

        assert link is not None
        assert [link.is_open(march(14) - TICK), link.is_open(march(14))] == [True, False]

    @pytest.mark.parametrize("expires_at", [march(13), march(13) - TICK])
    def test_is_not_given_when_it_would_have_expired(self, expires_at: datetime) -> None:
        recovery = an_account()

        with refused(recovery, ExpiresInPast, match="account shop-17: the link would have expired"):
            give_link(recovery, march(13), expires_at=expires_at)

    def test_is_not_given_in_the_future(self) -> None:
        recovery = an_account()

        with refused(recovery, InTheFuture):
            give_link(recovery, march(14), recorded=march(13))

    def test_is_revoked(self) -> None:
        recovery = an_account()
        give_link(recovery, march(13))

        revoke_link(recovery, march(14))

        assert recorded(recovery)[-1] == "account_recovery.owner_link_revoked"
        assert (recovery.owner_link, recovery.handles) == (None, {})

    def test_is_revoked_after_it_has_expired(self) -> None:
        recovery = an_account()
        give_link(recovery, march(13), expires_at=march(14))

        revoke_link(recovery, march(20))

        assert recovery.owner_link is None

    def test_is_given_anew_after_it_was_revoked(self) -> None:
        recovery = an_account()
        give_link(recovery, march(13))
        revoke_link(recovery, march(14))

        give_link(recovery, march(15), OTHER_LINK)

        assert recovery.handles == {owner_link_handle(OTHER_LINK): march(15)}

    def test_is_not_revoked_unless_there_is_one(self) -> None:
        recovery = an_account()

        with refused(recovery, NoOwnerLink, match="account shop-17: the owner has no link"):
            revoke_link(recovery, march(14))

    def test_is_revoked_once(self) -> None:
        recovery = an_account()
        give_link(recovery, march(13))
        revoke_link(recovery, march(14))

        with refused(recovery, NoOwnerLink):
            revoke_link(recovery, march(15))

    def test_is_not_revoked_in_the_future(self) -> None:
        recovery = an_account()
        give_link(recovery, march(13))

        with refused(recovery, InTheFuture):
            revoke_link(recovery, march(15), recorded=march(14))
