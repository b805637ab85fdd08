"""Formulas are set when the site is built, for eyes and for screen readers, and a mistake is told."""

import html

import pytest

from press.cache import Cache
from press.formulas import set_formulas


def inline(tex: str) -> str:
    return f'<span class="arithmatex">\\({html.escape(tex)}\\)</span>'


def display(tex: str) -> str:
    return f'<div class="arithmatex">\\[{html.escape(tex)}\\]</div>'


@pytest.mark.parametrize("mark", [inline, display])
def test_a_formula_is_set_with_mathml_for_those_who_listen(mark):
    text, faults = set_formulas(f"<p>Let {mark('z = x θ < 1')}.</p>", Cache(None))
    assert faults == []
    assert "<math" in text
    assert "<mi>z</mi>" in text
    assert 'class="katex-html" aria-hidden="true" data-search-exclude>' in text
    assert "arithmatex" not in text
    assert "annotation" not in text
    assert text.count("<span") == text.count("</span>")
    assert text.count("<bdi") == text.count("</bdi>") == 1


def test_a_wide_formula_can_be_scrolled_with_the_keyboard():
    text, _ = set_formulas(display(r"\begin{aligned} a &= b \\ c &= d \end{aligned}"), Cache(None))
    assert '<div class="formula" tabindex="0" role="group" aria-label="Formula">' in text


@pytest.mark.parametrize("tex", [r"\thetta", r"\frac{1}", r"a_b_c"])
def test_a_mistake_is_told_with_its_formula(tex):
    text, faults = set_formulas(inline(tex), Cache(None))
    assert [formula for formula, _ in faults] == [tex]
    assert text == inline(tex)


@pytest.mark.parametrize("tex", [r"x = \theta h + ", r" \theta"])
def test_a_formula_that_would_be_published_as_dollars_is_told(tex):
    text = rf"<p>${tex}$ noise, <code>$\theta $</code> and $5</p>"
    (fault,) = set_formulas(text, Cache(None))[1]
    assert fault == (tex, "a space stands next to a dollar, inside")


def test_a_formula_is_set_once_and_then_kept(tmp_path):
    cache = Cache(tmp_path)
    first = set_formulas(inline("x"), cache)
    assert len(list(tmp_path.iterdir())) == 1
    assert set_formulas(inline("x"), cache) == first


def test_text_without_formulas_stays_as_it_is():
    assert set_formulas("<p>5 $ and 6 $</p>", Cache(None)) == ("<p>5 $ and 6 $</p>", [])
