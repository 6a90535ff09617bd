"""The incident: from a private detection to its postmortem."""

from domain.incident.aggregate import Incident
from domain.incident.facts import Because, Occasion, Progress, Standing, Update, Wording
from domain.incident.signals import Cover, Firing

__all__ = ["Because", "Cover", "Firing", "Incident", "Occasion", "Progress", "Standing", "Update", "Wording"]
