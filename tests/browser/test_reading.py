"""What a reader does on a page: copy programs, choose colours, get lost."""

import re

import pytest

CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def clipboard(page):
    return page.evaluate("navigator.clipboard.readText()")


def test_copy_program_copies_the_whole_program(open_page, chapter):
    page = open_page(chapter, **CLIPBOARD)
    for button in page.locator(".program-copy:visible").all()[:3]:
        button.click()
        copied = clipboard(page)
        assert copied == button.get_attribute("data-clipboard-text")
        compile(copied, "the copied program", "exec")
        assert "snippets" not in re.findall(r"^\s*(?:from|import) +(\w+)", copied, re.MULTILINE)


def test_copying_is_confirmed_in_sight_and_to_screen_readers(open_page, a_chapter):
    page = open_page(a_chapter, **CLIPBOARD)
    button = page.locator(".program-copy").first
    label = button.text_content()
    button.click()
    assert button.text_content() == "Copied"
    assert page.locator("[role=status].md-dialog").text_content().strip() == "Copied to clipboard"
    page.wait_for_function("b => b.textContent !== 'Copied'", arg=button.element_handle())
    assert button.text_content() == label


def test_the_icon_copies_the_visible_lines_and_no_more(open_page, a_chapter):
    page = open_page(a_chapter, **CLIPBOARD)
    program = page.locator(".program").first
    icon = program.locator(".md-code__button")
    assert icon.get_attribute("title") == "Copy these lines"
    icon.click()
    assert clipboard(page).strip() == program.locator(".highlight code").inner_text().strip()


def test_programs_can_be_downloaded(open_page, chapter):
    page = open_page(chapter)
    for program in page.locator(".program").all()[:3]:
        link = program.locator("a.program-download")
        answer = page.request.get(page.evaluate("a => a.href", link.element_handle()))
        assert answer.ok
        assert answer.text().strip() == program.locator(".program-copy").get_attribute("data-clipboard-text").strip()


def colours(page):
    return page.evaluate("""() => ({
        page: getComputedStyle(document.body).backgroundColor,
        lines: [...document.querySelectorAll(".program-figure [style*='--figure-']")].slice(0, 50)
            .map(e => getComputedStyle(e).stroke + getComputedStyle(e).fill),
    })""")


def test_the_switch_changes_page_and_figures_and_is_remembered(open_page, site, a_chapter):
    page = open_page(a_chapter, color_scheme="light")
    system = colours(page)
    assert system["lines"]
    switch = page.locator(".md-header__option label:visible")
    switch.click()  # from the system's colours to light ones
    assert colours(page) == system
    switch.click()
    dark = colours(page)
    assert dark["page"] != system["page"]
    assert dark["lines"] != system["lines"]
    page.reload()
    assert colours(page) == dark
    switch.click()
    assert colours(page) == system


def test_the_switch_works_with_the_keyboard(open_page):
    page = open_page("", color_scheme="light")
    before = colours(page)["page"]
    page.locator(".md-option").first.focus()
    page.keyboard.press("ArrowLeft")  # the three go in a circle: dark stands before the system's
    assert colours(page)["page"] != before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_system_s_colours_are_followed(open_page, scheme):
    page = open_page("", color_scheme=scheme)
    red, green, blue = map(int, re.findall(r"\d+", colours(page)["page"])[:3])
    assert (red + green + blue > 384) == (scheme == "light")


def test_a_missing_page_leads_on(open_page, url):
    page = open_page("architecture/no-such-page/")
    assert page.locator("h1").text_content() == "This page does not exist"
    assert page.locator(".md-search__input").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.press-home')).display") == "flex"
    home = page.locator("article a", has_text="home page")
    home.click()
    assert page.url == url


def test_search_finds_a_page_from_the_missing_one(open_page):
    page = open_page("architecture/no-such-page/")
    page.locator(".md-search__input").fill("perceptron")
    page.locator(".md-search-result__link").first.wait_for(timeout=5000)
    page.locator(".md-search-result__link").first.click()
    page.wait_for_load_state()
    assert page.locator("h1").text_content() != "This page does not exist"


def test_pages_raise_no_error_in_the_console(browser, url, address):
    context = browser.new_context()
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(url + address, wait_until="networkidle")
    context.close()
    assert not errors
