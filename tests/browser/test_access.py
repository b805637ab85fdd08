"""Everyone can read and operate every page: with a keyboard, a screen reader, on a telephone, on paper."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
FOLDED = "details:not(.md-search-result__more)"

# What axe would look at thousands of times: the inside of figures and formulas, which screen readers do not see,
# and tokens of code, of which the first of each kind stands for all. And axe does not count MathML as the text of a
# table's header.
THIN_OUT = """() => {
    for (const e of document.querySelectorAll("th math")) e.replaceWith(e.textContent);
    for (const e of document.querySelectorAll(".katex-html, article svg > *")) e.remove();
    const seen = new Set();
    for (const token of document.querySelectorAll(".highlight code span")) {
        if (seen.has(token.className)) token.replaceWith(...token.childNodes);
        else seen.add(token.className);
    }
    for (const code of document.querySelectorAll(".highlight code")) code.normalize();
}"""


def describe(violations):
    return "\n".join(
        f"{v['id']} ({v['impact']}): {v['help']}\n    " + "\n    ".join(str(n["target"]) for n in v["nodes"][:5])
        for v in violations
    )


def test_axe_finds_nothing(open_page, address):
    findings = []
    page = open_page(address)
    page.evaluate(AXE_SCRIPT)
    page.evaluate(THIN_OUT)
    page.evaluate(f"for (const d of document.querySelectorAll('{FOLDED}')) d.open = true")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_function(
                "s => document.body.dataset.mdColorScheme === s", arg={"light": "default", "dark": "slate"}[scheme]
            )
            result = page.evaluate("axe.run({resultTypes: ['violations']})")
            if result["violations"]:
                findings.append(f"{width} px, {scheme}:\n{describe(result['violations'])}")
    assert not findings, "\n\n".join(findings)


def test_axe_finds_nothing_in_the_open_search_and_the_open_menu(open_page):
    page = open_page("")
    page.evaluate(AXE_SCRIPT)
    page.keyboard.press("/")
    page.keyboard.type("bias", delay=20)
    page.locator(".md-search-result__item").first.wait_for(timeout=5000)
    page.wait_for_timeout(400)
    # The theme shows each page found with its heading: an h2 without an h1 is meant.
    found = page.evaluate("axe.run({resultTypes: ['violations'], rules: {'heading-order': {enabled: false}}})")
    assert not describe(found["violations"])
    page = open_page("", viewport={"width": 390, "height": 844})
    page.evaluate(AXE_SCRIPT)
    page.locator(".press-menu").click()
    page.wait_for_timeout(400)
    assert not describe(page.evaluate("axe.run({resultTypes: ['violations']})")["violations"])


def test_nothing_runs_over_the_edge_of_a_telephone(open_page, address):
    page = open_page(address, viewport={"width": 390, "height": 844})
    page.evaluate(f"for (const d of document.querySelectorAll('{FOLDED}')) d.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    too_wide = """() => [...document.querySelectorAll("article *")].filter(e => {
        for (let p = e; p; p = p.parentElement) {
            const style = getComputedStyle(p);
            if (style.overflowX !== "visible" || style.position === "absolute" || p.tagName === "svg") return false;
        }
        return e.getBoundingClientRect().right > innerWidth + 1;
    }).map(e => e.outerHTML.slice(0, 120))"""
    assert page.evaluate(too_wide) == []


def focused(page):
    """What has the focus: its tag and classes, whether it can be seen, and how the focus shows."""
    return page.evaluate("""() => {
        const e = document.activeElement, box = e.getBoundingClientRect();
        const shown = e.matches(".md-option") ? e.nextElementSibling : e;
        const style = getComputedStyle(shown), within = shown.getBoundingClientRect();
        return {
            is: [e.tagName.toLowerCase(), ...e.classList].filter(c => c !== "focus-visible").join("."),
            seen: within.width > 0 && within.height > 0 && style.visibility === "visible"
                && within.right > 0 && within.left < innerWidth,
            outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
        };
    }""")


def walk(page, most=600):
    """Every stop of the Tab key, from the top of the page to its end."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = focused(page)
        if stop["is"].startswith("body"):
            break
        stops.append(stop)
    return stops


@pytest.mark.parametrize("width", WIDTHS)
def test_tab_reaches_everything_and_shows_where_it_is(open_page, a_chapter, width):
    page = open_page(a_chapter, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    stops = walk(page)
    reached = " ".join(stop["is"] for stop in stops)
    assert stops[0]["is"] == "a.md-skip"
    for part in ("md-search__input", "md-option", "program-copy", "program-download", "summary", "md-code__button"):
        assert part in reached, f"{part} is out of reach"
    hidden = {stop["is"] for stop in stops if not stop["seen"]}
    assert not hidden
    unmarked = {stop["is"] for stop in stops if not stop["outline"] and "md-search__input" not in stop["is"]}
    assert not unmarked


def test_the_skip_link_leads_into_the_text(open_page, a_chapter):
    page = open_page(a_chapter)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article') !== null")


def test_the_menu_of_a_small_screen_works_with_the_keyboard(open_page):
    page = open_page("", viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    menu = page.locator(".press-menu")
    menu.focus()
    page.keyboard.press("Enter")
    assert menu.get_attribute("aria-expanded") == "true"
    assert page.evaluate("document.activeElement.closest('#press-nav') !== null")
    assert focused(page)["seen"]
    page.keyboard.press("Escape")
    assert menu.get_attribute("aria-expanded") == "false"
    assert page.evaluate("document.activeElement.matches('.press-menu')")


def test_folded_answers_open_with_the_keyboard(open_page, a_chapter):
    page = open_page(a_chapter)
    page.locator("article summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("article details").first.get_attribute("open") is not None


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_can_be_read_without_javascript(open_page, chapter, width):
    page = open_page(chapter, viewport={"width": width, "height": 900}, java_script_enabled=False)
    for what in ("article p", "article .program pre", ".program-output", ".program-figure svg"):
        hidden = page.locator(f"{what}:not(details *)").evaluate_all(
            "all => all.filter(e => !e.checkVisibility({opacityProperty: true, visibilityProperty: true})"
            " || e.getBoundingClientRect().height < 5).length"
        )
        assert hidden == 0, f"{hidden} {what} are hidden"
    assert page.locator(".program-copy:visible").count() == 0
    summary = page.locator("article summary").first
    if summary.count():
        summary.click()
        assert page.locator("article details > :not(summary)").first.is_visible()


def test_paper_shows_answers_outputs_and_figures_and_no_navigation(open_page, a_chapter):
    page = open_page(a_chapter, color_scheme="dark", java_script_enabled=False)
    page.emulate_media(media="print")
    closed = page.locator("article details:not([open]) > :not(summary)")
    assert closed.count() > 0
    heights = closed.evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
    assert min(heights) > 5
    for what in (".program-output", ".program-figure svg"):
        assert page.locator(what).first.is_visible()
    for what in (".md-header", ".md-sidebar", ".md-footer", ".program-copy", ".md-top"):
        assert page.locator(f"{what}:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_text_is_neither_narrow_nor_wide(open_page, a_chapter):
    page = open_page(a_chapter)
    ems = page.locator("article > p").evaluate_all(
        "all => all.map(p => p.getBoundingClientRect().width / parseFloat(getComputedStyle(p).fontSize))"
    )
    assert 34 <= max(ems) <= 38
