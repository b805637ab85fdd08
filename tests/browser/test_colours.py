"""The colours of the figures: visible on their background, and different for every reader."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

CSS = (Path(__file__).parents[2] / "press/theme/assets/stylesheets/press.css").read_text("utf-8")
# Machado, Oliveira and Fernandes (2009), full severity, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


def linear(colour):
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    dark, light = sorted(linear(c) @ (0.2126, 0.7152, 0.0722) for c in (a, b))
    return (light + 0.05) / (dark + 0.05)


def oklab(rgb):
    """Ottosson (2020): a space in which distance is difference as seen."""
    lms = [
        [0.41222147, 0.53633254, 0.05144599],
        [0.2119035, 0.68069955, 0.10739696],
        [0.08830246, 0.28171884, 0.6299787],
    ]
    lab = [
        [0.21045426, 0.79361779, -0.00407205],
        [1.9779985, -2.42859221, 0.45059371],
        [0.02590404, 0.78277177, -0.80867577],
    ]
    return np.cbrt(np.clip(rgb, 0, 1) @ np.transpose(lms)) @ np.transpose(lab)


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    """name → colour, in the order of the style sheet: light first."""
    found = re.findall(r"--(figure-\w+): (#\w{6})", CSS)
    half = len(found) // 2
    return dict(found[:half] if request.param == "light" else found[half:])


def test_there_are_seven_lines_a_grey_and_a_background(scheme):
    assert set(scheme) == {*(f"figure-{i}" for i in range(1, 9)), "figure-background"}


def test_every_line_stands_out_from_the_background(scheme):
    background = scheme.pop("figure-background")
    assert {name: c for name, c in scheme.items() if contrast(c, background) < 3} == {}


def test_labels_in_the_first_four_colours_and_grey_can_be_read(scheme):
    for name in ("figure-1", "figure-2", "figure-3", "figure-4", "figure-8"):
        assert contrast(scheme[name], scheme["figure-background"]) >= 4.5, name


@pytest.mark.parametrize("vision", VISION)
def test_lines_differ_for_every_vision(scheme, vision):
    seen = {i: oklab(linear(scheme[f"figure-{i}"]) @ np.transpose(VISION[vision])) for i in range(1, 8)}
    nearest = min(float(np.linalg.norm(seen[a] - seen[b])) for a, b in combinations(seen, 2))
    assert nearest >= 0.1  # in Matplotlib's own cycle, seen with deuteranopia, it is 0.04
