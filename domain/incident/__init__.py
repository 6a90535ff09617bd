"""The incident: from a private detection to its postmortem."""

from domain.incident.aggregate import Incident
from domain.incident.facts import Because, Occasion, Progress, Standing, Update, Wording
from domain.incident.signals import Firing

__all__ = ["Because", "Firing", "Incident", "Occasion", "Progress", "Standing", "Update", "Wording"]
