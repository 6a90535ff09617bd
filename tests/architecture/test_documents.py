"""The documents are short where a newcomer begins, and say what the code says."""

import re

from api.cli.reference import README as REFERENCE
from api.cli.reference import filled
from infrastructure.settings import Settings
from tests.architecture.tree import ROOT

FIRST_PAGE = ROOT / "README.md"
MOST_BYTES = 8 * 1024
MOST_COMMANDS = 12
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


class TestFirstPage:
    def test_is_short(self) -> None:
        assert FIRST_PAGE.stat().st_size <= MOST_BYTES

    def test_has_one_block_of_few_commands(self) -> None:
        blocks = BLOCK.findall(FIRST_PAGE.read_text(encoding="utf-8"))

        assert len(blocks) == 1
        assert 0 < len(commands(blocks[0])) <= MOST_COMMANDS

    def test_is_found_to_have_more_commands_than_it_may(self) -> None:
        assert len(commands("make run &\n# A comment.\n\nsend /v1/status \\\n  -d '{}'\n")) == 2


class TestReference:
    def test_is_current(self) -> None:
        written = REFERENCE.read_text(encoding="utf-8")

        assert filled(written) == written, "the reference is not that of the code; run: make docs"

    def test_says_what_each_setting_sets(self) -> None:
        assert [name for name, field in Settings.model_fields.items() if not field.description] == []

    def test_is_found_when_it_is_not(self) -> None:
        written = REFERENCE.read_text(encoding="utf-8")
        for said in ("`GET /v1/incidents?", "| `not_stable_yet`", "| `BITACORA_PORT`", "- `bitacora serve "):
            older = written.replace(said, "", 1)

            assert older != written, said
            assert filled(older) == written, said


def commands(block: str) -> list[str]:
    """Give the commands of a shell block, each on one line."""
    lines = block.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
