"""HTML of programs, outputs, figures and exercises: the contract that tests and browsers rely on."""

import re
from html import escape

import markdown
import pygments
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from press.cache import Cache, digest
from press.edition import Edition, Entry
from press.figures import finish
from press.pages import Exercise, Page

_FORMATTER = HtmlFormatter(nowrap=True)
_LEXER = PythonLexer()
_PLAIN = re.compile(r'<span class="(?:w|n|p)">([^<]*)</span>')
_WORDS = markdown.Markdown(
    extensions=["pymdownx.arithmatex"], extension_configs={"pymdownx.arithmatex": {"generic": True}}
)


def words(text: str) -> str:
    """A line of Markdown, with formulas, as HTML without a paragraph around it."""
    return _WORDS.reset().convert(text).removeprefix("<p>").removesuffix("</p>")


def program_html(edition: Edition, entry: Entry, store: Cache) -> str:
    """A runnable block: its lines, what copies and downloads all of it, its output, its figure."""
    parts = [
        f'<div class="program" id="program-{entry.id}" data-source="{entry.source}">',
        code_html(entry.visible, store),
        _bar(entry),
    ]
    if output := entry.result.output.rstrip("\n"):
        parts.append(output_html(output))
    if entry.result.figures and entry.figure.get("alt"):
        alt = edition.fill(entry.page, entry.figure["alt"])
        caption = edition.fill(entry.page, entry.figure.get("caption", ""))
        parts.append(figure_html(entry.result.figures[0], f"{entry.page.stem}-{entry.id}", alt, caption))
    return "\n".join([*parts, "</div>"])


def code_html(text: str, store: Cache) -> str:
    """Python in colours, without the spans that Pygments puts around blanks, names and punctuation."""
    key = digest("code", text, pygments.__version__)
    coloured = store.get(key)
    if coloured is None:
        coloured = _PLAIN.sub(r"\1", highlight(text, _LEXER, _FORMATTER))
        store.put(key, coloured)
    return f'<div class="highlight"><pre tabindex="0"><span></span><code>{coloured}</code></pre></div>'


def output_html(output: str) -> str:
    return f'<pre class="program-output" tabindex="0" role="group" aria-label="Output">{escape(output)}</pre>'


def figure_html(svg: str, prefix: str, alt: str, caption: str) -> str:
    drawn = finish(svg, prefix, alt)
    return f'<figure class="program-figure">{drawn}<figcaption>{words(caption)}</figcaption></figure>'


def _bar(entry: Entry) -> str:
    text = entry.program.text
    lines = len(text.splitlines())
    label = "Copy program" if text.strip() == entry.visible.strip() else f"Copy program · {lines} lines"
    return (
        '<div class="program-bar" data-search-exclude>'
        f'<button type="button" class="program-copy md-button" data-clipboard-text="{escape(text)}">{label}</button>'
        f'<a class="program-download" href="{entry.file_name}" download>{entry.file_name}</a>'
        "</div>"
    )


def exercise_html(edition: Edition, page: Page, exercise: Exercise, store: Cache) -> str:
    """The stub open, the test and the solution folded."""
    entries = edition.entries[page.path]
    stub, test, solution = (entries.get(f"{exercise.id}{end}") for end in ("", "-test", "-solution"))
    if not (stub and test and solution):
        return ""
    return (
        f'<div class="exercise">\n{program_html(edition, stub, store)}\n'
        f"<details><summary>The test</summary>\n{program_html(edition, test, store)}\n</details>\n"
        f"<details><summary>A solution</summary>\n{program_html(edition, solution, store)}\n</details>\n</div>"
    )
