"""Forms of the console: which command each becomes, and how one is shown again with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from api.console.kernel.fields import NOTHING_MOVED, FormBody, name_of

if TYPE_CHECKING:
    from api.console.kernel.client import Reply
    from api.http.forms import FilledForm

PREVIEW, REVIEW = "preview", "review"
"""What a button can want other than the command: to see who would be notified, or what was typed before signing in."""
OWN_FIELDS = frozenset({"form", "do", "version", "once"})
"""The fields of every form: its name, what its button wants, the version that was shown, and its idempotency key.

None is called as a member of a body is: many bodies have a ``key``.
"""


@dataclass(frozen=True, kw_only=True)
class FormCommand:
    """What a form does: the route that it calls with the body that its fields make."""

    path: str
    """The path of the route; names in braces are those of the screen's own path, or of fields of the form."""
    body: FormBody | Callable[[Mapping[str, str]], FormBody] = field(default_factory=FormBody)
    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)
    leads: str | Callable[[Any], str] | None = None
    """Where it leads, by what the route answered; None for the screen that it was sent from."""
    sends_body: bool = True
    shows_answer: bool = False
    """Whether the screen is shown at once with what the route answered, as a secret that is shown this once."""


@dataclass(frozen=True, kw_only=True)
class SentForm:
    """A form that was sent and did not lead on: what was typed, and what is wrong with it, or what it would do."""

    name: str = ""
    filled: FilledForm | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    """What is wrong, by the name of the field."""
    problem: Mapping[str, Any] | None = None
    """The problem document of the route; None if nothing was sent to it."""
    preview: Any = None
    """What the route says that the command would do."""
    answer: Any = None
    """What the route answered to a command that shows it."""
    status: int = 200

    @staticmethod
    def refused(name: str, filled: FilledForm, reply: Reply, moved: Mapping[str, str] = NOTHING_MOVED) -> SentForm:
        """Put what a route refused back to the fields; ``moved`` says which of them stand elsewhere in the body."""
        problem = reply.document
        pointed = [(each["pointer"], each["detail"]) for each in problem.get("errors", ()) if each.get("pointer")]
        faults = {name_of(pointer, moved): detail for pointer, detail in pointed}
        return SentForm(name=name, filled=filled, faults=faults, problem=problem, status=reply.status)


class FormView:
    """A form as its template sees it: the values of its fields, and what is wrong with them."""

    def __init__(self, name: str, sent: SentForm, version: str = "") -> None:
        """Show the form of a ``name``, with what was typed if it is the one that was sent."""
        self.name, self.version = name, version
        self._sent = sent if sent.name == name else SentForm()
        self.key = token_urlsafe(16)
        """The idempotency key of the form as it is shown now: sent twice, it does nothing more."""
        self._shown: set[str] = set()

    @property
    def was_sent(self) -> bool:
        """Whether it is shown again."""
        return self._sent.filled is not None

    @property
    def preview(self) -> Any:  # noqa: ANN401 - any JSON
        """What the command would do, if that was asked for."""
        return self._sent.preview

    @property
    def answer(self) -> Any:  # noqa: ANN401 - any JSON
        """What the route answered, if the command was carried out and shows it."""
        return self._sent.answer

    @property
    def problem(self) -> Mapping[str, Any] | None:
        """Why the command was refused; None if it was not."""
        return self._sent.problem

    def value(self, name: str, default: object = "") -> str:
        """Give what was typed into a field, else its ``default``."""
        if self._sent.filled is None:
            return "" if default is None else str(default)
        return self._sent.filled.text(name)

    def chose(self, name: str, choice: str, *, default: bool = False) -> bool:
        """Tell whether a choice was made."""
        return default if self._sent.filled is None else choice in self._sent.filled.choices(name)

    def fault(self, name: str) -> str:
        """Say what is wrong with a field, or with a part of it for which there is no field; empty if nothing is."""
        found = [(at, said) for at, said in self._sent.faults.items() if at == name or at.startswith(f"{name}.")]
        self._shown.update(at for at, _ in found)
        return " ".join(dict.fromkeys(said for _, said in found))

    def fault_of(self, name: str) -> str:
        """Say what is wrong with a thing as a whole, and not with a part of it."""
        return self._sent.faults.get(name, "")

    def place(self, name: str) -> str:
        """Give the field that a fault is about: the one of this name, or the nearest above or beside it."""
        names = () if self._sent.filled is None else self._sent.filled.names()
        parts = name.split(".")
        for most in range(len(parts), 0, -1):
            above = ".".join(parts[:most])
            found = above if above in names else next((each for each in names if each.startswith(f"{above}.")), None)
            if found is not None:
                return found
        return name

    @cached_property
    def faults(self) -> Sequence[tuple[str, str]]:
        """All that is wrong, by the names of the fields."""
        return list(self._sent.faults.items())
