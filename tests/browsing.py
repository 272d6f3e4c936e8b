"""Pages of files in Chromium: opened at a width, asked what a screen reader would miss."""

import contextlib
import shutil

import pytest

BROWSER = shutil.which("chromium")
#: Milliseconds that a page may take on a busy machine.
WAIT = 120_000
#: A desk and a telephone.
SIZES = {"desk": (1400, 1000), "telephone": (390, 844)}


def needed():
    """The module of the browser; skips where it or the program is missing."""
    found = pytest.importorskip("playwright.sync_api")
    if BROWSER is None:
        pytest.skip("needs the program chromium")
    return found


@contextlib.contextmanager
def browser():
    needed().expect.set_options(timeout=WAIT)
    with needed().sync_playwright() as playwright:
        # the tests may run as root in a container, where the sandbox cannot
        found = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield found
        found.close()


def opened(found, path, size="desk", part=""):
    """A page of a file; it may ask nothing of any server and say nothing on the console."""
    width, height = SIZES[size]
    page = found.new_page(viewport={"width": width, "height": height})
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda request: _local(page, request.url))
    page.goto(path.as_uri() + part)
    return page


def _local(page, url):
    if not url.startswith(("file:", "data:")):
        page.said.append(f"asked for {url}")


def wider(page):
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def barriers(page):
    """What axe-core finds: rule, number of places, the first of them."""
    axe = pytest.importorskip(
        "axe_core_python.sync_playwright", reason="needs the package axe-core-python"
    )
    found = axe.Axe().run(page)["violations"]
    return [(each["id"], len(each["nodes"]), each["nodes"][0]["html"][:120]) for each in found]
