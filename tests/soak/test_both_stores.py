"""What the suite runs on one store alone, on both, and in as many processes as there are cores."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.stores import OPTION

ROOT = Path(__file__).parents[2]


@pytest.mark.alone
@pytest.mark.long
class TestSuite:
    @pytest.mark.parametrize("folder", ["api", "application", "contracts"])
    def test_passes_on_both_stores(self, folder: str, process_environment: dict[str, str]) -> None:
        outcome = subprocess.run(
            [*(sys.executable, "-m", "pytest", f"tests/{folder}", OPTION), "--numprocesses=auto", "--dist=worksteal"],
            cwd=ROOT,
            env=process_environment,
            capture_output=True,
            text=True,
            check=False,
        )

        print(outcome.stdout)
        assert outcome.returncode == 0, outcome.stderr
