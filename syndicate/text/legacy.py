"""Vietnamese in the letters of before Unicode."""

from __future__ import annotations

import re

# A sign that is no letter beside one, or a capital with an accent inside a word.
_TCVN3 = re.compile(
    r"[^\W\d_][©¬®µ¶·¸¹»¼½¾×÷§]|[©¬®µ¶·¸¹»¼½¾§][^\W\d_]|[a-z][ÐÌÎÏÑÊÇÈÉËÕÒÓÔÖÝØÜÞÆ]"
    r"|^[©®¬µ¸¹]$"
)
_VNI = re.compile(
    r"[aeouyAEOUY][ùøûõïâáàåãäêéèúüëæÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜËÆ]|\b[ñÑ][aeiouyAEIOUYöÖ]"
)
_UNICODE_VIETNAMESE = re.compile("[\u1ea0-\u1ef9ăđơưĂĐƠƯ]")
_TOKEN = re.compile(r"\S*[^\W\d_]\S*")


def legacy_encoding(text: str) -> bool:
    """Whether ``text`` is Vietnamese in TCVN3 or VNI letters, read as Latin-1.

    "Uû ban nh©n d©n", "Coäng hoøa". Such text must not be published.
    """
    tokens = _TOKEN.findall(text[:20_000])
    if not tokens or 4 * len(_UNICODE_VIETNAMESE.findall(text[:20_000])) > len(tokens):
        return False
    broken = sum(1 for token in tokens if _TCVN3.search(token))
    doubled = sum(1 for token in tokens if _VNI.search(token))
    # French has such pairs of vowels too ("où", "Noël"), though far fewer.
    return broken >= max(2, len(tokens) / 5) or doubled >= max(2, len(tokens) * 0.4)
