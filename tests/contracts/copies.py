"""What copies a log without telling anybody how far it is."""

from infrastructure.backup import CopyProgress

SILENT = CopyProgress(
    copied=lambda _done, _total: None, began_to_read=lambda _events: None, advanced=lambda _events: None
)
