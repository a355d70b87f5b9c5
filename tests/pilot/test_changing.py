"""A text that gives way to another: it has the room it takes, and moves nothing else."""

from textual.app import App
from textual.widgets import Static

from secterm.tui.widgets.changing import Changing


class Page(App):
    """A text of twenty columns, and what stands under it."""

    CSS = "Changing { width: 20; height: auto; } #under { height: auto; }"

    def compose(self):
        yield Changing("One line.", id="text")
        yield Static("Under it.", id="under")


async def test_a_longer_text_has_more_room_and_a_shorter_one_less():
    app = Page()
    async with app.run_test() as pilot:
        text, under = app.query_one(Changing), app.query_one("#under")
        text.show("This one takes three lines of twenty columns.")
        await pilot.pause()
        assert (text.size.height, under.region.y) == (3, 3)
        text.show("Again one.")
        await pilot.pause()
        assert (text.size.height, under.region.y) == (1, 1)


async def test_a_text_of_as_many_lines_is_drawn_without_a_new_layout():
    app = Page()
    async with app.run_test() as pilot:
        text = app.query_one(Changing)
        await pilot.pause()
        laid_out = []
        app.screen.screen_layout_refresh_signal.subscribe(app, laid_out.append)
        text.show("Another line.")
        await pilot.pause()
        assert "Another line." in text.render_line(0).text
        assert not laid_out
