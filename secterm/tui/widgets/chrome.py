"""What every screen has: the bar on top, the keys at the bottom, and the line
between where it says what went wrong.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Final

from rich.cells import cell_len
from rich.text import Text
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from secterm.tui.widgets.cells import fit
from secterm.tui.widgets.changing import Changing
from secterm.words import _

KEY_NAMES: Final = {
    "enter": "Enter",
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "space": "Space",
    "delete": "Del",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "backspace": "Backspace",
    "question_mark": "?",
    "slash": "/",
    "ctrl+left": "Ctrl+←",
    "ctrl+right": "Ctrl+→",
    "ctrl+backspace": "Ctrl+Backspace",
    "ctrl+underscore": "^_",
}


def key_name(key: str) -> str:
    """A key as it is printed on a keyboard."""
    if key.startswith("alt+"):
        return f"Alt+{key.removeprefix('alt+').capitalize()}"
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+').upper()}"
    return key.upper() if len(key) > 1 else key


def bindings_of(screen: Screen[object]) -> list[Binding]:
    """What can be done here now, each once: the screen's own keys before everybody's."""
    own, common = parted_bindings(screen)
    return own + common


def parted_bindings(screen: Screen[object]) -> tuple[list[Binding], list[Binding]]:
    """The keys of this screen and of what has the focus on it, Enter first, Tab last; and
    those that every screen has: back, help, commands, lock, quit.
    """
    own: list[Binding] = []
    common: list[Binding] = []
    for node, binding in _all(screen):
        everywhere = node is screen.app or binding.action == "back"
        (common if everywhere else own).append(binding)
    own.sort(key=lambda b: (b.key != "enter", "tab" in b.key))
    return own, common


def owner_of(screen: Screen[object], action: str) -> DOMNode:
    """Who does this action: the screen, or what has the focus on it."""
    return next((node for node, b in _all(screen) if b.action == action), screen)


def _all(screen: Screen[object]) -> Iterator[tuple[DOMNode, Binding]]:
    seen: set[str] = set()
    chain = screen._modal_binding_chain
    # By key, who has it before what has the focus.
    first = {
        key: node
        for node, bindings in chain
        for key, binding in bindings
        if binding.priority and screen.app._check_action_state(binding.action, node)
    }
    for node, bindings in chain:
        for key, binding in bindings:
            if {key, binding.action} & seen or binding.action not in _ours(type(node)):
                continue
            if first.get(key, node) is not node:
                continue
            if binding.description and screen.app._check_action_state(binding.action, node):
                seen |= {key, binding.action}
                yield node, binding


@functools.cache
def _ours(kind: type[DOMNode]) -> frozenset[str]:
    """The actions that our own classes declare a key for; what Textual adds is not told."""
    return frozenset(
        binding.action
        for each in kind.__mro__
        if each.__module__.startswith("secterm.")
        for binding in each.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding)
    )


class Top(Static):
    """The bar on top: where we are on the left, who is at work on the right. In the last
    minute before it locks by itself, `locks_in` so many seconds, at the right end.
    """

    locks_in = reactive(0)

    def __init__(self, where: str, who: str = "") -> None:
        super().__init__(id="top", markup=False)
        self.where = where
        self.who = who

    def render(self) -> Text:
        """One line, as wide as the terminal."""
        last = _("locks in {n:>2} s").format(n=self.locks_in) if self.locks_in else ""
        width = max(self.size.width - cell_len(last) - 1, 1)
        left, right = f" {self.where}", self.who
        if cell_len(left) + cell_len(right) + 2 > width:
            right = fit(right, min(cell_len(right), width // 3))
        if last and right:
            right += "  "
        text = Text(fit(left, width - cell_len(right)) + right, no_wrap=True)
        return text.append(last, style="reverse").append(" ")


def top_of(app: App[object]) -> Iterator[Top]:
    """The bar as the screen in front has it, for a small screen over that one."""
    for screen in reversed(app.screen_stack):
        for top in screen.query(Top):
            yield Top(top.where, top.who)
            return


class Keys(Static):
    """The footer: the keys that do something here, as far as they fit; F1 shows all."""

    COMPONENT_CLASSES = {"keys--key"}

    def __init__(self) -> None:
        super().__init__(id="keys", markup=False)
        self._shown = Text()

    def on_mount(self) -> None:
        """Follows what the screen can do."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)
        self.call_after_refresh(self.refresh)

    def _changed(self, screen: Screen[object]) -> None:
        if screen is self.screen and self._told() != self._shown:
            self.refresh()

    def render(self) -> Text:
        """Two lines: this screen's keys, then everybody's and those of its own that are left."""
        self._shown = self._told()
        return self._shown

    def _told(self) -> Text:
        own, common = parted_bindings(self.screen)
        first, left = self._line(own)
        second, _left = self._line([*common, *left])
        return Text("\n").join([first, second])

    def _line(self, bindings: Iterable[Binding]) -> tuple[Text, list[Binding]]:
        """As many keys as fit in a line, and those that do not."""
        text, cap = Text(no_wrap=True), self.get_component_rich_style("keys--key")
        width = max(self.size.width, 1)
        left: list[Binding] = []
        for binding in bindings:
            key = key_name(binding.key.split(",")[0])
            piece = f" {key} {binding.description} "
            if not binding.show:
                continue
            if left or text.cell_len + cell_len(piece) > width:
                left.append(binding)
            else:
                text.append(" ").append(key, style=cap).append(f" {binding.description} ")
        return text, left


class Trouble(Changing):
    """What went wrong, what is safe and what to do; empty and unseen otherwise."""

    def __init__(self) -> None:
        super().__init__(id="trouble")
        self.said = ""

    def say(self, text: str, *, good: bool = False) -> None:
        """Shows a message; an empty one takes it away."""
        self.said = text
        mark = "" if good or not text else "! "
        self.set_class(good, "good")
        self.show(mark + text)
        self.display = bool(text)
