"""Figures: Matplotlib's SVG made small, deterministic, and readable in light and dark."""

import re
import xml.etree.ElementTree as ET

# Colours that stand in for the reader's scheme while Matplotlib draws; `finish` replaces them.
TEXT = "#17191d"
BACKGROUND = "#fdfdfe"
LINES = ("#0b62a8", "#c2570c", "#15803e", "#a3278f", "#8a6a08", "#0f7f85", "#5b4fc7")
SECONDARY = "#74777f"

VARIABLES = {
    TEXT: "currentColor",
    BACKGROUND: "var(--figure-background)",
    **{colour: f"var(--figure-{i})" for i, colour in enumerate((*LINES, SECONDARY), 1)},
}

STYLE = {
    "figure.figsize": (6.0, 3.6),
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "none",
    "savefig.dpi": 144,
    "font.size": 10,
    "font.family": ["DejaVu Sans"],
    "axes.facecolor": "none",
    "axes.edgecolor": SECONDARY,
    "axes.labelcolor": TEXT,
    "axes.titlecolor": TEXT,
    "axes.titlesize": 10,
    "axes.prop_cycle": f"cycler('color', {[*LINES, SECONDARY]})",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": SECONDARY,
    "grid.alpha": 0.3,
    "hatch.color": SECONDARY,
    "legend.facecolor": BACKGROUND,
    "legend.edgecolor": SECONDARY,
    "legend.framealpha": 0.85,
    "lines.linewidth": 1.8,
    "patch.edgecolor": TEXT,
    "boxplot.boxprops.color": TEXT,
    "boxplot.capprops.color": TEXT,
    "boxplot.flierprops.color": TEXT,
    "boxplot.flierprops.markeredgecolor": TEXT,
    "boxplot.whiskerprops.color": TEXT,
    "text.color": TEXT,
    "text.parse_math": True,
    "xtick.color": SECONDARY,
    "xtick.labelcolor": TEXT,
    "ytick.color": SECONDARY,
    "ytick.labelcolor": TEXT,
    "svg.fonttype": "none",
    "svg.hashsalt": "figures",
}

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_COLOUR = re.compile("|".join(VARIABLES))
_FONT = re.compile(r"; font-family: *[^;]+")
_UNTURNED = re.compile(r"rotate\(-?0(?:\.0*)? [^)]*\)")
_DECIMALS = re.compile(r"(\d+\.\d\d)\d+")


def finish(svg: str, prefix: str, alt: str) -> str:
    """Matplotlib's SVG as it stands in a page: role, label, own ids, colours of the scheme, no font of its own."""
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    root = ET.fromstring(svg)
    _drop(root, "metadata", "style")
    names = _short_names(root, prefix)
    for element in root.iter():
        _rewrite(element, names)
    _share_styles(root)
    for key in ("version", "width", "height"):
        root.attrib.pop(key, None)
    width, height = (float(number) for number in root.attrib["viewBox"].split()[2:])
    # Matplotlib counts points; a screen shows 4/3 pixels for each.
    root.attrib |= {
        "role": "img",
        "aria-label": alt,
        "width": f"{width * 4 / 3:.0f}",
        "height": f"{height * 4 / 3:.0f}",
    }
    text = ET.tostring(root, encoding="unicode")
    text = re.sub(r">\s+<", "><", text)
    return text.replace(f' xmlns="{_SVG}"', "").replace(f' xmlns:xlink="{_XLINK}"', "").replace("xlink:href", "href")


def _drop(root: ET.Element, *tags: str) -> None:
    unwanted = {f"{{{_SVG}}}{tag}" for tag in tags}
    empty = f"{{{_SVG}}}defs"
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in unwanted or (child.tag == empty and all(inner.tag in unwanted for inner in child)):
                parent.remove(child)


def _share_styles(root: ET.Element) -> None:
    """Markers of one kind repeat their style; their group can hold it for them."""
    for group in root.iter(f"{{{_SVG}}}g"):
        markers = group.findall(f"{{{_SVG}}}use")
        styles = {marker.get("style") for marker in markers}
        if len(markers) > 1 and len(styles) == 1 and None not in styles and "style" not in group.attrib:
            group.set("style", styles.pop())
            for marker in markers:
                del marker.attrib["style"]


def _short_names(root: ET.Element, prefix: str) -> dict[str, str]:
    """A new name for every id that something refers to."""
    referred = []
    for element in root.iter():
        for key, value in element.attrib.items():
            referred += _REFERENCE.findall(value)
            if key in ("href", f"{{{_XLINK}}}href") and value.startswith("#"):
                referred.append(value[1:])
    return {name: f"{prefix}-{i}" for i, name in enumerate(dict.fromkeys(referred))}


def _rewrite(element: ET.Element, names: dict[str, str]) -> None:
    if "id" in element.attrib:
        if element.attrib["id"] in names:
            element.attrib["id"] = names[element.attrib["id"]]
        else:
            del element.attrib["id"]
    for key, value in element.attrib.items():
        if value.startswith("data:"):
            continue
        if key in ("href", f"{{{_XLINK}}}href") and value.startswith("#"):
            value = "#" + names[value[1:]]
        value = _REFERENCE.sub(lambda m: f"url(#{names[m[1]]})", value)
        if key == "style":
            value = _FONT.sub("", value)
        if key in ("style", "fill", "stroke"):
            value = _COLOUR.sub(lambda m: VARIABLES[m[0]], value)
        if key in ("d", "transform", "x", "y", "width", "height", "points"):
            value = _DECIMALS.sub(r"\1", value)
            value = _UNTURNED.sub("", re.sub(r"\s+", " ", value)).strip()
        element.attrib[key] = value
    if element.attrib.get("transform") == "":
        del element.attrib["transform"]
