"""What a browser would send back if nobody touched the form of a page."""

from html.parser import HTMLParser


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.answers, self.select, self.area = {}, None, None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        kind, name = given.get("type"), given.get("name")
        if tag == "input" and name and kind not in ("submit", "checkbox"):
            self.answers[name] = given.get("value", "")
        elif tag == "input" and kind == "checkbox" and "checked" in given:
            self.answers[name] = "on"
        elif tag == "select":
            self.select = name
            self.answers[name] = ""
        elif tag == "option" and "selected" in given:
            self.answers[self.select] = given["value"]
        elif tag == "textarea":
            self.area, self.answers[name] = name, ""

    def handle_endtag(self, tag):
        if tag == "textarea":
            # A browser drops the line break right after the tag and ends every line with two characters.
            text = self.answers[self.area].removeprefix("\n")
            self.answers[self.area], self.area = text.replace("\n", "\r\n"), None

    def handle_data(self, data):
        if self.area:
            self.answers[self.area] += data


def answers(page):
    """Return {name: value} of everything a page would post."""
    reader = Reader()
    reader.feed(page.content.decode())
    return reader.answers
