"""Questions of one kind that come at the same moment share a read transaction.

A transaction of its own costs a small question far more than its answer. Whoever asks while one is under way waits for
the next, which begins after they have asked: so an answer is never older than its question, and nothing is cached.
"""

import asyncio
import contextvars
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.at_once import Here, at_once

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Find = Callable[[Here, Sequence[K]], Mapping[K, V]]
"""Answers several keys at once; a key that is not in the answer is answered with None. Runs as `at_once` says."""

AT_ONCE = 256
"""Keys of one question. More would keep the first of them waiting for the last."""


class Asking(Generic[K, V]):
    """One kind of question."""

    def __init__(self, read: Callable[[], AbstractAsyncContextManager[AsyncConnection]], find: Find[K, V]) -> None:
        self._read = read
        self._find = find
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self._task: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V | None:
        """What is committed now or later. Raises what `find` or the transaction raised."""
        answered: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(answered)
        if self._task is None:
            # Of nobody's context: it answers for all, so it must not log under the id of whoever came first.
            nobody = contextvars.Context()
            self._task = asyncio.create_task(self._answer(), name="asking", context=nobody)
        return await answered

    async def _answer(self) -> None:
        while self._waiting:
            keys = list(self._waiting)[:AT_ONCE]
            asked = [(key, self._waiting.pop(key)) for key in keys]
            try:
                async with self._read() as tx:
                    found = await at_once(tx, self._find, keys, snapshot=True)
            except Exception as failure:  # noqa: BLE001 - it belongs to everybody who asked
                _settle(asked, failure)
            except BaseException as ending:
                for _, futures in [*asked, *self._waiting.items()]:
                    for future in futures:
                        future.cancel()
                self._waiting.clear()
                self._task = None
                raise ending from None
            else:
                _settle(asked, found)
        self._task = None


def _settle(asked: Sequence[tuple[Any, list["asyncio.Future[Any]"]]], found: Mapping[Any, Any] | Exception) -> None:
    """Answer all who have not gone."""
    for key, futures in asked:
        for future in futures:
            if future.done():
                continue
            if isinstance(found, Exception):
                future.set_exception(found)
            else:
                future.set_result(found.get(key))
