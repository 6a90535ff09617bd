"""Bodies of the ledger: held requests, resends, results of workers, and what reviewers do."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, Field, StringConstraints

from api.http.command_bodies import CommandBody
from api.http.pattern_words import ONE_LINE_OR_NONE, in_words
from api.http.values import NOT_BLANK, SEEN, Body, Flag, Instant, Key, Name, Reason, example
from api.ledger.cause_text import CauseText
from application.ledger.evidence import EvidenceEntry
from application.ledger.intake import RequestEntry
from application.ledger.reprocessing import ResultEntry
from application.ledger.resends import ResendEntry
from domain.errors import Invalid
from domain.ledger.cause import Cause, CauseType
from domain.ledger.held_request import Content, Finding, Outcome, Reference, Result
from domain.ledger.reprocessing import Selection

DIGEST = in_words(
    r"^(sha256:)?[0-9A-Fa-f]{64}$", "it is a SHA-256: 64 hexadecimal digits, with sha256: before them or without"
)
EVIDENCE = ("any", "none", *map(str, Outcome))
HINT = "A few words for whoever checks it; never a secret."


def _normalized(digest: str) -> str:
    return digest.removeprefix("sha256:").lower()


Digest = Annotated[
    str,
    StringConstraints(pattern=DIGEST),
    AfterValidator(_normalized),
    Field(
        description="The SHA-256 of the payload, in hexadecimal digits.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]
SeenDigest = Annotated[str, StringConstraints(pattern=DIGEST), AfterValidator(_normalized)]
SEEN_CONTENT = "The SHA-256 of the content that it is about, as you read it; refused if the content is another by now."
Summary = Annotated[
    str,
    StringConstraints(pattern=ONE_LINE_OR_NONE, max_length=500),
    Field(description=HINT),
]
RequestId = Annotated[UUID, Field(description="The id of a held request.")]


class ReferenceBody(Body):
    """What a source calls a request."""

    source: Name
    kind: Key
    reference: Name

    def to_reference(self) -> Reference:
        """Convert the three names alone."""
        return Reference(source=self.source, kind=self.kind, reference=self.reference)


class HeldRequestBody(ReferenceBody, CommandBody[RequestEntry]):
    """A request that could not be handled normally; without a cause it waits for an operator."""

    model_config = example(
        cause=None,
        source="shop-17",
        kind="order",
        reference="100234",
        received_at="2024-07-28T04:12:09Z",
        digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )

    APART = frozenset({"source", "kind", "reference", "digest", "summary"})

    cause: CauseText | None = None
    received_at: Instant
    digest: Digest
    summary: Summary | None = None

    def to_command(self, language: str | None = None) -> RequestEntry:  # noqa: ARG002 - it holds no text
        """Convert it by hand, for these come by the hundred thousand: half the time of a conversion by names."""
        return RequestEntry(
            cause=None if self.cause is None else Cause(type=self.cause.type, id=self.cause.id),
            reference=self.to_reference(),
            received_at=self.received_at,
            content=Content(digest=self.digest, summary=self.summary),
        )


class ResendBody(ReferenceBody, CommandBody[ResendEntry]):
    """A request that its source sent again; ``received_at`` is when that was, now if it is not said."""

    model_config = example(
        source="erp-3", kind="stock_change", reference="sku-8812/417", received_at="2024-07-28T09:02:11Z"
    )

    APART = frozenset({"source", "kind", "reference"})

    received_at: Instant | None = None
    digest: Digest | None = None

    def to_command(self, language: str | None = None) -> ResendEntry:
        """Convert it, with the names as an object of their own."""
        return self.converted(language, reference=self.to_reference())


class ResultBody(CommandBody[ResultEntry]):
    """What came of a request that was leased."""

    model_config = example(id="0192f3a4-5b6c-7d8e-9f00-112233445566", outcome="done")

    APART = frozenset({"id"})

    id: RequestId
    result: Annotated[Result, Field(validation_alias=AliasChoices("outcome", "result"))]
    note: Summary | None = None

    def to_command(self, language: str | None = None) -> ResultEntry:
        """Convert it, with its id as that of the request."""
        return self.converted(language, request=self.id)


class RunBody(CommandBody[Selection]):
    """Which requests of a cause to reprocess: of one kind and source, or of any."""

    model_config = example(
        cause={"type": "maintenance_window", "id": "0192f3a4-5b6c-7d8e-9f00-112233445566"}, kind="order"
    )

    cause: CauseText
    kind: Key | None = None
    source: Name | None = None


class EvidenceBody(CommandBody[Finding]):
    """What was found outside, where, and which outcome it suggests."""

    model_config = example(
        kind="shipment_number", source="marketplace", value="00359007738000012345", suggests="already_done"
    )

    APART = frozenset({"occurred_at"})

    kind: Key
    source: Name
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000), SEEN, NOT_BLANK]
    suggests: Outcome | None = None
    occurred_at: Instant | None = None


class EvidenceLineBody(ReferenceBody, CommandBody[EvidenceEntry]):
    """What was found outside of every request that its source calls so."""

    model_config = example(
        source="shop-17",
        kind="order",
        reference="100234",
        evidence={"kind": "shipment_number", "source": "marketplace", "value": "00359007", "suggests": "already_done"},
    )

    APART = frozenset({"source", "kind", "reference", "evidence"})

    evidence: EvidenceBody

    def to_command(self, language: str | None = None) -> EvidenceEntry:
        """Convert it, with the names as an object of their own."""
        return self.converted(
            language,
            reference=self.to_reference(),
            finding=self.evidence.to_command(),
            occurred_at=self.evidence.occurred_at,
        )


class DecisionBody(Body):
    """What became of a request."""

    model_config = example(outcome="already_done", note="The courier delivered it on 10 March.")

    outcome: Outcome
    note: Reason
    digest: Annotated[SeenDigest | None, Field(description=SEEN_CONTENT)] = None


class SignatureBody(Body):
    """The agreement of a second person."""

    model_config = example(note="Seen in the courier's panel.")

    note: Reason | None = None
    digest: Annotated[SeenDigest | None, Field(description=SEEN_CONTENT)] = None


class ReleaseBody(Body):
    """Why a request is released; an operator has to say it of the claim of another person."""

    model_config = example(reason="Rita has gone home ill.")

    reason: Reason | None = None


class DoubtBody(Body):
    """Why."""

    model_config = example(reason="The customer says that it never came.")

    reason: Reason


class AssignmentBody(Body):
    """What held a request up that came without a cause: the cause itself, or as the member of an object."""

    model_config = example(type="maintenance_window", id="0192f3a4-5b6c-7d8e-9f00-112233445566")

    type: CauseType | None = None
    id: UUID | None = None
    cause: CauseText | None = None
    reason: Reason | None = None

    def to_cause(self) -> Cause:
        """Convert the cause alone, however it is written.

        Raises:
            Invalid: if it names none, or two.
        """
        if self.cause is not None and self.type is None and self.id is None:
            return self.cause.to_command()
        if self.cause is None and self.type is not None and self.id is not None:
            return Cause(type=self.type, id=self.id)
        raise Invalid("name one cause, by type and id", pointer="/cause")


class UndoingBody(Body):
    """Why it was not what held a request up."""

    model_config = example(reason="The order came an hour after the window.")

    reason: Reason


class ShowingBody(Body):
    """Whether readers are told if it is reconciled: as yes or no."""

    model_config = example(public=True)

    public: Flag
    reason: Reason | None = None
    occurred_at: Instant | None = None
