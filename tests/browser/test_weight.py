"""What a page costs its reader, before any click."""

from urllib.parse import urlsplit

KIB = 1024


def requests_of(browser, address, then=lambda page: None):
    """(address, bytes) of everything that a fresh browser fetches for a page."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sizes, names = {}, {}
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.requestWillBeSent", lambda e: names.update({e["requestId"]: e["request"]["url"]}))
    network.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    page.goto(address, wait_until="networkidle")
    then(page)
    context.close()
    return [(name, sizes.get(key, 0)) for key, name in names.items() if not name.startswith(("data:", "blob:"))]


def test_a_page_asks_no_other_host_for_anything(browser, url, address):
    def look_around(page):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.keyboard.press("/")
        page.keyboard.type("bias", delay=20)
        page.wait_for_load_state("networkidle")

    strangers = {name for name, _ in requests_of(browser, url + address, look_around) if not name.startswith(url)}
    assert not strangers


def test_a_chapter_is_light(browser, url, chapter):
    loaded = requests_of(browser, url + chapter)
    weight = sum(size for _, size in loaded) / KIB
    heaviest = ", ".join(f"{urlsplit(n).path} {s / KIB:.0f}" for n, s in sorted(loaded, key=lambda r: -r[1])[:5])
    assert weight <= 250, f"{weight:.0f} KiB, most of it {heaviest}"
    assert len(loaded) <= 25


def test_search_costs_nothing_until_it_is_used(browser, url, a_chapter):
    before = [name for name, _ in requests_of(browser, url + a_chapter)]
    assert not [name for name in before if "search" in urlsplit(name).path]

    def search(page):
        page.locator(".md-search__input").fill("bias")
        page.locator(".md-search-result__item").first.wait_for(timeout=5000)

    after = [name for name, _ in requests_of(browser, url + a_chapter, search)]
    assert [name for name in after if name.endswith("search_index.json")]
