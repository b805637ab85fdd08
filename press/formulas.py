"""Formulas: TeX to HTML with MathML, by KaTeX, when the site is built."""

import html
import re
from functools import cache
from pathlib import Path

from press.cache import Cache, digest

_KATEX = Path(__file__).parent / "katex" / "katex.min.js"
# What pymdownx.arithmatex leaves in its generic mode; any renderer could take its place here.
_FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">(?:\\\((?P<inline>.*?)\\\)|\\\[(?P<display>.*?)\\\])</(?P=tag)>', re.DOTALL
)
_ANNOTATION = re.compile(r"<annotation.*?</annotation>", re.DOTALL)
# What is left of a formula that was not recognised, outside code and tags: a space stands inside its dollars.
_CODE = re.compile(r"<(code|pre)\b.*?</\1>", re.DOTALL)
_RAW = re.compile(r"\$(?=\s|[^$<>\n]*\s\$)([^$<>\n]*\\[^$<>\n]*)\$")
_RENDER = """
(function () {
  try {
    return {html: katex.renderToString(dukpy.tex, {displayMode: dukpy.display, strict: "error"})};
  } catch (error) {
    return {error: String(error.message || error)};
  }
})()
"""


def set_formulas(page_html: str, store: Cache) -> tuple[str, list[tuple[str, str]]]:
    """The HTML with every formula set, and (formula, what is wrong) for those that cannot be."""
    faults: list[tuple[str, str]] = []

    def set_one(match: re.Match) -> str:
        display = match["display"] is not None
        tex = html.unescape(match["display"] if display else match["inline"]).strip()
        answer = _render(tex, display, store)
        if "error" in answer:
            faults.append((tex, answer["error"]))
            return match[0]
        html_of = _said_once(answer["html"], display)
        if display:
            return f'<div class="formula" tabindex="0" role="group" aria-label="Formula">{html_of}</div>'
        return html_of

    page = _FORMULA.sub(set_one, page_html)
    unset = "a space stands next to a dollar, inside"
    faults += [(html.unescape(tex), unset) for tex in _RAW.findall(_CODE.sub("", page))]
    return page, faults


def _said_once(katex: str, display: bool) -> str:
    """A formula that the search indexes once: as MathML, without its TeX and without the glyphs for the eye."""
    before, seen, glyphs = _ANNOTATION.sub("", katex).partition('<span class="katex-html" aria-hidden="true">')
    if not seen:
        return katex
    ends = "</span>" * (2 if display else 1)
    glyphs = glyphs.removesuffix("</span>" + ends)
    # Not a span: the search plugin finds the end of what it leaves out by the name of the tag.
    return f'{before}<bdi class="katex-html" aria-hidden="true" data-search-exclude>{glyphs}</bdi>{ends}'


def _render(tex: str, display: bool, store: Cache) -> dict[str, str]:
    key = digest("formula", tex, display, _katex())
    answer = store.get(key)
    if answer is None:
        answer = _interpreter().evaljs(_RENDER, tex=tex, display=display)
        if "html" in answer:
            store.put(key, answer)
    return answer


@cache
def _katex() -> str:
    return digest(_KATEX.read_text(encoding="utf-8"))


@cache
def _interpreter():
    import dukpy  # here, since a warm rebuild sets no formula

    interpreter = dukpy.JSInterpreter()
    interpreter.evaljs("var document = undefined; var self = this; var module, exports, define;")
    interpreter.evaljs(_KATEX.read_text(encoding="utf-8") + "; null")
    return interpreter
