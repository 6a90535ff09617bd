"""Shows the widget ``@statuspage/status-widget`` of a site on a page of another site, in Chromium."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium-headless-shell"
WIDGET = "@statuspage/status-widget/dist/index.js"
ADAPTER = "@webcomponents/webcomponentsjs/custom-elements-es5-adapter.js"
SHOWN = """() => {
    const shown = document.querySelector("statuspage-widget").shadowRoot;
    const indicator = shown && shown.querySelector(".status-indicator");
    return indicator && {
        indicator: indicator.className.replace("status-indicator", "").trim(),
        text: shown.querySelector(".status-text").textContent.trim(),
    };
}"""
MILLISECONDS = 20_000


def read(address: str, modules: str) -> dict[str, Any]:
    """Give what the widget shows, and what the browser complained of; ``modules`` is the folder with its files."""
    scripts = [Path(modules, name).read_text(encoding="utf-8") for name in (ADAPTER, WIDGET)]
    page = "<!doctype html><title>A shop</title>" + "".join(f"<script src=/{place}></script>" for place in (0, 1))
    page += f'<statuspage-widget src="{address}"></statuspage-widget>'
    files = {"/": ("text/html", page), "/0": ("text/javascript", scripts[0]), "/1": ("text/javascript", scripts[1])}

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer with a file."""
            media, body = files.get(self.path, ("text/plain", ""))
            self.send_response(200)
            self.send_header("Content-Type", f"{media}; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    shop = ThreadingHTTPServer(("localhost", 0), Shop)
    Thread(target=shop.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            tab = browser.new_page()
            complaints: list[str] = []
            tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            tab.goto(f"http://localhost:{shop.server_port}/")
            shown = tab.wait_for_function(SHOWN, timeout=MILLISECONDS).json_value()
            browser.close()
    finally:
        shop.shutdown()
    return {**shown, "complaints": complaints}
