"""What many visits bring is written in one transaction: a commit costs.

One thread writes, for as long as anything waits; it waits a little for what will soon
be brought. Each order is told what its own step gave, or raised: if anything goes
wrong, nothing of the transaction is kept, and each step is taken alone.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Any, TypeVar

from syndicate.store import Connection

Made = TypeVar("Made")
Step = Callable[[Connection], Made]
Writing = Callable[[], AbstractContextManager[Connection]]

MOST = 300
"""Entries from which nobody waits for more."""
PATIENCE = 0.5
"""Seconds that are waited for what others will bring."""


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """A step that waits to be taken."""

    writing: Writing
    step: Step[Any]
    size: int
    made: Future[Any] = field(default_factory=Future)


class Together:
    """Writes what is brought, many steps in one transaction; threads may share it."""

    def __init__(self, most: int = MOST, patience: float = PATIENCE) -> None:
        self._most = most
        self._patience = patience
        self._news = Condition()
        self._waiting: list[_Order] = []
        self._coming = 0
        self._at_work = False

    @contextmanager
    def coming(self) -> Iterator[None]:
        """While this lasts, something to be written is on its way."""
        with self._news:
            self._coming += 1
        try:
            yield
        finally:
            with self._news:
                self._coming -= 1
                self._news.notify_all()

    def write(self, writing: Writing, step: Step[Made], size: int = 1) -> Future[Made]:
        """Have ``step`` taken inside a transaction of ``writing``, perhaps with others.

        The answer is what it gave, once that is committed, or what it raised. It is
        taken again if the transaction fails, so it must do nothing else. ``size`` is
        how many entries it keeps.
        """
        order = _Order(writing, step, size)
        with self._news:
            self._waiting.append(order)
            self._news.notify_all()
            if not self._at_work:
                self._at_work = True
                Thread(target=self._work, name="filing").start()
        return order.made

    def _work(self) -> None:
        while some := self._next():
            # Whoever does not wait any more is not served.
            wanted = [one for one in some if one.made.set_running_or_notify_cancel()]
            if wanted:
                _take_all(wanted)

    def _next(self) -> list[_Order]:
        """What is to be written now; nothing if this thread may end."""
        with self._news:
            if not self._waiting:
                self._at_work = False
                return []
            self._news.wait_for(self._are_enough, self._patience)
            taken = size = 0
            for one in self._waiting:
                if taken and size + one.size > self._most:
                    break
                taken, size = taken + 1, size + one.size
            some, self._waiting = self._waiting[:taken], self._waiting[taken:]
            return some

    def _are_enough(self) -> bool:
        return not self._coming or sum(one.size for one in self._waiting) >= self._most


def _take_all(some: Sequence[_Order]) -> None:
    """Take the steps in one transaction; if that fails, each in one of its own."""
    made: list[Any] = []
    try:
        with _without_collecting(), some[0].writing() as connection:
            made = [one.step(connection) for one in some]
    except BaseException as error:  # noqa: BLE001 -- told to whoever brought the step
        if len(some) == 1:
            some[0].made.set_exception(error)
            return
        for one in some:
            _take_all([one])
        return
    for one, each in zip(some, made, strict=True):
        one.made.set_result(each)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Put off the search for cycles: among entries there are none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
