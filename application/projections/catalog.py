"""Every view there is."""

from __future__ import annotations

from application.projections.accounts import ACCOUNT_LIST
from application.projections.board import BOARD
from application.projections.incidents import BOOK
from application.projections.ledger import LEDGER
from application.projections.maintenance import CALENDAR
from application.projections.panels import AVAILABILITY
from application.projections.rows import View
from application.projections.signals import SIGNAL_LIST

VIEWS: tuple[View, ...] = (ACCOUNT_LIST, AVAILABILITY, BOARD, BOOK, CALENDAR, LEDGER, SIGNAL_LIST)
