"""The program that the tests of this folder share."""

from tests.application.shared_program import program, shared_program

__all__ = ["program", "shared_program"]
