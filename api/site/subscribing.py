"""The page on which a reader asks to be notified by e-mail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from api.http.auth import facade_of
from api.http.forms import TAKES_FORM, own_form
from api.http.read_point import settled
from api.site.kernel.addresses import PAGE
from api.site.kernel.answers import anybody, no_page, site_of, wrong_page
from api.site.kernel.contents import HTML, PageContent
from api.site.kernel.finished import SAFE
from api.site.kernel.reading import SITE_VIEWS, PageRead
from api.site.subscription_choices import Choices, keys_of, read_choices
from api.site.subscription_forms import FilledWish, read_wish, wish_in_query
from api.site.subscription_words import wish_words
from api.subscriptions.asking import ask_for_subscription
from application.errors import CrossSite, Malformed, TooManyRequests, Unavailable

if TYPE_CHECKING:
    from application.facade import Facade

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

SUBSCRIBE = "subscribe"
PATH = f"/{{lang:{PAGE}}}/{SUBSCRIBE}"
ASKED = "asked"
"""The member of the query that says that the mailbox was asked."""
UNKEPT = {"Cache-Control": "no-store"}


class PageOfSubscribing(TypedDict):
    """What the page shows."""

    choices: Choices
    is_asked: bool


@router.get(PATH)
async def show_form(request: Request, lang: str) -> Response:
    """Show the form; a link fills it in with what it is about."""

    async def show(facade: Facade) -> Response:
        choices = await read_current_choices(facade)
        wish = wish_in_query(request.query_params, lang, keys_of(choices))
        return await _page(request, lang, choices, wish, is_asked=bool(request.query_params.get(ASKED)))

    return await _answered(request, lang, show)


@router.post(PATH, openapi_extra=TAKES_FORM)
async def take_form(request: Request, lang: str) -> Response:
    """Let the mailbox be asked, and say so: the same for every address."""

    async def take(facade: Facade) -> Response:
        form = await own_form(request)
        choices = await read_current_choices(facade)
        wish = read_wish(form, keys_of(choices), facade.settings.languages, asks_address=True)
        if wish.faults:
            return await _page(request, lang, choices, wish, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        await ask_for_subscription(request, wish.address, wish.to_preferences())
        # Whoever loads the page again asks nobody again.
        return Response(None, HTTPStatus.SEE_OTHER, {**UNKEPT, "Location": f"/{lang}/{SUBSCRIBE}?{ASKED}=yes"})

    return await _answered(request, lang, take)


async def _answered(request: Request, language: str, work: Callable[[Facade], Awaitable[Response]]) -> Response:
    facade, site = facade_of(request), site_of(request)
    if language not in site.languages or not facade.settings.mail_is_configured:
        return no_page(request, language)
    try:
        return await work(facade)
    except CrossSite:
        return wrong_page(request, language, HTTPStatus.FORBIDDEN)
    except Malformed:
        return wrong_page(request, language, HTTPStatus.BAD_REQUEST)
    except TooManyRequests as refused:
        answer = wrong_page(request, language, HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(refused.facts["retry_after"])
        return answer
    except Unavailable:
        return wrong_page(request, language, HTTPStatus.SERVICE_UNAVAILABLE)


async def read_current_choices(facade: Facade) -> Choices:
    """Read what readers can choose now.

    Raises:
        NotYetVisible: if a view that it is read from is being built anew.
        StoreUnavailable: if the store cannot be reached.
    """
    position = settled(facade, SITE_VIEWS)
    return await read_choices(PageRead(facade=facade, position=position, now=facade.clock.now()))


async def _page(
    request: Request,
    language: str,
    choices: Choices,
    wish: FilledWish,
    *,
    is_asked: bool = False,
    status: int = HTTPStatus.OK,
) -> Response:
    site = site_of(request)
    document: PageOfSubscribing = {"choices": choices, "is_asked": is_asked}
    content = PageContent(template="subscribe.html", document=document, shape=PageOfSubscribing, words=wish_words(wish))
    view = site.view(language, SUBSCRIBE, site.facade.clock.now(), has_panels=bool(choices["panels"]))
    body = await site.facade.reads.run(lambda: site.render(content, view))
    return Response(body, status, {**SAFE, **UNKEPT}, HTML)
