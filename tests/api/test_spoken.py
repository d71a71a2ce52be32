"""Templates compiled for one language show what choosing while a page is made shows."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader

from api.languages import LANGUAGES, saying
from api.spoken import Spoken

PAGE = (
    "{{ say('甲 & <b>', 'A & <b>') }}{% if lang == 'zh' %}中{% else %}E{% endif %}{{ lang }}"
    "{{ say(*words) }}{{ say('第 %d 条', 'no %d') | format(7) }}{{ say(words[1], 'x') }}"
    "{% from 'part' import part with context %}{{ part(say('乙', 'B')) }}"
)
PART = "{% macro part(title) %}<p>{{ title }}{{ say('丙', 'C') }}</p>{% endmacro %}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_chosen_beforehand_are_those_chosen_at_reading(language: str) -> None:
    choosing = Spoken(loader=DictLoader({"page": PAGE, "part": PART}), autoescape=True)
    given = {"say": saying(language), "lang": language, "words": ("丁", "<D>")}

    shown = choosing.speaking(language).get_template("page").render(given)

    assert shown == choosing.get_template("page").render(given)


def test_fixed_words_are_not_chosen_at_reading() -> None:
    spoken = Spoken(loader=DictLoader({"page": "{{ say('甲', 'A') }}{{ lang }}"})).speaking("en")

    assert spoken.get_template("page").render() == "Aen"
