"""Takes one language out of a sentence that says a thing in Chinese first and in English after it.

What programs and letters read holds both (`receipts/says.py`); a page shows one of them.
"""

from __future__ import annotations

import re

from api.languages import CHINESE

CLAUSES = "；"
LAST_CHINESE = re.compile(r".*[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", re.DOTALL)
ENGLISH_WORD = re.compile(r"[a-z]{2,}")


def one_language(sentence: str, language: str) -> str:
    """Return what a sentence says in a language; all of it, where it says it in one alone."""
    parts = [_halves(clause) for clause in sentence.split(CLAUSES)]
    if language == CHINESE:
        return CLAUSES.join(chinese or english for chinese, english in parts)
    return "; ".join(english for _, english in parts if english) or sentence


def _halves(clause: str) -> tuple[str, str]:
    """Part a clause after its last Chinese character; names and numbers alone are no English."""
    found = LAST_CHINESE.match(clause)
    if found is None:
        return "", clause
    chinese, rest = found[0], clause[found.end() :].strip()
    if not ENGLISH_WORD.search(rest):
        return clause, ""
    return _without_bracket(chinese), rest.strip("()")


def _without_bracket(chinese: str) -> str:
    """Put a colon where the bracket opened that the English half has closed."""
    return chinese if chinese.count("(") == chinese.count(")") else chinese.replace(" (", "：", 1)
