"""Files for programs that are kept as pages are: their tags, dates, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.site.kernel.answers import anybody
from api.site.kernel.contents import FileContent
from api.site.kernel.files import answer_file, language_of
from tests.api.client import at, problem

if TYPE_CHECKING:
    from api.site.kernel.reading import PageRead
    from tests.api.client import Site

MODIFIED = at("08:30:00.5")
router = APIRouter(dependencies=[Depends(anybody)])


@router.get("/notes.txt")
async def show_notes(request: Request) -> Response:
    """Write how many components there are."""

    async def read(page: PageRead) -> FileContent:
        count = len(await page.components())
        return FileContent(
            media="text/plain; charset=utf-8",
            document={"count": count},
            shape=dict,
            write=lambda found, view: f"{view.language} {found['count']} {request.query_params.get('note')}".encode(),
            modified_at=MODIFIED,
        )

    return await answer_file(request, language_of(request), "notes.txt", read, own=("note",))


@pytest.fixture(name="notes")
def _notes(site: Site) -> Site:
    site.app.router.routes[:0] = router.routes
    return site


class TestAFile:
    def test_is_written_in_the_language_that_is_asked_for(self, notes: Site) -> None:
        assert [notes.reader.get(f"/notes.txt{query}").text for query in ("", "?lang=es-MX", "?lang=xx")] == [
            "en 0 None",
            "es 0 None",
            "en 0 None",
        ]

    def test_is_told_by_what_was_asked(self, notes: Site) -> None:
        paths = ("/notes.txt?note=a", "/notes.txt?note=b", "/notes.txt?note=a&tracker=1")
        assert [notes.reader.get(path).text for path in paths] == ["en 0 a", "en 0 b", "en 0 a"]

    def test_says_when_it_changed(self, notes: Site) -> None:
        answer = notes.reader.get("/notes.txt")
        assert answer.headers["Last-Modified"] == "Tue, 04 Mar 2025 08:30:00 GMT"

        def status(**headers: str) -> int:
            return notes.reader.get(
                "/notes.txt", headers={name.replace("_", "-"): text for name, text in headers.items()}
            ).status_code

        assert status(If_Modified_Since="Tue, 04 Mar 2025 08:30:00 GMT") == 304
        assert status(If_Modified_Since="Tue, 04 Mar 2025 08:29:59 GMT") == 200
        # Something that was the last change was hidden since.
        assert status(If_Modified_Since="Tue, 04 Mar 2025 08:31:00 GMT") == 200
        assert status(If_Modified_Since="yesterday") == 200
        assert status(If_None_Match=answer.headers["ETag"]) == 304
        # Where a tag is sent, the date does not count.
        assert status(If_None_Match='"other"', If_Modified_Since="Tue, 04 Mar 2025 09:00:00 GMT") == 200

    def test_is_refused_as_programs_are(self, notes: Site) -> None:
        problem(notes.reader.get("/notes.txt?as_of=2999-01-01T00:00:00Z"), 422, "invalid")

    def test_of_the_past_is_not_indexed(self, notes: Site) -> None:
        notes.component("labels")
        notes.tick()

        past = notes.reader.get("/notes.txt?as_of=0")
        assert (past.text, past.headers["X-Robots-Tag"]) == ("en 0 None", "noindex")
        assert notes.reader.get("/notes.txt").text == "en 1 None"
