"""A figure in a page is small, labelled, its own master, and follows the reader's colours."""

import io
import xml.etree.ElementTree as ET

import matplotlib as mpl
import matplotlib.figure
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG

from press.figures import LINES, SECONDARY, STYLE, TEXT, finish


def draw(paint) -> str:
    with mpl.rc_context(STYLE):
        figure = matplotlib.figure.Figure()
        FigureCanvasSVG(figure)
        paint(figure.add_subplot())
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
        return file.getvalue()


@pytest.fixture(scope="module")
def figure():
    def paint(ax):
        ax.plot([0, 1], [0, 1], label="a < b")
        ax.plot(range(50), range(50), "o", rasterized=False)
        ax.axhline(0.5, color="C7")
        ax.text(0, 0, "bold", weight="bold")
        ax.legend()

    return draw(paint)


def test_it_is_an_image_with_a_label(figure):
    root = ET.fromstring(finish(figure, "one", 'A "line" & more'))
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'A "line" & more'
    assert root.get("viewBox").startswith("0 0 432")
    assert root.get("width") == "576"


def test_its_colours_are_those_of_the_scheme(figure):
    text = finish(figure, "one", "A line.")
    assert "var(--figure-1)" in text
    assert "var(--figure-8)" in text
    assert "currentColor" in text
    assert not any(colour in text for colour in (*LINES, SECONDARY, TEXT))


def test_two_figures_of_a_page_share_no_names(figure):
    def names(prefix):
        return {element.get("id") for element in ET.fromstring(finish(figure, prefix, "A line.")).iter()} - {None}

    assert names("one") and names("two")
    assert not names("one") & names("two")


def test_every_reference_leads_to_a_name(figure):
    root = ET.fromstring(finish(figure, "one", "A line."))
    names = {element.get("id") for element in root.iter()}
    used = [element.get("href")[1:] for element in root.iter() if element.get("href", "").startswith("#")]
    assert used
    assert set(used) <= names


def test_it_brings_no_font_date_or_style_sheet(figure):
    text = finish(figure, "one", "A line.")
    for word in ("DejaVu", "<metadata", "<style", "<?xml", "xmlns", "clip-path: none"):
        assert word not in text
    assert "font-weight: bold" in text or "font-weight: 700" in text or "bold" in text


def test_it_is_a_good_deal_smaller_and_always_the_same(figure):
    once, again = finish(figure, "one", "A line."), finish(figure, "one", "A line.")
    assert once == again
    assert len(once) < 0.7 * len(figure)


def test_markers_share_their_style(figure):
    text = finish(figure, "one", "A line.")
    marker = max(text.split("<g"), key=lambda group: group.count("<use"))
    assert marker.count("<use") == 50
    assert marker.count("style=") == 1
