"""The pages behind the links of a subscriber: to confirm, to manage, and to unsubscribe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import JSON
from api.http.auth import facade_of
from api.http.forms import TAKES_ANY_FORM, FilledForm, any_form, require_own_site
from api.http.problems import request_id_of
from api.site.kernel.addresses import PAGE
from api.site.kernel.answers import anybody, site_of, wrong_page
from api.site.kernel.contents import HTML, PageContent
from api.site.kernel.finished import SAFE
from api.site.subscribing import read_current_choices
from api.site.subscription_choices import keys_of
from api.site.subscription_deeds import LinkHolder
from api.site.subscription_forms import FilledWish, read_wish, wish_of
from api.site.subscription_reading import PageOfSubscription, StepOfSubscription, export_of, read_subscription
from api.site.subscription_words import wish_words
from application.errors import CrossSite, Malformed, Unavailable
from application.subscriptions.documents import preferences_of
from application.subscriptions.recipients import LinkPurpose, NoSuchLink, RecipientState
from application.texts import translatable
from domain.subscriptions.errors import SubscriptionEnded
from domain.subscriptions.values import EndReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.subscriptions.recipients import OpenedLink

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

FOLDER = "subscriptions"
EXPORT_PATH = f"/{{lang:{PAGE}}}/{FOLDER}/{{secret}}/export.json"
# Whatever follows is taken for the secret, so that every address that is none is answered alike.
PATH = f"/{{lang:{PAGE}}}/{FOLDER}/{{secret:path}}"
ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""The field that mail programs send (RFC 8058)."""
NOT_OPEN = (
    translatable("This link opens no subscription"),
    translatable(
        "It may have expired, or the subscription has ended. Check that you have copied all of it, or subscribe again."
    ),
)
PRIVATE = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""What each answer says of itself: nobody keeps it, and no other site learns its address."""
SAVED = "saved"
"""The member of the query that says that a change was saved."""


@router.get(EXPORT_PATH)
async def export_subscription(request: Request, lang: str, secret: str) -> Response:
    """Give all that is kept about a subscription, as a file."""

    async def export(_language: str) -> Response:
        link = await _open(request, secret)
        if link.purpose is not LinkPurpose.MANAGE:
            raise NoSuchLink("there is no such page")
        body = to_json(await export_of(facade_of(request), link.recipient), indent=2)
        headers = {
            "Content-Disposition": 'attachment; filename="subscription.json"',
            "X-Content-Type-Options": "nosniff",
        }
        return Response(body, 200, {**PRIVATE, **headers}, JSON)

    return await _answered(request, lang, export)


@router.get(PATH)
async def show_subscription(request: Request, lang: str, secret: str) -> Response:
    """Show what a link is for; nothing changes, because programs that look for dangers follow links, too.

    A secret that is unknown, void, expired or malformed is answered with one and the same page.
    """

    async def show(language: str) -> Response:
        link = await _open(request, secret)
        match link.purpose:
            case LinkPurpose.CONFIRM:
                is_done = link.recipient.state is RecipientState.ACTIVE
                return await _step(request, language, secret, "confirmed" if is_done else "confirm")
            case LinkPurpose.UNSUBSCRIBE:
                is_done = link.recipient.state is RecipientState.ENDED
                return await _step(request, language, secret, "ended" if is_done else "unsubscribe")
            case LinkPurpose.MANAGE:
                return await _manage(request, language, secret, link)

    return await _answered(request, lang, show)


@router.post(PATH, openapi_extra=TAKES_ANY_FORM)
async def take_form(request: Request, lang: str, secret: str) -> Response:
    """Do what a button of these pages, or of a mail program, is for; to press it again does nothing more."""

    async def take(language: str) -> Response:
        form = await any_form(request)
        is_one_click = form.text(ONE_CLICK[0]) == ONE_CLICK[1]
        if not is_one_click:
            require_own_site(request)
        link = await _open(request, secret)
        subscriber = LinkHolder(facade_of(request), link.recipient, request_id_of(request))
        match link.purpose, form.text("form"):
            case LinkPurpose.UNSUBSCRIBE, _ if is_one_click:
                await subscriber.end(EndReason.ONE_CLICK)
                return await _step(request, language, secret, "ended")
            case _ if is_one_click:
                raise Malformed("this link is not for one click")
            case (LinkPurpose.CONFIRM, "confirm"):
                manage = await subscriber.confirm()
                return _elsewhere(f"/{language}/{FOLDER}/{manage}")
            case (LinkPurpose.UNSUBSCRIBE | LinkPurpose.MANAGE, "end"):
                await subscriber.end(EndReason.READER)
                return await _step(request, language, secret, "ended")
            case (LinkPurpose.MANAGE, "change"):
                return await _change(request, language, secret, link, form, subscriber)
            case (LinkPurpose.MANAGE, "erase") if form.text("sure"):
                await subscriber.erase()
                return await _step(request, language, secret, "erased")
            case (LinkPurpose.MANAGE, "erase"):
                return await _step(request, language, secret, "erase")
            case _:
                raise Malformed("the page has no such form")

    return await _answered(request, lang, take)


async def _change(
    request: Request, language: str, secret: str, link: OpenedLink, form: FilledForm, subscriber: LinkHolder
) -> Response:
    facade = facade_of(request)
    choices = await read_current_choices(facade)
    wish = read_wish(form, keys_of(choices), facade.settings.languages, asks_address=False)
    if wish.faults:
        return await _manage(request, language, secret, link, wish)
    await subscriber.change(wish.to_preferences())
    return _elsewhere(f"/{language}/{FOLDER}/{secret}?{SAVED}=yes")


def _elsewhere(address: str) -> Response:
    # Whoever loads the page again sends nothing again.
    return Response(None, HTTPStatus.SEE_OTHER, {**PRIVATE, "Location": address})


async def _open(request: Request, secret: str) -> OpenedLink:
    facade = facade_of(request)
    return await facade.reads.run(lambda: facade.recipients.open(secret))


async def _answered(request: Request, lang: str, work: Callable[[str], Awaitable[Response]]) -> Response:
    site = site_of(request)
    # An old mail has the language of then; its links open without it, too. No redirect: mail programs follow none.
    language = lang if lang in site.languages else site.languages[0]
    try:
        return await work(language)
    except (NoSuchLink, SubscriptionEnded):
        return _wrong(request, language, HTTPStatus.NOT_FOUND)
    except CrossSite:
        return _wrong(request, language, HTTPStatus.FORBIDDEN)
    except Malformed:
        return _wrong(request, language, HTTPStatus.BAD_REQUEST)
    except Unavailable:
        return _wrong(request, language, HTTPStatus.SERVICE_UNAVAILABLE)


def _wrong(request: Request, language: str, status: int) -> Response:
    return wrong_page(request, language, status, NOT_OPEN if status == HTTPStatus.NOT_FOUND else None, **PRIVATE)


async def _step(request: Request, language: str, secret: str, step: str) -> Response:
    document: StepOfSubscription = {"step": step}
    content = PageContent(template="subscription_step.html", document=document, shape=StepOfSubscription)
    return await _page(request, language, secret, content)


async def _manage(
    request: Request, language: str, secret: str, link: OpenedLink, refused: FilledWish | None = None
) -> Response:
    facade = facade_of(request)
    choices = await read_current_choices(facade)
    known = await read_subscription(facade, link.recipient.subscription)
    wish = refused or wish_of(preferences_of(known.preferences), keys_of(choices))
    document: PageOfSubscription = {
        "choices": choices,
        "address": link.recipient.address or "",
        "is_saved": request.method == "GET" and bool(request.query_params.get(SAVED)),
    }
    content = PageContent(
        template="subscription.html", document=document, shape=PageOfSubscription, words=wish_words(wish)
    )
    status = HTTPStatus.OK if refused is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return await _page(request, language, secret, content, status=status)


async def _page(
    request: Request, language: str, secret: str, content: PageContent, *, status: int = HTTPStatus.OK
) -> Response:
    site = site_of(request)
    view = site.view(language, f"{FOLDER}/{secret}", site.facade.clock.now())
    body = await site.facade.reads.run(lambda: site.render(content, view))
    headers: Mapping[str, str] = {**SAFE, **PRIVATE}
    return Response(body, status, headers, HTML)
