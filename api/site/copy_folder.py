"""The folder of a copy: which of its files are ours, and each of them replaced as a whole.

A manifest lists what was written, with a digest of each file. A file that is new is named in a journal first, so that
whoever goes on after a run that was killed knows it for ours, too, and removes it if it is no longer public.
"""

from __future__ import annotations

import fcntl
import json
import os
import weakref
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from application.errors import AlreadyExists, CannotCopy

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = ".bitacora-site.json"
"""The file that lists what was written, so that only our own files are removed."""
JOURNAL = ".bitacora-site.journal"
"""The file that lists what was written for the first time since the manifest was."""


class CopyFolder:
    """The folder of one copy, which one program at a time writes."""

    def __init__(self, folder: Path) -> None:
        """Look at the folder, which need not be there.

        Raises:
            AlreadyExists: if it has something in it that is no copy, or what it is a copy of cannot be read.
            CannotCopy: if it is no folder.
        """
        self.path = folder
        self._held: weakref.finalize[[int], CopyFolder] | None = None
        self._digests = self._read()

    def __len__(self) -> int:
        """Count our files."""
        return len(self._digests)

    def begin(self) -> None:
        """Have the folder alone until ``end``; the system gives it back when this program ends, however it ends.

        Raises:
            AlreadyExists: if another program writes this copy.
            CannotCopy: if the folder cannot be made or written.
        """
        if self._held is not None:
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            folder = os.open(self.path, os.O_RDONLY)
        except OSError as error:
            raise self._failed(error) from error
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(folder)
            raise AlreadyExists(f"another program writes the copy in {self.path}") from None
        self._held = weakref.finalize(self, os.close, folder)
        # Another one may have written it since it was looked at.
        self._digests = self._read()

    def end(self) -> None:
        """Let others have the folder."""
        if self._held is not None:
            self._held()
            self._held = None

    def has(self, name: str, digest: str) -> bool:
        """Tell whether a file was written with this digest, and is there."""
        return self._digests.get(name) == digest and (self.path / name).is_file()

    def put(self, name: str, body: bytes, digest: str) -> None:
        """Write a file, as a whole or not at all.

        Raises:
            CannotCopy: if it cannot be written.
        """
        try:
            if name not in self._digests:
                with (self.path / JOURNAL).open("a", encoding="utf-8") as journal:
                    journal.write(f"{name}\n")
            _replace(self.path / name, body)
        except OSError as error:
            raise self._failed(error) from error
        self._digests[name] = digest

    def remove(self, names: set[str]) -> int:
        """Remove those of our files, with the folders that are left empty, and count them.

        Raises:
            CannotCopy: if one cannot be removed.
        """
        ours = names & self._digests.keys()
        try:
            for name in ours:
                path = self.path / name
                path.unlink(missing_ok=True)
                _beside(path).unlink(missing_ok=True)
                for above in path.relative_to(self.path).parents:
                    if above.name:
                        _remove_if_empty(self.path / above)
                del self._digests[name]
        except OSError as error:
            raise self._failed(error) from error
        return len(ours)

    def remove_all_but(self, names: set[str]) -> int:
        """Remove our other files, and count them."""
        return self.remove(self._digests.keys() - names)

    def finish(self) -> None:
        """Write down what there is.

        Raises:
            CannotCopy: if that cannot be written.
        """
        try:
            _replace(self.path / MANIFEST, json.dumps(self._digests, indent=0, sort_keys=True).encode())
            (self.path / JOURNAL).unlink(missing_ok=True)
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> CannotCopy:
        return CannotCopy(f"cannot write the copy in {self.path}: {error.strerror or error}")

    def _read(self) -> dict[str, str]:
        manifest, journal = self.path / MANIFEST, self.path / JOURNAL
        try:
            if manifest.is_file() or journal.is_file():
                return {**_journaled(journal), **(_listed(manifest) if manifest.is_file() else {})}
            if self.path.exists() and any(self.path.iterdir()):
                raise AlreadyExists(
                    f"{self.path} is not empty and has no copy of a site; name an empty or a new folder"
                )
        except OSError as error:
            raise CannotCopy(f"cannot read the copy in {self.path}: {error.strerror or error}") from error
        except (ValueError, AttributeError):
            raise AlreadyExists(
                f"{manifest} is damaged, so that nobody knows which files are of the copy; empty the folder, or name"
                " another one"
            ) from None
        return {}


def _listed(manifest: Path) -> dict[str, str]:
    found: Any = json.loads(manifest.read_text(encoding="utf-8"))
    return {_inside(str(name)): str(digest) for name, digest in found.items()}


def _journaled(journal: Path) -> dict[str, str]:
    """Give the files that a run may have written that did not end; what they have in them is not known."""
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True) if journal.is_file() else []
    # The last one may have been cut off, and then its file was not written.
    return {_inside(line[:-1]): "" for line in lines if line.endswith("\n")}


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{name} does not lie in the folder")
    return name


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _replace(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _beside(path)
    try:
        beside.write_bytes(body)
        os.replace(beside, path)  # noqa: PTH105 - over what is there, on every system
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
