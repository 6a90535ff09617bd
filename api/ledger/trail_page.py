"""The audit trail of a held request as a sheet to be kept and printed: whole in one file, in the language asked for."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.responses import Response

from api.http.answers import POSITION, hash_tag, matches
from api.http.auth import header_of, list_of
from api.site.kernel.answers import site_of
from api.site.kernel.contents import HTML
from api.site.kernel.languages import negotiated
from api.site.kernel.site import environment
from application.languages import look_up
from application.ledger.audit_trail import trail_document
from application.texts import translatable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

    from api.site.kernel.languages import Speech
    from api.site.kernel.site import Site
    from application.audit.documents import EventDocument
    from application.ledger.documents import HeldRequestDocument

STYLES = ("page.css", "sheet.css")
WORDS = {
    # What held a request up, and what became of it.
    "incident": translatable("incident"),
    "maintenance_window": translatable("maintenance window"),
    "restoration": translatable("restoration"),
    "dismissed": translatable("dismissed"),
    "withdrawn": translatable("withdrawn"),
    "cancelled": translatable("cancelled"),
    # Policies.
    "reprocess": translatable("run again by us"),
    "source_resends": translatable("its source sends it again"),
    "source_retries": translatable("its source tries it again"),
    "check_by_hand": translatable("checked by hand"),
    # Outcomes, and results of workers.
    "already_done": translatable("was done already"),
    "done_now": translatable("done now"),
    "resent": translatable("sent again"),
    "duplicate": translatable("duplicate"),
    "rejected": translatable("rejected"),
    "compensated": translatable("compensated"),
    "cannot_tell": translatable("cannot be told"),
    "done": translatable("done"),
    "already_there": translatable("was there already"),
    "failed": translatable("failed"),
    # States.
    "held": translatable("held"),
    "reprocessing": translatable("being run again"),
    "awaiting_source": translatable("waits for its source"),
    "to_check": translatable("to be checked by hand"),
    "awaiting_signature": translatable("waits for a second person"),
    "merged": translatable("merged into another request"),
    "settled": translatable("settled"),
    # By what it was settled.
    "resend": translatable("a resend"),
    "check": translatable("a check by hand"),
    "assignment": translatable("an assignment"),
}
"""What the keys of the ledger are called on a page."""
BY = {"reprocessing": translatable("a reprocessing run")}
"""The same, where they say by what it was settled and are called otherwise."""


@dataclass(frozen=True)
class PageWording:
    """Puts the sentences of a trail, and the keys in them, into the words of a language."""

    speech: Speech

    def say(self, message: str, values: Mapping[str, Any]) -> str:
        """Give a text with its blanks filled in."""
        return self.speech.text(message) % values

    def word(self, key: str) -> str:
        """Give the word for a key; what is none of ours stays as it is."""
        return self.speech.text(WORDS[key]) if key in WORDS else key

    def means(self, key: str) -> str:
        """Give the words for by what a request was settled."""
        return self.speech.text(BY[key]) if key in BY else self.word(key)


def answer_trail(
    request: Request, held: HeldRequestDocument, events: Sequence[EventDocument], position: int, language: str | None
) -> Response:
    """Answer with the sheet for one caller only, or with 304 if ``If-None-Match`` names its tag.

    Its language is the one that was asked for, if the site has it, else what ``Accept-Language`` prefers.
    """
    site = site_of(request)
    tongue = language and look_up(language, site.languages)
    tongue = tongue or negotiated(header_of(request.scope, b"accept-language"), site.languages)
    style = "".join(site.files.plain(name).body.decode() for name in STYLES)
    body = _written(site, tongue, style, held, events, position)
    tag = hash_tag(body)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    headers = {
        POSITION: str(position),
        "ETag": tag,
        "Cache-Control": "no-store",
        "Content-Language": tongue,
        "Vary": "Authorization, Accept, Accept-Language",
        # Nothing but its own style (Content Security Policy, level 3).
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    if matches(list_of(request.scope, b"if-none-match"), tag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, HTML)


def _written(
    site: Site, language: str, style: str, held: HeldRequestDocument, events: Sequence[EventDocument], position: int
) -> bytes:
    words = PageWording(site.speech(language))
    trail = trail_document(held, events, position, words)
    view = site.view(language, "", site.facade.clock.now())
    own_style = Markup(style)  # noqa: S704 - it is a file of ours
    return (
        environment()
        .get_template("trail.html")
        .render({**trail, "words": words, "style": own_style}, page=view)
        .encode()
    )
