"""Runs blocking reads beside the event loop, on a small pool of threads."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from application.errors import StoreUnavailable
from infrastructure.store.base import StoreDown

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

THREADS = 4


class ReadPool:
    """A small pool of threads; reads beyond it wait."""

    def __init__(self) -> None:
        """Start without threads; the first reads create them."""
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="read")

    async def run(self, read: Callable[[], T]) -> T:
        """Run a read.

        Raises:
            StoreUnavailable: if the store cannot be reached.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, read)
        except StoreDown:
            raise StoreUnavailable("the store cannot be read at the moment") from None

    def close(self) -> None:
        """Wait for running reads, and refuse further ones."""
        self._threads.shutdown(cancel_futures=True)
