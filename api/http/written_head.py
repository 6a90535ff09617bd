"""Headers that many answers have alike, kept in the form in which the server sends them."""

from __future__ import annotations

from functools import cached_property

from api.http.cors import ALLOWED

LENGTH = b"content-length"


class WrittenHead(tuple[tuple[bytes, bytes], ...]):  # noqa: SLOT001 - what is worked out is kept in its dictionary
    """Headers of an answer, by name and value; to any server but ours they are these and nothing more.

    To look at each again for every answer took a tenth of the processor time of a hot read (paired).
    """

    @cached_property
    def lines(self) -> bytes:
        """The lines of a head."""
        return b"".join(b"%s: %s\r\n" % header for header in self)

    @cached_property
    def length(self) -> int | None:
        """How many bytes the body has; None if there is none."""
        return next((int(value) for name, value in self if name == LENGTH), None)

    @cached_property
    def readable(self) -> WrittenHead:
        """The same for scripts of other sites, too."""
        return WrittenHead((*self, *ALLOWED))
