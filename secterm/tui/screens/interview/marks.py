"""The interview's last page: all is answered, and some questions are marked to
come back to.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from secterm.tui.screens.interview.progress import Progress
from secterm.tui.widgets.rows import Row, Rows
from secterm.words import _, ngettext


class Marks(Vertical):
    """The marked questions, one a row."""

    DEFAULT_CSS = "Marks { height: 1fr; display: none; }"

    def compose(self) -> ComposeResult:
        """How many there are, and which."""
        yield Static("", id="how-many", classes="asked text", markup=False)
        yield Rows(id="marked")
        yield Static("", id="what-now", classes="soft", markup=False)

    @property
    def rows(self) -> Rows:
        """The marked questions."""
        return self.query_one("#marked", Rows)

    def show(self, progress: Progress) -> None:
        """What is marked now."""
        marked, total = progress.marked, len(progress)
        said = _("All {total} are answered.").format(total=total)
        now = _("Enter goes on to checks and findings.")
        if marked:
            said = ngettext(
                "All {total} are answered; {n} is marked to come back to.",
                "All {total} are answered; {n} are marked to come back to.",
                len(marked),
            ).format(total=total, n=len(marked))
            now = _("Enter goes there. f takes the mark away. Esc leaves them marked.")
        self.query_one("#how-many", Static).update(said)
        self.query_one("#what-now", Static).update(now)
        self.rows.show(
            [
                Row(progress.asked[at][1].id, f"{at + 1:>3}. {progress.asked[at][1].text}")
                for at in marked
            ]
        )
