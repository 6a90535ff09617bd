"""The files that a copy of the site has beside its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.feeds.calendar import copied_calendars
from api.feeds.routes import copied_feeds

if TYPE_CHECKING:
    from api.site.kernel.copied import FileList

COPIED_FILES: tuple[FileList, ...] = (copied_feeds, copied_calendars)
"""Each gives files of one kind: add your own here."""
