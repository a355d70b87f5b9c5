"""The least that Textual can do with a key: an app of one line to type in."""

from textual.app import App
from textual.widgets import Input


class Empty(App):
    """One line."""

    def compose(self):
        """The line."""
        line = Input(placeholder="Type")
        line.cursor_blink = False
        yield line


if __name__ == "__main__":
    Empty().run(mouse=False)
