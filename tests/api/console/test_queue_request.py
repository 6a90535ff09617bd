"""One held request on its screen: claimed, decided, signed, helped with, and read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.console.queue_steps import QUEUE, admin, auditor, bea, many_to_check, operator, rita, screen_of
from tests.api.console.visitor import Visitor, signed_in
from tests.api.ledger_steps import (
    BY_HAND,
    FOUR_EYES,
    Held,
    a_cause,
    a_request,
    decided,
    handed_in,
    held_up,
    leased,
    listed,
    reprocessing,
    to_check,
)

FOUND: dict[str, str | Iterable[str]] = {
    "kind": "shipment_number",
    "source": "marketplace",
    "value": "0035900773",
    "suggests": "already_done",
}
HOW: dict[str, str | Iterable[str]] = {"outcome": "already_done", "note": "The courier delivered it."}


def names(visitor: Visitor) -> set[str]:
    """Give the names of the forms of a screen."""
    return {form.name for form in visitor.forms if form.name}


class TestChecking:
    def test_goes_from_the_claim_to_the_decision(self, site: Site) -> None:
        request = to_check(site)
        visitor = rita(site).opens(screen_of(request))
        visitor.reads("Nobody has it. Claim it, look at the evidence, and say what became of it.")
        assert "decide" not in names(visitor)

        visitor.sends("claim")
        site.tick()
        visitor.opens(visitor.path).reads("You have it now. Nobody else can decide it.")
        visitor.sends("decide", HOW)
        site.tick()

        visitor.opens(visitor.path).reads(
            "Your decision is recorded.", "the-reviewer decided March 4, 2025, 08:00 UTC: was done already."
        )
        assert request.inside["settlement"]["outcome"] == "already_done"

    def test_points_at_what_is_missing_and_keeps_what_was_typed(self, site: Site) -> None:
        request = to_check(site)
        request.done("claim")
        site.tick()
        visitor = rita(site).opens(screen_of(request))

        visitor.sends("decide", {"note": "I asked the courier."}, status=422)

        visitor.reads("Nothing was changed. Look at what is marked.")
        assert visitor.form("decide").value("note") == "I asked the courier."
        assert 'href="#decide-outcome"' in visitor.answer.text
        assert request.inside["state"] == "to_check"

    def test_gives_a_request_back_undecided(self, site: Site) -> None:
        request = to_check(site)
        request.done("claim")
        site.tick()

        rita(site).opens(screen_of(request)).sends("release").reads("The claim is released.")

        assert request.inside["claim"] is None

    def test_is_refused_about_content_that_changed_meanwhile(self, site: Site) -> None:
        cause = a_cause(site, order=BY_HAND)
        made(site.update(cause["id"], "resolved", override_reason="We saw it."))
        request = held_up(site, cause)
        request.done("claim")
        site.tick()
        visitor = rita(site).opens(screen_of(request))
        body = a_request(cause, request.inside["reference"], digest="0" * 64)
        handed_in(site, [body])
        site.tick()

        visitor.sends("decide", HOW, status=412)

        visitor.reads("What happened meanwhile:", "Received again with other content", "Digest", "0" * 64)
        assert visitor.form("decide").value("note") == HOW["note"]
        assert request.inside["decision"] is None

    def test_says_who_else_has_it(self, site: Site) -> None:
        request = to_check(site)
        request.done("claim", by=site.issue(Role.REVIEWER, "bea", "Bea"))
        site.tick()

        visitor = rita(site).opens(screen_of(request))

        visitor.reads("Bea has it until March 4, 2025, 08:30 UTC.")
        assert names(visitor).isdisjoint({"claim", "decide", "release"})

    def test_says_that_somebody_was_quicker(self, site: Site) -> None:
        request = to_check(site)
        visitor = rita(site).opens(screen_of(request))
        request.done("claim", by=site.issue(Role.REVIEWER, "bea", "Bea"))
        site.tick()

        visitor.sends("claim", status=409)

        assert any("Bea" in line for line in visitor.lines)
        assert request.inside["claim"]["person"] == "Bea"

    def test_marks_what_the_evidence_suggests_and_chooses_nothing(self, site: Site) -> None:
        request = to_check(site)
        request.done("claim")
        request.done("evidence", FOUND)
        site.tick()

        visitor = rita(site).opens(screen_of(request))

        visitor.reads("Evidence suggests: was done already.", "It was done already (evidence suggests this)")
        assert visitor.form("decide").value("outcome") == ""


class TestFourEyes:
    def test_are_explained_to_whoever_decided(self, site: Site) -> None:
        request = decided(site, FOUR_EYES, by=site.a(Role.REVIEWER))
        site.tick()

        visitor = rita(site).opens(screen_of(request))

        visitor.reads(
            "the-reviewer decided: was done already. A second person has to sign.",
            "Four eyes: its policy wants a second person to look. Whoever decided cannot sign, whatever their role is.",
            "You decided this. Ask somebody else to sign it.",
        )
        assert names(visitor).isdisjoint({"sign", "return"})

    def test_let_another_person_sign(self, site: Site) -> None:
        request = decided(site, FOUR_EYES)
        site.tick()

        rita(site).opens(screen_of(request)).sends("sign", {"note": "I saw it, too."}).reads(
            "You signed it. It is settled."
        )

        assert request.inside["decision"]["signature"]["person"] == "the-reviewer"

    def test_let_another_person_send_it_back_with_a_reason(self, site: Site) -> None:
        request = decided(site, outcome="cannot_tell")
        site.tick()
        visitor = rita(site).opens(screen_of(request))
        visitor.reads(
            "Four eyes: nobody can tell what became of it, and then a second person always looks."
            " Whoever decided cannot sign, whatever their role is."
        )

        visitor.sends("return", status=422)
        visitor.sends("return", {"reason": "I can tell."}).reads("It was sent back, and waits to be checked.")

        assert request.inside["state"] == "to_check"

    def test_are_announced_before_the_decision(self, site: Site) -> None:
        request = to_check(site, FOUR_EYES)
        request.done("claim")
        site.tick()

        rita(site).opens(screen_of(request)).reads(
            "Four eyes: its policy wants a second person to sign what you decide. You cannot sign it yourself."
        )


class TestMore:
    def test_opens_what_is_settled_again(self, site: Site) -> None:
        request = decided(site)
        site.tick()
        visitor = rita(site).opens(screen_of(request))

        visitor.sends("reopen", status=422)
        visitor.sends("reopen", {"reason": "It never came."}).reads("It is open again.")

        assert request.inside["state"] == "to_check"

    def test_takes_a_request_out_of_a_run(self, site: Site) -> None:
        (waiting,) = leased(site, reprocessing(site))
        request = Held(site, waiting["id"])
        visitor = rita(site).opens(screen_of(request))

        visitor.sends("withdraw", {"reason": "The courier has it."}).reads(
            "It was taken out of the run. A person checks it."
        )

        assert request.inside["state"] == "to_check"

    def test_adds_evidence_and_says_what_cannot_be(self, site: Site) -> None:
        request = to_check(site)
        visitor = rita(site).opens(screen_of(request))

        visitor.sends("evidence", {**FOUND, "kind": "Shipment number"}, status=422)
        assert visitor.form("evidence").value("value") == FOUND["value"]
        visitor.sends("evidence", FOUND)

        assert [each["value"] for each in request.inside["evidence"]] == [FOUND["value"]]

    def test_sets_labels_and_takes_them_off(self, site: Site) -> None:
        request = to_check(site)
        visitor = rita(site).opens(screen_of(request))

        visitor.sends("labels", {"add": "after-0100, urgent"}).reads("The labels are changed.")
        site.tick()
        visitor.opens(screen_of(request)).sends("labels", {"remove": ["urgent"]})

        assert request.inside["labels"] == ["after-0100"]

    def test_refuses_labels_that_are_none(self, site: Site) -> None:
        request = to_check(site)
        visitor = rita(site).opens(screen_of(request))

        visitor.sends("labels", {"add": "Not A Key"}, status=422)
        assert visitor.form("labels").value("add") == "Not A Key"
        visitor.sends("labels", {"add": ""}, status=422)

        assert request.inside["labels"] == []

    def test_says_in_words_who_did_what(self, site: Site) -> None:
        request = to_check(site)

        lines = rita(site).opens(screen_of(request)).lines

        history = lines[lines.index("History") :]
        assert any(line.endswith("UTC, The policy “disposition”") for line in history)
        assert not any(request.inside["cause"]["id"] in line for line in history)

    def test_writes_a_note(self, site: Site) -> None:
        request = to_check(site)
        visitor = rita(site).opens(screen_of(request))

        visitor.sends("note", status=422)
        visitor.sends("note", {"note": "The buyer called."}).reads("The note is added.")

        site.tick()
        visitor.opens(screen_of(request)).reads(
            "The buyer called.", "History", "March 4, 2025, 08:00 UTC, the-reviewer"
        )

    def test_does_nothing_twice_that_is_sent_twice(self, site: Site) -> None:
        request = to_check(site)
        visitor = rita(site).opens(screen_of(request))
        filled = visitor.form("evidence").filled(FOUND)

        answers = [visitor.request("POST", screen_of(request), filled).status_code for _ in range(2)]

        assert answers == [303, 303]
        assert len(request.inside["evidence"]) == 1

    def test_names_what_held_it_up_in_its_history_and_leads_there(self, site: Site) -> None:
        request = to_check(site)
        cause = request.inside["cause"]["id"]

        reviewer, visitor = rita(site).opens(screen_of(request)), auditor(site).opens(screen_of(request))

        (line,) = [each for each in visitor.lines if each.startswith("Received ")]
        assert line.endswith(", held up by incident Trouble")
        assert f'held up by incident <a href="/console/incidents/{cause}">Trouble</a>' in visitor.answer.text
        # Reviewers do not see private incidents.
        assert any(each.endswith(", held up by incident An incident that is not public") for each in reviewer.lines)
        assert cause not in "".join(visitor.lines + reviewer.lines)

    def test_leads_from_its_history_to_the_request_that_stands_for_it(self, site: Site) -> None:
        cause = a_cause(site, order=BY_HAND)
        held_up(site, cause, reference="twin")
        unassigned = held_up(site, None, reference="twin")
        made(site.operator.post(f"{unassigned.path}/cause", {"cause": cause, "reason": "It did."}))
        site.tick()

        visitor = auditor(site).opens(screen_of(unassigned))

        visitor.reads("Merged into another request, which the cause has already")

    def test_prints_its_history(self, site: Site) -> None:
        request = to_check(site)

        answer = auditor(site).request("GET", f"{screen_of(request)}/trail")

        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert request.inside["reference"] in answer.text

    def test_knows_the_view_that_it_was_opened_from(self, site: Site) -> None:
        to_check(site)
        visitor = rita(site).opens(f"{QUEUE}?kind=order&evidence=none")
        (address,) = re.findall(rf'<a href="({QUEUE}/[0-9a-f-]+\?from=[^"]*)"', visitor.answer.text)

        visitor.opens(address.replace("&amp;", "&")).sends("claim")

        assert f'href="{QUEUE}?kind=order&amp;evidence=none"' in visitor.answer.text

    def test_leads_to_the_next_of_its_view_once_it_is_decided(self, site: Site) -> None:
        many_to_check(site, 4)
        third = next(each for each in listed(site) if each["reference"] == "00002")
        Held(site, third["id"]).done("claim", by=site.issue(Role.REVIEWER, "bea-token", "Bea"))
        site.tick()
        visitor = rita(site).opens(f"{QUEUE}?kind=order")
        seen = []

        visitor.opens(unescape(re.findall(rf'href="({QUEUE}/[0-9a-f-]+[?]from=[^"]*)"', visitor.answer.text)[0]))
        for _ in range(3):
            visitor.sends("claim")
            site.tick()
            visitor.opens(visitor.path).sends("decide", HOW).reads("Your decision is recorded.")
            site.tick()
            words = [line for line in visitor.lines if line.startswith(("Next: ", "Nothing else "))]
            seen += words
            if words[0].startswith("Next: "):
                visitor.opens(visitor.link(words[0]))
                assert f'href="{QUEUE}?kind=order"' in visitor.answer.text

        assert seen == ["Next: Order 00001", "Next: Order 00003", "Nothing else in this view waits for you."]

    def test_leads_to_the_next_to_sign_and_not_to_what_the_same_person_decided(self, site: Site) -> None:
        ours, theirs, more = (decided(site, FOUR_EYES, by=by) for by in (None, site.a(Role.REVIEWER), None))
        site.tick()

        visitor = rita(site).opens(screen_of(ours)).sends("sign").reads("You signed it. It is settled.")

        assert theirs.inside["state"] == "awaiting_signature"
        visitor.opens(visitor.link(f"Next: Order {more.inside['reference']}"))

    def test_is_not_led_elsewhere_by_a_view(self, site: Site) -> None:
        request = to_check(site)

        visitor = rita(site).opens(f"{screen_of(request)}?from=//evil.test")

        assert f'href="{QUEUE}?//evil.test"' in visitor.answer.text

    def test_is_not_found_if_it_is_not_there(self, site: Site) -> None:
        rita(site).opens(f"{QUEUE}/0192f3a4-5b6c-7d8e-9f00-112233445566", status=404).reads("Not found")
        rita(site).opens(f"{QUEUE}/nothing", status=422)


class TestBeside:
    def test_is_the_request_without_a_frame(self, site: Site) -> None:
        request = to_check(site)
        visitor = rita(site).opens(f"{screen_of(request)}/beside")

        assert "<main" not in visitor.answer.text
        assert f'data-beside="{request.id}"' in visitor.answer.text

    def test_does_what_the_screen_does(self, site: Site) -> None:
        request = to_check(site)
        visitor = rita(site).opens(f"{screen_of(request)}/beside")
        filled = visitor.form("claim").filled({})

        answer = visitor.request("POST", f"{screen_of(request)}/beside", filled)

        assert answer.headers["Location"] == f"{screen_of(request)}/beside?done=claim"
        site.tick()
        visitor.opens(answer.headers["Location"]).reads("You have it now. Nobody else can decide it.")

    def test_shows_what_is_wrong_in_its_place(self, site: Site) -> None:
        request = to_check(site)
        request.done("claim")
        site.tick()
        visitor = rita(site).opens(f"{screen_of(request)}/beside")
        filled = visitor.form("decide").filled({"note": "Seen."})

        answer = visitor.request("POST", f"{screen_of(request)}/beside", filled)

        assert answer.status_code == 422
        assert "<main" not in answer.text
        assert "Seen." in answer.text


class TestOperators:
    def test_release_the_claim_of_another_with_a_reason(self, site: Site) -> None:
        request = to_check(site)
        request.done("claim")
        site.tick()
        visitor = admin(site).opens(screen_of(request))

        visitor.sends("release", {"reason": "She has gone home ill."}).reads("The claim is released.")

        assert request.inside["claim"] is None

    def test_say_what_held_a_request_up(self, site: Site) -> None:
        cause = a_cause(site, order=BY_HAND)
        request = held_up(site, None)
        site.tick()
        visitor = admin(site).opens(screen_of(request))
        visitor.reads("Nobody has said what held it up. An operator assigns a cause; you can check it meanwhile.")

        visitor.sends("cause", status=422)
        visitor.sends("cause", {"cause": f"incident:{cause['id']}"}).reads("The cause is assigned.")

        site.tick()
        visitor.opens(screen_of(request)).reads("Held up by", "Trouble")
        visitor.sends("no-cause", {"reason": "It came later."}).reads("The cause was taken away.")
        assert request.inside["cause"] is None

    def test_help_without_reading(self, site: Site) -> None:
        request = to_check(site, summary="Secret shoes")
        request.done("claim")
        site.tick()
        visitor = operator(site).opens(screen_of(request))
        visitor.does_not_read("Secret shoes").reads(
            "Reviewers and auditors read what is in it. As an operator you can say what held it up,"
            " and release it from whoever has it."
        )

        visitor.sends("release", {"reason": "She has gone home ill."}).reads("The claim is released.")

        assert request.inside["claim"] is None


class TestRoles:
    def test_let_auditors_read_and_change_nothing(self, site: Site) -> None:
        request = to_check(site)
        visitor = auditor(site).opens(screen_of(request))

        assert names(visitor) == set()
        answer = visitor.request("POST", screen_of(request), "form=claim")
        assert answer.status_code == 403
        assert request.inside["claim"] is None

    @pytest.mark.parametrize("role", [Role.READER, Role.EMITTER])
    def test_let_nobody_else_in(self, site: Site, role: Role) -> None:
        request = to_check(site)

        visitor = Visitor(site).opens("/console/sign-in")
        token = site.issue(role, "somebody").token or ""
        visitor.sends("/console/sign-in", {"token": token}, status=403)

        visitor.opens(screen_of(request))

        assert visitor.path.startswith("/console/sign-in?")

    def test_let_a_second_reviewer_see_what_the_first_one_has(self, site: Site) -> None:
        request = to_check(site)
        request.done("claim")
        site.tick()

        bea(site).opens(screen_of(request)).reads("the-reviewer has it until March 4, 2025, 08:30 UTC.")


def test_texts_of_others_are_texts(site: Site) -> None:
    request = to_check(site, reference="<i>1</i>", source="<script>x</script>", summary="<img src=x onerror=y>")

    text = signed_in(site, site.a(Role.REVIEWER)).opens(screen_of(request)).answer.text

    assert "<script>x" not in text
    assert "<img src=x" not in text
    assert "<i>1" not in text
