"""Requests about the accounts of a restoration."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from api.http.command_bodies import CommandBody
from api.http.pattern_words import in_words
from api.http.values import (
    DISTINCT,
    LINE,
    WHOLE,
    Body,
    Day,
    Instant,
    Key,
    Localized,
    Name,
    Reason,
    Tag,
    example,
    values_alone,
)
from application.languages import look_up
from application.panels.account_commands import AccountEntry
from domain.errors import Invalid
from domain.panels.account import Collision, Joining, Particulars, Relief, Resolution, Warehouse

LISTED = 1_000
AccountName = Annotated[
    str,
    StringConstraints(
        pattern=in_words(
            r"^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$",
            "it has up to 128 of A-Z, a-z, 0-9 and ._:@+-, and begins with a letter or a digit",
        )
    ),
    Field(description="The account, as the platform names it.", examples=["shop-1001"]),
]
Amount = Annotated[int, Field(ge=0, le=1_000_000_000), WHOLE]
Short = Annotated[str, StringConstraints(pattern=LINE, min_length=1, max_length=100)]


KINDS = 100
"""How many kinds of data one backfill can have."""
RESERVED = "summary"
"""A word that paths have in the place of an account."""


def _not_reserved(account: str) -> str:
    if account == RESERVED:
        raise ValueError(f"{account} is a path of its own, and cannot be the name of an account")
    return account


class AccountBody(Body):
    """An account that a restoration has to recover: ``created_on`` is a day of the clocks of its panel."""

    model_config = example(account="shop-1001", created_on="2020-09-14")

    account: Annotated[
        AccountName, AfterValidator(_not_reserved), Field(json_schema_extra={"not": {"const": RESERVED}})
    ]
    created_on: Day | None = None
    note: Reason | None = None

    def to_command(self) -> AccountEntry:
        """Convert one line of what can be thousands."""
        return AccountEntry(account=self.account, particulars=Particulars(created_on=self.created_on, note=self.note))


class TimelyBody(Body):
    """When it was so; now, if it is not said."""

    occurred_at: Instant | None = None


class TemporaryAccountBody(TimelyBody):
    """An account on another panel, under another login."""

    model_config = example(panel="panel-d", account="shop-1001-temporary")

    panel: Key
    account: AccountName


class CollisionBody(CommandBody[Collision]):
    """A number that both accounts have given."""

    kind: Short
    number: Short


class LinkBody(TimelyBody):
    """The numbers of orders, invoices and the like that both accounts have given."""

    model_config = example(collisions=[{"kind": "invoice", "number": "FV/2021/3/1"}])

    collisions: Annotated[list[CollisionBody], Field(max_length=LISTED)] = []

    def to_collisions(self) -> tuple[Collision, ...]:
        """Convert the numbers, each once, in their order."""
        return tuple(dict.fromkeys(each.to_command() for each in self.collisions))


class ResolutionBody(CommandBody[Resolution]):
    """What becomes of a number that both accounts have given."""

    kind: Short
    number: Short
    outcome: Short


class MergeBody(TimelyBody):
    """Whether the two accounts become one; then every number that both have given needs a resolution."""

    model_config = example(
        decision="merge", resolutions=[{"kind": "invoice", "number": "FV/2021/3/1", "outcome": "renumbered"}]
    )

    decision: Joining = Joining.MERGE
    resolutions: Annotated[list[ResolutionBody], Field(max_length=LISTED)] = []
    reason: Reason | None = None

    def to_resolutions(self) -> tuple[Resolution, ...]:
        """Convert the resolutions, in their order; the domain refuses two for one number."""
        return tuple(each.to_command() for each in self.resolutions)


class ArchiveAccountBody(TimelyBody):
    """A read-only account with the data of a span; its end is outside."""

    model_config = example(
        account="shop-1001-archive", covers_from="2021-03-09T00:00:00+01:00", covers_until="2021-03-10T00:47:00+01:00"
    )

    account: AccountName
    covers_from: Instant
    covers_until: Instant


class WarehouseChoiceBody(TimelyBody):
    """What the owner wants of the warehouse."""

    model_config = example(choice="restore_previous")

    choice: Warehouse


class ExecutionBody(TimelyBody):
    """When the choice was executed; now, if it is not said."""

    model_config = example(occurred_at="2021-03-24T10:00:00+01:00")


class BackfillBody(TimelyBody):
    """Kinds of data that the owner wants, of a span; its end is outside."""

    model_config = example(
        kinds=["orders"], **{"from": "2021-03-09T00:00:00+01:00", "until": "2021-03-12T00:00:00+01:00"}
    )

    kinds: Annotated[list[Name], Field(min_length=1, max_length=KINDS), DISTINCT]
    from_: Annotated[Instant, Field(alias="from")]
    until: Instant


class DeliveryBody(TimelyBody):
    """How many of each kind were fetched."""

    model_config = example(counts={"orders": 132})

    counts: Annotated[dict[Name, Amount], Field(min_length=1, max_length=100, json_schema_extra=values_alone)]


class ReliefBody(TimelyBody):
    """What the owner is spared, from when (now, if it is not said) and until when."""

    model_config = example(relief="free_of_charge", note="Until the panel runs and the data is joined.")

    relief: Relief
    from_: Annotated[Instant | None, Field(alias="from")] = None
    until: Instant | None = None
    note: Localized | None = None


class OwnerLinkBody(Body):
    """Until when the link of the owner opens (`BITACORA_OWNER_LINK_TTL` from now, if it is not said)."""

    model_config = example(expires_at="2021-04-30T22:00:00Z", language="pl")

    expires_at: Instant | None = None
    language: Annotated[
        Tag | None, Field(description="The language of the page that it opens; by default that of the site.")
    ] = None

    def page_language(self, languages: tuple[str, ...]) -> str:
        """Give the one of ``languages`` that the page is in.

        Raises:
            Invalid: if none of them is as wanted.
        """
        found = languages[0] if self.language is None else look_up(self.language, languages)
        if found is None:
            raise Invalid(f"there are no pages in {self.language}, only in {', '.join(languages)}", pointer="/language")
        return found


class AcceptanceBody(TimelyBody):
    """Who of the owner's side accepted the account."""

    model_config = example(by="the owner, by phone")

    by: Name
    note: Reason | None = None
