"""Decisions for the time after a loss: suppressed automations, abandoned backlogs, and what is told meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import EndsBeforeItBegins
from domain.instants import written
from domain.ledger.reconciliation import CauseOfRequests
from domain.panels.errors import NoSuchContact, NoSuchInstruction, NoSuchSuppression
from domain.panels.restoration import events, guards, news_events
from domain.panels.restoration.state import PanelRestorationState

if TYPE_CHECKING:
    from datetime import datetime

    from domain.contact import Contact
    from domain.provenance import Provenance
    from domain.text import Text


class RestorationMeasures(PanelRestorationState, CauseOfRequests):
    """A restoration with its measures, which can be taken and ended after its completion as well."""

    def suppress(self, *, automation: str, created_before: datetime, note: Text, provenance: Provenance) -> None:
        """Keep an automation from running for items created before an instant; no-op if that is so already.

        It outlives the completion. Another instant replaces the one before.

        Raises:
            UnknownMoment: if it occurred before the loss, or before the suppression was changed last.
            TooManyEntries: if there are as many as there can be.
        """
        guards.require_timely(self, provenance)
        known = self.suppressions.get(automation)
        if known is None:
            guards.require_capacity(self, "suppressions", len(self.suppressions))
        elif known.ended_at is None and (known.created_before, known.note) == (created_before, note):
            return
        if known is not None:
            changed = known.ended_at or known.since
            guards.require_after(
                self, changed, provenance.occurred_at, f"the suppression of {automation} was changed last"
            )
        self.record(
            events.AutomationSuppressed,
            automation=automation,
            created_before=created_before,
            note=note,
            provenance=provenance,
        )

    def end_suppression(self, *, automation: str, reason: str | None, provenance: Provenance) -> None:
        """Let an automation run for every item again.

        Raises:
            NoSuchSuppression: if it is not suppressed.
            UnknownMoment: if it would end before it began.
        """
        guards.require_timely(self, provenance)
        known = self.suppressions.get(automation)
        if known is None or known.ended_at is not None:
            raise NoSuchSuppression(f"restoration {self.id} does not suppress {automation}")
        guards.require_after(self, known.since, provenance.occurred_at, f"{automation} was suppressed")
        self.record(events.SuppressionEnded, automation=automation, reason=reason, provenance=provenance)

    def abandon_backlog(
        self, *, actions: tuple[str, ...], due_from: datetime, due_until: datetime, note: Text, provenance: Provenance
    ) -> None:
        """Record that actions due in a half-open span will never be executed.

        Raises:
            EndsBeforeItBegins: if the span has no length.
        """
        guards.require_timely(self, provenance)
        guards.require_capacity(self, "abandoned backlogs", len(self.backlogs))
        if due_until <= due_from:
            raise EndsBeforeItBegins(f"a span that begins at {written(due_from)} cannot end at {written(due_until)}")
        self.record(
            events.BacklogAbandoned,
            actions=actions,
            due_from=due_from,
            due_until=due_until,
            note=note,
            provenance=provenance,
        )

    def instruct(self, *, heading: str | None, text: Text, place: int | None, provenance: Provenance) -> None:
        """Add an instruction to owners of accounts under a heading, if one is named; headings stay together.

        ``place`` is that among those of its heading, from 1; its end for None.
        """
        guards.require_timely(self, provenance)
        count = len(self.instructions)
        guards.require_capacity(self, "instructions", count)
        together = [index for index, each in enumerate(self.instructions) if each.heading == heading]
        first, last = (together[0], together[-1] + 1) if together else (count, count)
        index = last if place is None else min(first + place - 1, last)
        self.record(
            news_events.InstructionGiven, heading=heading, text=text, place=max(index, first), provenance=provenance
        )

    def withdraw_instruction(self, *, number: int, reason: str | None, provenance: Provenance) -> None:
        """Remove an instruction, by its number, from the list.

        Raises:
            NoSuchInstruction: if there is none of that number.
        """
        guards.require_timely(self, provenance)
        if number not in {each.number for each in self.instructions}:
            raise NoSuchInstruction(f"restoration {self.id} has no instruction {number}")
        self.record(news_events.InstructionWithdrawn, number=number, reason=reason, provenance=provenance)

    def update(self, *, message: Text, internal: bool, provenance: Provenance) -> None:
        """Tell how it goes, or note it for operators alone; also after the completion.

        Raises:
            UnknownMoment: if it occurred before the loss.
        """
        guards.require_timely(self, provenance)
        self.record(news_events.Updated, message=message, internal=internal, provenance=provenance)

    def add_contact(self, *, contact: Contact, provenance: Provenance) -> None:
        """Say where to ask; no-op if that is said already.

        Raises:
            TooManyEntries: if there are as many as there can be.
        """
        guards.require_timely(self, provenance)
        if contact not in [each.contact for each in self.contacts]:
            guards.require_capacity(self, "contacts", len(self.contacts))
            self.record(news_events.ContactAdded, contact=contact, provenance=provenance)

    def remove_contact(self, *, number: int, provenance: Provenance) -> None:
        """Remove a contact, by its number, from the list.

        Raises:
            NoSuchContact: if there is none of that number.
        """
        guards.require_timely(self, provenance)
        if number not in {each.number for each in self.contacts}:
            raise NoSuchContact(f"restoration {self.id} has no contact {number}")
        self.record(news_events.ContactRemoved, number=number, provenance=provenance)
