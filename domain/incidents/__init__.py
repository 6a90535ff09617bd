"""The incident: from a private detection to its postmortem."""

from domain.incidents.firing import Cover, Firing, Place
from domain.incidents.incident import Incident
from domain.incidents.values import Because, Occasion, Progress, Standing, Update, Wording

__all__ = ["Because", "Cover", "Firing", "Incident", "Occasion", "Place", "Progress", "Standing", "Update", "Wording"]
