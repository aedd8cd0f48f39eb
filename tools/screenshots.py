"""Takes the screenshots of README and documentation anew, from this repository's own site.

Run ``make site`` before.
"""

from __future__ import annotations

import functools
import http.server
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from browser import find_chromium

REPOSITORY = Path(__file__).parents[1]
IMAGES = REPOSITORY / "site_src" / "images"
WIDE = {"width": 1240, "height": 860}
# So that the trends below the table are seen.
TALL = {"width": 1240, "height": 1240}
PHONE = {"width": 390, "height": 780}
# Name, page, size, colours, and what of the page is to be at the top.
SHOTS = (
    ("screenshot.png", "artifacts/ca-fires/", TALL, "light", "h1"),
    ("list.png", "artifacts/", WIDE, "dark", "h1"),
    ("changes.png", "artifacts/ca-fires/?compare={0}..{1}", WIDE, "light", ".af-compare"),
    ("phone.png", "artifacts/ca-fires-summary/", PHONE, "light", "h1"),
)


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve the built site and photograph it."""
    handler = functools.partial(_QuietHandler, directory=str(REPOSITORY / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        folder = REPOSITORY / "site" / "artifacts" / "ca-fires"
        stems = sorted(file.stem for file in folder.glob("*Z-*.json"))
        for name, path, size, scheme, top in SHOTS:
            page = browser.new_page(viewport=size, color_scheme=scheme)
            place = path.format(stems[-3], stems[-2])
            page.goto(f"http://127.0.0.1:{server.server_address[1]}/{place}")
            page.wait_for_load_state("networkidle")
            page.locator(top).first.scroll_into_view_if_needed()
            page.screenshot(path=IMAGES / name)
            page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
