"""Templates in requests: the bodies of commands that can name one in place of their texts."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeVar

from pydantic import Field

from api.http.command_bodies import CommandBody
from api.http.values import Body, Key, Localized, example, localized
from application.templates.filling import TemplateUse
from domain.errors import Invalid
from domain.templates.blanks import Blank
from domain.text import Text

C = TypeVar("C")


class BlanksBody(Body):
    """What stands in the blanks of a template; of what is left out, the command knows something itself, or nothing."""

    model_config = example(market={"en": "the Iberian shops"})

    component: Localized | None = None
    market: Localized | None = None
    time: Localized | None = None

    def to_values(self, language: str | None) -> dict[Blank, Text]:
        """Give what is said of each blank.

        Raises:
            TypeError: if ``language`` is None.
        """
        if language is None:
            raise TypeError("a text needs a language to fall back on")
        said = {blank: getattr(self, blank) for blank in Blank}
        return {blank: localized(text, language) for blank, text in said.items() if text is not None}


class TemplatedBody(CommandBody[C]):
    """A body whose texts can be those of a template; a text that it has itself counts before that of the template."""

    APART = frozenset({"template", "blanks"})
    NEEDED: ClassVar[tuple[str, ...]] = ("message",)
    """The texts that it needs without a template."""

    template: Annotated[
        Key | None,
        Field(description="The key of the template that the texts are taken from which the body leaves out."),
    ] = None
    blanks: Annotated[
        BlanksBody | None, Field(description="What stands in the blanks of the template; only with `template`.")
    ] = None

    def to_use(self, language: str | None) -> TemplateUse | None:
        """Give the template that it names, with what it says of the blanks; see ``to_command``.

        Raises:
            Invalid: if it names none, and lacks a text or fills blanks.
            TypeError: if it fills blanks, and ``language`` is None.
        """
        if self.template is not None:
            return TemplateUse(key=self.template, blanks={} if self.blanks is None else self.blanks.to_values(language))
        if self.blanks is not None:
            raise Invalid("blanks are those of a template; name one", pointer="/blanks")
        for name in self.NEEDED:
            if getattr(self, name) is None:
                raise Invalid(f"say a {name}, or name a template that has one", pointer=f"/{name}")
        return None
