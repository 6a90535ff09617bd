"""Everything private that can happen, in its order: what takes no time, and what takes hours."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from tests.api.private_changes import (
    a_declared_incident,
    a_detection,
    declared_in_private,
    inside_public_incidents,
    inside_public_windows,
    relapses,
    reminders,
    signals_without_incident,
    tokens_and_the_vault,
    windows_in_private,
)
from tests.api.private_recoveries import accounts_in_private, inside_public_restorations
from tests.api.private_requests import a_claim_that_will_run_out, requests_in_private, requests_over_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.api.private_changes import Scene

AT_ONE_MOMENT = (
    tokens_and_the_vault,
    declared_in_private,
    signals_without_incident,
    inside_public_incidents,
    windows_in_private,
    inside_public_windows,
    inside_public_restorations,
    accounts_in_private,
    requests_in_private,
    a_claim_that_will_run_out,
)
OVER_HOURS = (requests_over_time, reminders, relapses, a_declared_incident, a_detection)
NAMES_OF_TOKENS = ("the-operator", "the-emitter", "the-auditor", "the-reviewer")


def live_through(scene: Scene, chapters: Iterable[Callable[[Scene], Iterator[str]]]) -> None:
    """Let everything private of some chapters happen."""
    for _ in chain.from_iterable(chapter(scene) for chapter in chapters):
        scene.site.tick()
