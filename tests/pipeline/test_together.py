"""What many bring is written in one transaction, and each hears of its own."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from threading import Event

import pytest

from syndicate.pipeline.together import Together


class Book:
    """A store of words that keeps whole transactions only."""

    def __init__(self):
        self.kept = []
        self.transactions = []

    @contextmanager
    def writing(self):
        page = []
        yield page
        self.kept += page
        self.transactions.append(list(page))


def note(word):
    def step(page):
        page.append(word)
        return word.upper()

    return step


def fail(page):
    page.append("half")
    raise ValueError("not this one")


@pytest.fixture
def book():
    return Book()


def bring(together, book, steps, *, size=1):
    """All of them while another is still on its way."""
    with together.coming():
        return [together.write(book.writing, step, size) for step in steps]


def test_what_waits_is_written_in_one_transaction_in_its_order(book):
    made = bring(Together(patience=30), book, map(note, ("a", "b", "c")))
    assert [one.result(5) for one in made] == ["A", "B", "C"]
    assert book.transactions == [["a", "b", "c"]]


def test_a_step_that_fails_harms_no_other_and_leaves_nothing(book):
    made = bring(Together(patience=30), book, [note("a"), fail, note("c")])
    assert [made[0].result(5), made[2].result(5)] == ["A", "C"]
    with pytest.raises(ValueError, match="not this one"):
        made[1].result(5)
    assert book.kept == ["a", "c"]


def test_a_commit_that_fails_is_told_to_everybody(book):
    @contextmanager
    def full():
        yield []
        raise OSError("no space left")

    together = Together(patience=30)
    with together.coming():
        made = [together.write(full, note(word)) for word in "ab"]
    for one in made:
        with pytest.raises(OSError, match="no space"):
            one.result(5)
    assert together.write(book.writing, note("c")).result(5) == "C"


def test_nobody_waits_for_more_than_enough(book):
    together = Together(most=10, patience=3600)
    with together.coming():
        made = [together.write(book.writing, note(word), 5) for word in "abc"]
        assert [made[0].result(5), made[1].result(5)] == ["A", "B"]
    assert made[2].result(5) == "C"
    assert book.transactions == [["a", "b"], ["c"]]


def test_what_is_larger_than_enough_is_written_alone(book):
    made = bring(Together(most=10, patience=30), book, map(note, "ab"), size=99)
    assert [one.result(5) for one in made] == ["A", "B"]
    assert book.transactions == [["a"], ["b"]]


def test_what_is_late_is_waited_for_a_little_only(book):
    together = Together(patience=0.01)
    with together.coming():
        assert together.write(book.writing, note("a")).result(5) == "A"


def test_whoever_does_not_wait_any_more_is_not_served(book):
    together = Together(patience=30)
    with together.coming():
        left, stays = (together.write(book.writing, note(word)) for word in "ab")
        assert left.cancel()
    assert stays.result(5) == "B"
    assert book.kept == ["b"]


def test_what_comes_while_another_writes_is_written_next(book):
    together, entered, go_on = Together(), Event(), Event()

    def slow(page):
        entered.set()
        assert go_on.wait(5)
        page.append("slow")

    first = together.write(book.writing, slow)
    assert entered.wait(5)
    second = together.write(book.writing, note("b"))
    go_on.set()
    assert (first.result(5), second.result(5)) == (None, "B")
    assert book.transactions == [["slow"], ["b"]]


def test_the_search_for_cycles_goes_on_afterwards(book):
    together = Together()
    seen = []
    together.write(book.writing, lambda _: seen.append(gc.isenabled())).result(5)
    with pytest.raises(ValueError, match="not this one"):
        together.write(book.writing, fail).result(5)
    together.write(book.writing, note("last")).result(5)
    assert seen == [False]
    for _ in range(500):
        if gc.isenabled():
            break
        Event().wait(0.01)
    assert gc.isenabled()
