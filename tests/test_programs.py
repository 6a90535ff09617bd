"""A test whose program is missing is skipped, and fails where everything has to run."""

import pytest

from tests.programs import find_program


class TestProgram:
    def test_is_found_by_its_path(self) -> None:
        assert find_program("sh", package="dash", required=True).endswith("/sh")

    def test_that_is_missing_is_said_to_be(self) -> None:
        with pytest.raises(pytest.skip.Exception, match=r"no-such-program is not installed; .* apt install some"):
            find_program("no-such-program", package="some", required=False)

    def test_that_is_missing_fails_where_everything_has_to_run(self) -> None:
        with pytest.raises(pytest.fail.Exception, match=r"no-such-program is not installed; .* apt install some"):
            find_program("no-such-program", package="some", required=True)
