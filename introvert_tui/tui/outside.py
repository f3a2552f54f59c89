"""The ways out of the terminal: the browser and the clipboard, only by an explicit key."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from introvert_tui.errors import Cannot

if TYPE_CHECKING:
    from webbrowser import BaseBrowser

    from .place import Deed, Place


class Outside:
    """Opening and copying addresses; each says what happened."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def by_id(self) -> dict[str, Deed]:
        """The methods, by action id."""
        return {"browser": self.browser, "copy": self.copy}

    def _url(self) -> str:
        subject = self._place.subject()
        if subject is None or not subject.url:
            raise Cannot("This has no address on the web.")
        return subject.url

    async def browser(self) -> None:
        await self.open(self._url())

    async def copy(self) -> None:
        self.copy_url(self._url())

    def copy_url(self, url: str, called: str = "") -> None:
        """Put an address on the clipboard, and say so; it is `called` something where it is on the screen already."""
        self._place.app.copy_to_clipboard(url)
        self._place.app.say(f"Copied, where your terminal allows it: {called or url}")

    async def open(self, url: str, called: str = "") -> None:
        """Open an https address, and say so or why not; it is `called` something where it is on the screen already."""
        if not url.startswith("https://"):
            raise Cannot(f"Only https addresses are opened, and this is none: {called or url}")
        import webbrowser

        app = self._place.app
        try:
            browser = webbrowser.get()
        except webbrowser.Error:
            app.copy_to_clipboard(url)
            app.say(f"There is no browser here; copied instead, where your terminal allows it: {called or url}")
            return
        if isinstance(browser, webbrowser.GenericBrowser) and not isinstance(browser, webbrowser.BackgroundBrowser):
            with app.given_back():
                browser.open(url)
            app.say("Back from the browser.")
            return
        # On a thread that nobody waits for: some browsers answer only when they are closed.
        Thread(target=_open, args=(browser, url), daemon=True).start()
        app.say(f"Opened in your browser: {called or url}")


def _open(browser: BaseBrowser, url: str) -> None:
    """Open an address; what `xdg-open` and its like print would stand in the middle of the screen."""
    import subprocess
    from webbrowser import BackgroundBrowser

    if isinstance(browser, BackgroundBrowser):
        command = [browser.name, *(part.replace("%s", url) for part in browser.args)]
        nowhere = subprocess.DEVNULL
        with suppress(OSError):
            subprocess.run(  # noqa: S603 - the browser that the user has, and an https address
                command, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True, check=False
            )
    else:
        browser.open(url)
