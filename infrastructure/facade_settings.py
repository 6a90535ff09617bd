"""Picks of the settings what inbound adapters need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.facade import FacadeSettings

if TYPE_CHECKING:
    from datetime import tzinfo

    from infrastructure.settings import Settings


def facade_settings_of(settings: Settings, zone: tzinfo) -> FacadeSettings:
    """Give what inbound adapters need of the settings; ``zone`` is that of the pages."""
    return FacadeSettings(
        languages=settings.languages,
        zone=zone,
        site=settings.site,
        alert_component_label=settings.alert_component_label,
        alert_severities=settings.alert_severities,
        mail_is_configured=settings.smtp_url is not None,
    )
