"""Blocks of a part, encoded once each: put in a row they are the encoded part.

Quoted-printable goes line by line, so blocks that end with a line end can be put in a
row. Base64 goes by three bytes: such a block is filled up with a blank or two before
its last line end, and its last line is shorter than the others, which RFC 2045 §6.8
allows. What differs from member to member are words of one fixed length
(:class:`Slot`): all around them stays as it is.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from syndicate.digest.mime import WIDTH, quoted_printable
from syndicate.signing import LENGTH

_LINE = WIDTH // 4 * 3
_LEAVE = "0leave".ljust(LENGTH, "0")
_CHOOSE = "0choose".ljust(LENGTH, "0")
WORDS = (_LEAVE, _CHOOSE)
"""Stand for a member's own words; tokens never hold a nought."""
LEAVE, CHOOSE = WORDS


class Coding(StrEnum):
    """A transfer encoding (RFC 2045 §6)."""

    QUOTED = "quoted-printable"
    BASE64 = "base64"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a member's own words come in: mostly one."""

    run: tuple[bytes | int, ...]
    """Places of words in :data:`WORDS`, and what shares groups of three bytes with
    them (base64 only)."""
    cuts: tuple[int, ...]
    """Where its encoded form is broken over lines, the last one first."""
    coding: Coding

    def filled(self, words: Sequence[bytes]) -> bytes:
        """Return the words as the part carries them."""
        whole = b"".join(
            one if isinstance(one, bytes) else words[one] for one in self.run
        )
        end = b"=\r\n"
        if self.coding is Coding.BASE64:
            whole, end = binascii.b2a_base64(whole, newline=False), b"\r\n"
        for cut in self.cuts:
            whole = whole[:cut] + end + whole[cut:]
        return whole


Piece = bytes | Slot


def crlf(text: str) -> bytes:
    """Return a block as the part holds it: UTF-8, lines that end with CRLF."""
    if not text:
        return b""
    lines = re.sub(r"\r\n|\r|\n", "\r\n", text)
    whole = lines if lines.endswith("\r\n") else f"{lines}\r\n"
    return whole.encode("utf-8")


def coded(block: bytes, coding: Coding) -> bytes:
    """Encode a block that ends with CRLF; such blocks can be put in a row."""
    if coding is Coding.QUOTED:
        return quoted_printable(block)
    return _in_lines(binascii.b2a_base64(_filled(block), newline=False))


def length(block: bytes, coding: Coding) -> int:
    """Count the bytes of a block as it is encoded."""
    if coding is Coding.QUOTED:
        return len(coded(block, coding))
    packed = -(-len(block) // 3) * 4
    return packed + -(-packed // WIDTH) * 2


def shortest(blocks: Sequence[bytes]) -> Coding:
    """Choose the encoding that makes the part shorter; readable if it is the same."""
    lengths = {
        coding: sum(length(block, coding) for block in blocks) for coding in Coding
    }
    return min(Coding, key=lambda coding: lengths[coding])


def slotted(block: bytes, coding: Coding) -> tuple[Piece, ...]:
    """Encode a block in which :data:`WORDS` stand for a member's own words."""
    whole = coded(block, coding)
    if coding is Coding.QUOTED:
        return tuple(_quoted(whole))
    return tuple(_packed(_filled(block), whole))


def _filled(block: bytes) -> bytes:
    """Fill a block up to whole groups of three bytes, before its last line end."""
    short = -len(block) % 3
    return block[:-2] + b" " * short + block[-2:] if short else block


def _in_lines(packed: bytes) -> bytes:
    lines = (packed[at : at + WIDTH] for at in range(0, len(packed), WIDTH))
    return b"".join(line + b"\r\n" for line in lines)


def _quoted(whole: bytes) -> Iterator[Piece]:
    """Find the words in quoted-printable; a line may end in the middle of one."""
    end = 0
    for match in _BROKEN.finditer(whole):
        word, cuts = match.group(), []
        while (cut := word.rfind(b"=\r\n")) >= 0:
            cuts.append(cut)
            word = word[:cut] + word[cut + 3 :]
        yield whole[end : match.start()]
        which = WORDS.index(word.decode("ascii"))
        yield Slot((which,), tuple(cuts), Coding.QUOTED)
        end = match.end()
    yield whole[end:]


def _broken(word: str) -> bytes:
    return rb"(?:=\r\n)?".join(re.escape(letter.encode()) for letter in word)


_BROKEN = re.compile(b"|".join(map(_broken, WORDS)))
_WHOLE = re.compile("|".join(WORDS).encode("ascii"))


def _packed(block: bytes, whole: bytes) -> Iterator[Piece]:
    end = 0
    for first, last in _groups(block):
        start, stop = first // 3 * 4, last // 3 * 4
        yield whole[end : start + start // WIDTH * 2]
        cuts = [at - start for at in range(start + 1, stop) if at % WIDTH == 0]
        run = tuple(_run(block[first:last]))
        yield Slot(run, tuple(reversed(cuts)), Coding.BASE64)
        end = stop + (stop - 1) // WIDTH * 2
    yield whole[end:]


def _groups(block: bytes) -> list[tuple[int, int]]:
    """Say from where to where a word, or words side by side, decide what is written."""
    found: list[tuple[int, int]] = []
    for match in _WHOLE.finditer(block):
        first, last = match.start() // 3 * 3, -(-match.end() // 3) * 3
        if found and first < found[-1][1]:
            first = found.pop()[0]
        found.append((first, last))
    return found


def _run(some: bytes) -> Iterator[bytes | int]:
    end = 0
    for match in _WHOLE.finditer(some):
        yield some[end : match.start()]
        yield WORDS.index(match.group().decode("ascii"))
        end = match.end()
    yield some[end:]


@dataclass(frozen=True, slots=True)
class Row:
    """Pieces in a row: what is the same for all, and between it a member's words."""

    runs: tuple[tuple[bytes, ...], ...]
    """One more than there are slots."""
    slots: tuple[Slot, ...]

    def filled(self, words: Sequence[bytes]) -> bytes:
        """Return the row with a member's words in their places."""
        whole = [*self.runs[0]]
        for slot, run in zip(self.slots, self.runs[1:], strict=True):
            whole.append(slot.filled(words))
            whole += run
        return b"".join(whole)


def row(pieces: Iterable[Piece]) -> Row:
    """Put pieces in a row; the bytes stay those that they are."""
    runs: list[list[bytes]] = [[]]
    slots: list[Slot] = []
    for piece in pieces:
        if isinstance(piece, Slot):
            slots.append(piece)
            runs.append([])
        elif piece:
            runs[-1].append(piece)
    return Row(tuple(map(tuple, runs)), tuple(slots))


def stitched(pieces: Iterable[Piece], words: Sequence[bytes]) -> bytes:
    """Put a member's words into their places."""
    return row(pieces).filled(words)
