"""What is told about a restoration: instructions under headings, updates, and contacts."""

from dataclasses import replace

from domain.errors import TooManyEntries, UnknownMoment
from domain.panels.errors import NoSuchContact
from domain.panels.restoration import RestorationState
from tests.domain.assertions import refused
from tests.domain.panel_builders import (
    SUPPORT,
    a_completion,
    a_loss,
    add_contact,
    instruct,
    march,
    remove_contact,
    tell,
)


class TestHeading:
    def test_keeps_its_instructions_together_in_the_order_of_the_headings(self) -> None:
        restoration = a_loss()
        for heading, text in (("orders", "1"), ("invoices", "2"), ("orders", "3"), (None, "4"), ("faq", "5")):
            instruct(restoration, march(16), text, heading=heading)

        instruct(restoration, march(17), "6", heading="orders", place=1)
        instruct(restoration, march(17), "7", heading="invoices", place=9)

        assert [(each.heading, each.text["en"]) for each in restoration.instructions] == [
            *(("orders", text) for text in "613"),
            *(("invoices", text) for text in "27"),
            (None, "4"),
            ("faq", "5"),
        ]


class TestUpdate:
    def test_is_counted_among_all_and_among_those_that_readers_see(self) -> None:
        restoration = a_completion()

        for text, internal in (("1", False), ("2", True), ("3", False)):
            tell(restoration, march(21), text, internal=internal)

        assert [(each.number, each.message["en"], each.public_number) for each in restoration.timeline] == [
            (1, "1", 1),
            (2, "2", None),
            (3, "3", 2),
        ]
        assert {each.state for each in restoration.timeline} == {RestorationState.COMPLETED}

    def test_of_a_time_before_the_loss_is_refused(self) -> None:
        restoration = a_loss()

        with refused(restoration, UnknownMoment):
            tell(restoration, march(9))


class TestContact:
    def test_is_listed_until_it_is_removed(self) -> None:
        restoration = a_loss()
        other = replace(SUPPORT, address="sos@example.com")
        add_contact(restoration, march(11))
        add_contact(restoration, march(11), other)
        add_contact(restoration, march(11), other)

        remove_contact(restoration, march(12))

        assert [(each.number, each.contact) for each in restoration.contacts] == [(2, other)]
        with refused(restoration, NoSuchContact):
            remove_contact(restoration, march(13))

    def test_is_one_of_at_most_a_hundred(self) -> None:
        restoration = a_loss()
        for number in range(100):
            add_contact(restoration, march(11), replace(SUPPORT, address=f"{number}@example.com"))

        with refused(restoration, TooManyEntries):
            add_contact(restoration, march(11))
