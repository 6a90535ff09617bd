"""The link of an owner opens his account alone, until it expires; what he does with it happens once, as his."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from application.digests import digest_of
from application.panels.owner_links import Owner
from application.targets import Target
from domain.errors import DomainError, EndsBeforeItBegins, ExpiresInPast, TooManyEntries
from domain.panels.account import AccountRecovery, Warehouse
from domain.panels.errors import AlreadyAccepted, AlreadyExecuted, NoOwnerLink
from tests.application.program import ANA, MINUTE, TICK, Program, at
from tests.application.recovery import Recovery, an_entry

pytestmark = pytest.mark.both_stores

ACCOUNT, OTHER = "shop-1", "shop-2"
DAY = timedelta(days=1)
MONTH = 30 * DAY


class Owners:
    """The owners of accounts in one restoration of a program, and Ana, who gives them links."""

    def __init__(self, program: Program) -> None:
        """Let a panel be lost, and take two accounts in."""
        self.program = program
        self.commands = program.facade.commands.owner_links
        recovery = Recovery(program)
        recovery.register()
        self.restoration = recovery.lose()
        recovery.take(self.restoration, [an_entry(ACCOUNT), an_entry(OTHER)])
        self.recovery = recovery

    def target(self, account: str = ACCOUNT, version: int | None = None) -> Target:
        """Name an account."""
        return Target(id=self.id_of(account), expected_version=version, caller=ANA)

    def id_of(self, account: str = ACCOUNT) -> UUID:
        """Give the id of the recovery of an account."""
        return AccountRecovery.id_of(self.restoration, account)

    def issue(self, account: str = ACCOUNT, expires_at: datetime | None = None) -> str:
        """Give an owner a link, and give its secret."""
        target = self.target(account)
        return self.program.do(lambda log: self.commands.issue(log, target=target, expires_at=expires_at))[1]

    def revoke(self, account: str = ACCOUNT) -> None:
        """Revoke a link."""
        self.program.do(lambda log: self.commands.revoke(log, target=self.target(account)))

    def opened(self, secret: str) -> AccountRecovery | None:
        """Give the account that a secret finds in the log."""
        return self.program.facade.queries.owner_links.find(digest_of(secret))

    def choose(self, secret: str, choice: Warehouse = Warehouse.KEEP_CURRENT) -> None:
        """Let whoever has a secret choose."""
        self.program.do(lambda log: self.commands.choose_warehouse(log, owner=_with(secret), choice=choice))

    def ask(self, secret: str, *kinds: str, hours: int = 24) -> None:
        """Let whoever has a secret ask for data of a day, or of some hours of it."""
        start = at("00:00") - DAY
        self.program.do(
            lambda log: self.commands.ask_backfill(
                log,
                owner=_with(secret),
                kinds=kinds or ("orders", "invoices"),
                start=start,
                until=start + timedelta(hours=hours),
            )
        )

    def accept(self, secret: str, by: str = "Marta") -> None:
        """Let whoever has a secret accept the account."""
        self.program.do(lambda log: self.commands.accept(log, owner=_with(secret), by=by, note=None))

    def account(self, account: str = ACCOUNT) -> AccountRecovery:
        """Rebuild the recovery of an account."""
        return self.program.rebuilt(AccountRecovery, self.id_of(account))


Act = Callable[[Owners, str], None]
ACTS: list[Act] = [Owners.choose, Owners.ask, Owners.accept]


@pytest.fixture
def owners(program: Program) -> Owners:
    """Two owners without a link."""
    return Owners(program)


def _with(secret: str) -> Owner:
    return Owner.with_secret(secret, request_id="request-9")


class TestLink:
    def test_finds_the_account_of_its_owner_alone(self, owners: Owners) -> None:
        secrets = {owners.issue(account): account for account in (ACCOUNT, OTHER)}

        assert len(secrets) == 2
        for secret, account in secrets.items():
            found = owners.opened(secret)
            assert found is not None
            assert (found.account, found.version) == (account, 2)

    def test_is_kept_as_a_digest(self, owners: Owners) -> None:
        secret = owners.issue()

        link = owners.account().owner_link

        assert len(secret) == 43
        assert link is not None
        assert link.digest == digest_of(secret)
        assert secret not in str([vars(event) for event in owners.program.events()])

    @pytest.mark.parametrize(("said", "lasts"), [(None, MONTH), (at("10:00") + TICK, TICK), (at("10:00") + DAY, DAY)])
    def test_lasts_as_long_as_is_said_or_as_usual(
        self, owners: Owners, said: datetime | None, lasts: timedelta
    ) -> None:
        owners.issue(expires_at=said)

        link = owners.account().owner_link

        assert link is not None
        assert link.expires_at - link.issued_at == lasts

    def test_is_refused_that_would_have_expired(self, owners: Owners) -> None:
        before = owners.program.recorded()

        with pytest.raises(ExpiresInPast):
            owners.issue(expires_at=at("10:00"))

        assert owners.program.recorded() == before

    @pytest.mark.parametrize("secret", ["", "nothing", "A" * 43, "ż", "a" * 10_000])
    def test_of_another_secret_finds_nothing(self, owners: Owners, secret: str) -> None:
        owners.issue()

        assert owners.opened(secret) is None

    def test_finds_nothing_once_it_was_revoked_or_replaced(self, owners: Owners) -> None:
        first = owners.issue()
        second = owners.issue()
        replaced = owners.opened(first)
        third = owners.opened(second)
        owners.revoke()

        assert replaced is None
        assert third is not None
        assert owners.opened(second) is None

    def test_is_revoked_only_if_there_is_one(self, owners: Owners) -> None:
        before = owners.program.recorded()

        with pytest.raises(NoOwnerLink):
            owners.revoke()

        assert owners.program.recorded() == before


class TestOwner:
    @pytest.mark.parametrize("act", ACTS)
    def test_is_whom_the_event_names(self, owners: Owners, act: Act) -> None:
        secret = owners.issue()

        act(owners, secret)

        event = owners.program.events()[-1]
        said = event.provenance
        assert event.originator_id == owners.id_of()
        assert (said.actor, said.source, said.request_id) == ("owner", "site", "request-9")
        assert said.occurred_at == said.recorded_at == at("10:00")

    @pytest.mark.parametrize("act", ACTS)
    def test_may_do_it_until_the_very_moment_that_the_link_expires(self, owners: Owners, act: Act) -> None:
        secret, late = owners.issue(expires_at=at("11:00")), owners.issue(OTHER, expires_at=at("11:00"))
        owners.program.let_time_pass(at("11:00") - TICK)
        act(owners, secret)
        owners.program.let_time_pass(at("11:00"))

        _refused(owners, NoOwnerLink, lambda: act(owners, late))

    @pytest.mark.parametrize("act", ACTS)
    @pytest.mark.parametrize("end", [Owners.revoke, Owners.issue])
    def test_may_not_do_it_with_a_link_that_was_revoked_or_replaced(
        self, owners: Owners, act: Act, end: Callable[[Owners], object]
    ) -> None:
        secret = owners.issue()
        end(owners)

        _refused(owners, NoOwnerLink, lambda: act(owners, secret))

    @pytest.mark.parametrize("act", ACTS)
    def test_may_not_do_it_with_a_secret_that_no_link_has(self, owners: Owners, act: Act) -> None:
        owners.issue()

        _refused(owners, NoOwnerLink, lambda: act(owners, "A" * 43))

    @pytest.mark.parametrize("act", ACTS)
    def test_does_it_once_however_often_a_form_is_sent(self, owners: Owners, act: Act) -> None:
        secret = owners.issue()
        act(owners, secret)
        before = owners.program.recorded()

        act(owners, secret)

        assert owners.program.recorded() == before

    def test_changes_the_choice_until_it_is_executed(self, owners: Owners) -> None:
        secret = owners.issue()
        for choice in (*Warehouse, *Warehouse):
            owners.choose(secret, choice)
        chosen = owners.account()
        owners.recovery.with_account(
            owners.restoration, ACCOUNT, lambda it, said: it.execute_warehouse_choice(provenance=said)
        )

        assert (chosen.warehouse, chosen.warehouse_choices) == (Warehouse.RESTORE_PREVIOUS, 4)
        _refused(owners, AlreadyExecuted, lambda: owners.choose(secret))

    def test_asks_for_more_than_was_asked_for(self, owners: Owners) -> None:
        secret = owners.issue()
        owners.ask(secret, "orders", "invoices")
        owners.ask(secret, "invoices", "orders")
        owners.ask(secret, "orders")
        owners.ask(secret, "orders", "invoices", hours=23)

        assert [each.kinds for each in owners.account().backfills] == [
            ("orders", "invoices"),
            ("orders",),
            ("orders", "invoices"),
        ]

    def test_asks_again_for_what_was_delivered(self, owners: Owners) -> None:
        secret = owners.issue()
        owners.ask(secret)
        owners.recovery.with_account(
            owners.restoration,
            ACCOUNT,
            lambda it, said: it.deliver_backfill(number=1, counts={"orders": 7}, provenance=said),
        )

        owners.ask(secret)

        assert [each.delivered for each in owners.account().backfills] == [{"orders": 7}, None]

    def test_asks_for_nothing_of_no_time(self, owners: Owners) -> None:
        secret = owners.issue()

        _refused(owners, EndsBeforeItBegins, lambda: owners.ask(secret, hours=0))

    def test_asks_for_so_much_and_no_more(self, owners: Owners) -> None:
        secret = owners.issue()
        for number in range(200):
            owners.ask(secret, f"kind {number}")

        _refused(owners, TooManyEntries, lambda: owners.ask(secret))

    def test_accepts_once(self, owners: Owners) -> None:
        secret = owners.issue()
        owners.accept(secret)

        _refused(owners, AlreadyAccepted, lambda: owners.accept(secret, "Jan"))

        assert owners.account().accepted_by == "Marta"


def _refused(owners: Owners, refusal: type[DomainError], act: Callable[[], object]) -> None:
    """Expect a refusal, and that nothing was recorded."""
    owners.program.clock.advance(MINUTE)
    before = owners.program.recorded()
    with pytest.raises(refusal):
        act()
    assert owners.program.recorded() == before
