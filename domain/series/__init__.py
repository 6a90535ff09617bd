"""The series: a rule by which maintenance windows recur."""

from domain.series.aggregate import MaintenanceSeries
from domain.series.state import Pattern

__all__ = ["MaintenanceSeries", "Pattern"]
