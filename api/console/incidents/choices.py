"""What can be chosen in forms about incidents, with the words for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.site.kernel.texts import excerpt
from api.site.kernel.wording import STATE_WORDS, STATUS_WORDS
from domain.impact import Status
from domain.incidents import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from application.templates.documents import TemplateDocument

Choice = tuple[str, str]
LONGEST_BEGINNING = 60

SAYABLE: Sequence[Choice] = [(str(status), STATUS_WORDS[status]) for status in Status if status is not Status.UNKNOWN]
"""The statuses that somebody can say of a component."""
IMPACTS: Sequence[Choice] = [choice for choice in SAYABLE if choice[0] != Status.OPERATIONAL]
"""Those that a cause can have."""
STATES: Sequence[Choice] = [(str(progress), STATE_WORDS[str(progress)]) for progress in Progress]


def template_choices(templates: Iterable[TemplateDocument]) -> Sequence[Choice]:
    """Name templates by their keys and how they begin, in the first language that they have."""
    return [(each["key"], f"{each['key']}: {_beginning(each)}") for each in templates]


def _beginning(template: TemplateDocument) -> str:
    texts = template["title"] or template["message"] or {}
    return excerpt(next(iter(texts.values()), ""), LONGEST_BEGINNING)
