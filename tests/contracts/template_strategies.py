"""What a random walk does with templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.templates.commands import TemplateDraft, TemplateRevision
from domain.templates.template import Purpose
from tests.application.program import ANA, Program, in_english

if TYPE_CHECKING:
    from tests.contracts.strategies import Step

TEMPLATE_VERBS = ("write_template", "write_template", "rewrite_template", "rewrite_template", "retire_template")
KEYS = ("alpha", "beta", "gamma", "delta")
PURPOSES = (Purpose.INCIDENT, Purpose.POLICY_PUBLISHED)


class TemplateSteps:
    """The steps of a walk that are about templates; what is refused is refused."""

    def __init__(self, program: Program) -> None:
        """Begin without templates."""
        self._operated = program
        self._templates = program.facade.commands.templates

    def write_template(self, step: Step) -> None:
        """Write one of the templates; some are of policies."""
        draft = TemplateDraft(
            key=KEYS[step.which],
            purpose=PURPOSES[step.flag],
            title=in_english("{component} in {market}") if step.ago else {},
            message=in_english(f"We look into {{component}}: {step.span}."),
        )
        self._operated.do(lambda log: self._templates.create(log, draft=draft, caller=ANA))

    def rewrite_template(self, step: Step) -> None:
        """Change the message of a template, and take its title away or leave it."""
        revision = TemplateRevision(
            message=in_english(f"{step.span} minutes"), takes_away=frozenset({"title"} if step.flag else ())
        )
        self._operated.do(
            lambda log: self._templates.revise(
                log, name=KEYS[step.which], expected_version=None, revision=revision, caller=ANA
            )
        )

    def retire_template(self, step: Step) -> None:
        """Retire a template."""
        self._operated.do(
            lambda log: self._templates.retire(log, name=KEYS[step.which], expected_version=None, caller=ANA)
        )
