"""Every key that the app and Textual know, and every other that a terminal can send."""

import importlib
import pkgutil
import string
from functools import cache

import textual.widgets
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.keys import Keys

import secterm.tui


def _loaded():
    for name in textual.widgets.__all__:
        getattr(textual.widgets, name)
    for module in pkgutil.walk_packages(secterm.tui.__path__, "secterm.tui."):
        importlib.import_module(module.name)


def _kinds(kind):
    yield kind
    for each in kind.__subclasses__():
        yield from _kinds(each)


@cache
def bound() -> frozenset[str]:
    """The keys of every binding of every app, screen and widget there is."""
    _loaded()
    keys = set()
    for kind in {*_kinds(DOMNode), *_kinds(App)}:
        for each in Binding.make_bindings(kind.__dict__.get("BINDINGS", ())):
            keys |= set(BindingsMap([each]).key_to_bindings)
    return frozenset(keys)


@cache
def common() -> frozenset[str]:
    """Those, Ctrl with every letter, and the function keys: what a console's keyboard has."""
    control = {f"ctrl+{key}" for key in (*string.ascii_lowercase, "@", "backslash", "^", "_")}
    return frozenset(bound() | control | {f"f{n}" for n in range(1, 25)})


@cache
def known() -> frozenset[str]:
    """Those, every key that has a name, and letters, digits and signs with each modifier."""
    named = {key.value for key in Keys} | set(FUNCTIONAL_KEYS.values())
    for keys in ANSI_SEQUENCES_KEYS.values():
        named |= {key.value for key in keys} if isinstance(keys, tuple) else set()
    named = {key for key in named if not key.startswith("<")}
    plain = [*string.ascii_lowercase, *string.digits, "backslash", "at", "left_square_bracket"]
    plain += [f"f{n}" for n in range(1, 25)]
    plain += ["enter", "escape", "tab", "space", "delete", "backspace", "home", "end", "up", "down"]
    held = ("ctrl", "alt", "shift", "super", "ctrl+shift", "alt+ctrl", "alt+shift")
    return frozenset(bound() | named | {f"{hold}+{key}" for hold in held for key in plain})
