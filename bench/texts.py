"""Texts of our own making, as long and as varied as news, the same for a seed.

Words are put together from Vietnamese sounds and drawn by Zipf's law, so that 3-grams
repeat about as they do in real articles: a few formulas stand everywhere, most
wording stands in one text alone. A small vocabulary would make all texts look alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random

_ONSETS = {
    "vi": "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x",
    "fr": "b c ch d f g j l m n p qu r s t v tr pr cl gr",
}
_RIMES = {
    "vi": "a á à ả ã ạ ăn ắng ặc âm ấp ân ật ây e é ẻ ê ế ề ệ iên iệt iều inh o ó ò ỏ"
    " ong ông ốc ô ồ ộ ơ ớ ờ ợi u ú ù ụ ung ư ứ ừ ước ượng ương y ý ỳ",
    "fr": "a é è ê ai au eau eu i in o oi on ou u an ant ette ique ment tion age",
}
_FORMULAS = {
    "vi": (
        "Thực hiện nghị quyết đại hội đảng bộ tỉnh nhiệm kỳ mới",
        "Phát biểu tại hội nghị, đồng chí chủ trì nhấn mạnh",
        "Cùng dự có các đồng chí trong ban thường vụ",
        "Căn cứ tình hình thực tế tại địa phương",
    ),
    "fr": ("Selon les chiffres publiés par la commune", "Le conseil a rappelé que"),
}
_WORDS = 6_000


@dataclass(frozen=True, slots=True)
class Text:
    """An article without its address."""

    title: str
    paragraphs: tuple[str, ...]


def article(rng: Random, language: str = "vi", size: int = 3_000) -> Text:
    """Return a text of about ``size`` characters."""
    own = _particulars(rng, language)
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < size:
        left = size - sum(map(len, paragraphs))
        most = min(left, rng.randint(250, 700))
        paragraphs.append(_paragraph(rng, language, most, own))
    return Text(_title(rng, language), tuple(paragraphs))


def copied(rng: Random, text: Text) -> Text:
    """Return ``text`` as another would repeat it: reframed, now and then cut."""
    kept = text.paragraphs
    if len(kept) > 3 and rng.random() < 0.3:
        kept = kept[: len(kept) * 2 // 3]
    frame = (f"({rng.choice(('Tin tổng hợp', 'Theo báo bạn', 'TH'))}) {kept[0]}",)
    return Text(text.title, frame + kept[1:])


@cache
def _vocabulary(language: str) -> tuple[list[str], list[float]]:
    """Words of one or two syllables with their cumulative weights (Zipf)."""
    rng = Random(f"words:{language}")
    onsets, rimes = _ONSETS[language].split(), _RIMES[language].split()
    words = [
        " ".join(
            rng.choice(onsets) + rng.choice(rimes) for _ in range(rng.choice((1, 2, 2)))
        )
        for _ in range(_WORDS)
    ]
    return words, list(accumulate(1 / (rank + 10) for rank in range(_WORDS)))


def _title(rng: Random, language: str) -> str:
    return " ".join(_draw(rng, language, rng.randint(6, 9))).capitalize()


def _particulars(rng: Random, language: str) -> list[str]:
    """Names and figures of one text: it says them again, and hardly another does."""
    onsets, rimes = _ONSETS[language].split(), _RIMES[language].split()
    names = (
        " ".join(
            (rng.choice(onsets) + rng.choice(rimes)).title()
            for _ in range(rng.choice((2, 3)))
        )
        for _ in range(6)
    )
    return [*names, *(str(rng.randint(2, 9_999)) for _ in range(6))]


def _paragraph(rng: Random, language: str, size: int, own: list[str]) -> str:
    sentences: list[str] = []
    while sum(map(len, sentences)) < size:
        sentences.append(_sentence(rng, language, own))
    return " ".join(sentences)


def _sentence(rng: Random, language: str, own: list[str]) -> str:
    words = _draw(rng, language, rng.randint(8, 20))
    for at in range(2, len(words), 7):
        words[at] = rng.choice(own)
    if rng.random() < 0.08:
        return f"{rng.choice(_FORMULAS[language])} {' '.join(words)}."
    return f"{words[0].capitalize()} {' '.join(words[1:])}."


def _draw(rng: Random, language: str, count: int) -> list[str]:
    words, weights = _vocabulary(language)
    return rng.choices(words, cum_weights=weights, k=count)
