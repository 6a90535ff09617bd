"""The folder of a copy: what a run that was killed leaves behind is known, and two programs do not write at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from api.site.copy_folder import JOURNAL, MANIFEST, CopyFolder
from application.errors import AlreadyExists, CannotCopy

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "en/incidents/one/index.html"


def begun(path: Path) -> CopyFolder:
    folder = CopyFolder(path)
    folder.begin()
    return folder


def names(path: Path) -> set[str]:
    return {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()}


def test_goes_on_where_a_killed_run_stopped(tmp_path: Path) -> None:
    killed = begun(tmp_path)
    killed.put(PAGE, b"page", "digest")
    killed.end()

    after = begun(tmp_path)

    assert len(after) == 1
    assert not after.has(PAGE, "digest")


def test_removes_what_a_killed_run_wrote_and_is_no_longer_public(tmp_path: Path) -> None:
    killed = begun(tmp_path)
    killed.put("index.html", b"front", "digest")
    killed.finish()
    killed.put(PAGE, b"page", "digest")
    (tmp_path / PAGE).with_name(".index.html.new").write_bytes(b"half a pa")
    killed.end()

    after = begun(tmp_path)
    assert after.has("index.html", "digest")
    assert after.remove_all_but({"index.html"}) == 1
    after.finish()

    assert names(tmp_path) == {"index.html", MANIFEST}
    assert not (tmp_path / "en").exists()


def test_a_name_that_was_cut_off_in_the_journal_is_none(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / JOURNAL).write_text("en/index.html\nen", encoding="utf-8")

    assert begun(tmp_path).remove_all_but(set()) == 1
    assert begun(tmp_path / "other").remove_all_but(set()) == 0


def test_is_written_by_one_program_at_a_time(tmp_path: Path) -> None:
    first, second = begun(tmp_path), CopyFolder(tmp_path)
    first.put(PAGE, b"page", "digest")

    with pytest.raises(AlreadyExists, match="another program writes the copy"):
        second.begin()
    first.finish()
    first.end()
    second.begin()

    # What the first one wrote meanwhile is known.
    assert second.has(PAGE, "digest")


@pytest.mark.parametrize(
    "manifest",
    ["", "{", "[]", "null", '"x"', "\udcff", '{"../outside": "x"}', '{"/outside": "x"}', '{"en/../../x": ""}'],
)
def test_a_damaged_manifest_is_refused_and_nothing_removed(tmp_path: Path, manifest: str) -> None:
    (tmp_path / MANIFEST).write_text(manifest, encoding="utf-8", errors="surrogateescape")
    (tmp_path / "index.html").write_text("front", encoding="utf-8")

    with pytest.raises(AlreadyExists, match=r"is damaged"):
        CopyFolder(tmp_path)

    assert names(tmp_path) == {MANIFEST, "index.html"}


def test_what_is_no_folder_or_lies_in_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")

    with pytest.raises(CannotCopy, match=r"cannot read the copy in .*file: Not a directory"):
        CopyFolder(tmp_path / "file")
    for place in ("file/deeper", "dangling"):
        with pytest.raises(CannotCopy, match=rf"cannot write the copy in .*{place}: "):
            begun(tmp_path / place)


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    folder.put(PAGE, b"page", "first")
    folder.finish()
    # In the way of the new file, as a full disk would be.
    beside = (tmp_path / PAGE).with_name(".index.html.new")
    beside.symlink_to("/dev/full")

    with pytest.raises(CannotCopy, match="No space left on device"):
        folder.put(PAGE, b"another page", "second")

    assert (tmp_path / PAGE).read_bytes() == b"page"
    assert folder.has(PAGE, "first")
    assert not beside.is_symlink()
    assert json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8")) == {PAGE: "first"}
