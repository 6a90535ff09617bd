"""Forms of which a screen has one for each thing that it lists: ``remove_contact-3`` is that of the third contact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.console.kernel.forms import Command


class ListedCommands(Mapping[str, "Command"]):
    """Commands by the names of forms; what stands behind a hyphen in a name tells forms of one kind apart."""

    def __init__(self, commands: Mapping[str, Command]) -> None:
        """Know these commands."""
        self._commands = commands

    def __getitem__(self, name: str) -> Command:
        """Give the command of a form."""
        return self._commands[name.partition("-")[0]]

    def __iter__(self) -> Iterator[str]:
        """Give the kinds of forms."""
        return iter(self._commands)

    def __len__(self) -> int:
        """Count them."""
        return len(self._commands)
