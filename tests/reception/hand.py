"""An advisor's hand on the tablet, and the table of what it had to do."""

import json

from tests.browser.pages import SCREENSHOTS

TAPS = SCREENSHOTS / "taps.json"


class Hand:
    """Taps and types as an advisor does, and counts."""

    def __init__(self, page):
        self.page, self.taps, self.typed = page, 0, 0

    def tap(self, what):
        self.page.locator(what).first.click()
        self.taps += 1

    def type(self, what, text):
        """Type into a field: the tap into it counts, the keys are named apart."""
        self.tap(what)
        self.page.locator(what).first.press_sequentially(text)
        self.typed += len(text)

    @property
    def seconds(self):
        """What the screen takes of the advisor's time, by the keystroke-level model: think, point and touch; a key."""
        return self.taps * (1.35 + 1.1 + 0.1) + self.typed * 0.28

    def press(self, what, button="button"):
        self.tap(f'form[action$="/{what}"] {button}')


def keep_count(name, budget, hand):
    """Write the taps into the table that stands beside the pictures."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    table = json.loads(TAPS.read_text()) if TAPS.exists() else {}
    table[name] = {"taps": hand.taps, "budget": budget, "keys": hand.typed, "seconds": round(hand.seconds)}
    TAPS.write_text(json.dumps(table, indent=1, ensure_ascii=False))
