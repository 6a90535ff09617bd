"""The page of the owner of an account, behind a secret link: where the account stands, and what the owner decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.http.auth import facade_of
from api.http.forms import TAKES_FORM, own_form
from api.http.problems import request_id_of, status_of
from api.site.kernel.addresses import PAGE
from api.site.kernel.answers import anybody, site_of, wrong_page
from api.site.kernel.contents import HTML, PageContent
from api.site.kernel.finished import SAFE
from api.site.kernel.languages import Speech
from api.site.owner_forms import Sent, read_sent
from api.site.owner_reading import PageOfOwner, open_account
from api.site.owner_words import owner_words
from application.errors import CrossSite, Malformed, Unavailable
from application.panels.owner_links import Owner
from application.texts import translatable
from domain.errors import DomainError
from domain.panels.errors import NoOwnerLink

if TYPE_CHECKING:
    from datetime import tzinfo

    from application.facade import Facade

router = APIRouter(include_in_schema=False, dependencies=[Depends(anybody)])

# Whatever follows is taken for the secret, so that every address that is none is answered alike.
PATH = f"/{{lang:{PAGE}}}/account/{{secret:path}}"
NOT_OPEN = (
    translatable("This link opens no account"),
    translatable(
        "It may have expired, or a newer one has replaced it. Check that you have copied all of it, or ask whoever gave"
        " it to you for a new one."
    ),
)
PRIVATE = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""What each answer says of itself: nobody keeps it, and no other site learns its address."""


@router.get(PATH)
async def show_account(request: Request, lang: str, secret: str) -> Response:
    """Show the owner of an account where it stands.

    A secret that is unknown, revoked, expired or malformed is answered with one and the same page.
    """

    async def shown(language: str, owner: Owner) -> Response:
        return await _page(request, language, secret, await open_account(request, owner), Sent())

    return await _answered(request, lang, secret, shown)


@router.post(PATH, openapi_extra=TAKES_FORM)
async def take_form(request: Request, lang: str, secret: str) -> Response:
    """Take a form of the page, and show the page anew; the same form again does nothing more."""

    async def taken(language: str, owner: Owner) -> Response:
        form = await own_form(request)
        page = await open_account(request, owner)
        facade = facade_of(request)
        sent = read_sent(form, kinds=tuple(page["kinds"]), zone=_zone(facade, page))
        if sent.act is None:
            return await _page(request, language, secret, page, sent, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return await _done(request, language, secret, owner, sent)

    return await _answered(request, lang, secret, taken)


async def _done(request: Request, language: str, secret: str, owner: Owner, sent: Sent) -> Response:
    facade, act = facade_of(request), sent.act
    try:
        await facade.runner.run(lambda log: act(facade.commands.owner_links, log, owner) if act else None)
    except DomainError as error:
        refused = sent.refused(error)
        if refused is None:
            raise
        page = await open_account(request, owner)
        return await _page(request, language, secret, page, refused, status=status_of(type(error)))
    # Whoever loads the page again sends nothing again.
    return Response(None, HTTPStatus.SEE_OTHER, {**PRIVATE, "Location": f"/{language}/account/{secret}#{sent.form}"})


async def _answered(
    request: Request, lang: str, secret: str, work: Callable[[str, Owner], Awaitable[Response]]
) -> Response:
    site = site_of(request)
    language = lang if lang in site.languages else site.languages[0]
    owner = Owner.with_secret(secret, request_id=request_id_of(request))
    try:
        if lang != language:
            return _wrong(request, language, 404)
        return await work(language, owner)
    except NoOwnerLink:
        return _wrong(request, language, 404)
    except CrossSite:
        return _wrong(request, language, 403)
    except Malformed:
        return _wrong(request, language, 400)
    except Unavailable:
        return _wrong(request, language, 503)


def _wrong(request: Request, language: str, status: int) -> Response:
    return wrong_page(request, language, status, NOT_OPEN if status == HTTPStatus.NOT_FOUND else None, **PRIVATE)


async def _page(
    request: Request, language: str, secret: str, page: PageOfOwner, sent: Sent, *, status: int = HTTPStatus.OK
) -> Response:
    site = site_of(request)
    zone = _zone(site.facade, page)
    content = PageContent(template="owner.html", document=page, shape=PageOfOwner, words=owner_words(sent, zone))
    view = site.view(language, f"account/{secret}", site.facade.clock.now(), has_panels=True)
    # All times of the page are those of the panel, as are the days that an owner enters.
    there = replace(
        view, speech=Speech(language, zone, site.facade.catalogs), site=replace(view.site, zone=page["panel"]["zone"])
    )
    body = await site.facade.reads.run(lambda: site.render(content, there))
    return Response(body, status, {**SAFE, **PRIVATE}, HTML)


def _zone(facade: Facade, page: PageOfOwner) -> tzinfo:
    return facade.zones.find(page["panel"]["zone"]) or facade.settings.zone
