"""Templates as operators keep them."""

from datetime import datetime

from domain.templates.template import Purpose, TextTemplate
from domain.text import Text
from tests.domain.builders import ana, at, in_english

SLOW = in_english("{component} is slow")
WE_LOOK = in_english("We look into it and tell you more at {time}.")


def a_template(
    purpose: Purpose = Purpose.INCIDENT,
    *,
    key: str = "slow",
    title: Text = SLOW,
    message: Text = WE_LOOK,
    default_language: str = "en",
    since: datetime | None = None,
) -> TextTemplate:
    """Give a template that Ana wrote at ten."""
    return TextTemplate.create(
        key=key,
        purpose=purpose,
        title=title,
        message=message,
        default_language=default_language,
        provenance=ana(since or at("10:00")),
    )


def a_policy_template(purpose: Purpose = Purpose.POLICY_RESOLVED, *, title: Text | None = None) -> TextTemplate:
    """Give a template of what a policy publishes."""
    return a_template(purpose, title=title or {}, message=in_english("It is over."))


def change(template: TextTemplate, moment: datetime, *, title: Text = SLOW, message: Text = WE_LOOK) -> None:
    """Let Ana write other texts."""
    template.change(title=title, message=message, default_language="en", provenance=ana(moment))


def a_retired_template() -> TextTemplate:
    """Give a template that was changed and then retired."""
    template = a_template()
    change(template, at("11:00"), message=in_english("We look into it."))
    template.retire(provenance=ana(at("12:00")))
    return template
