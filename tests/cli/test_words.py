"""What a person reads goes through gettext: nothing is refused in bare English."""

import ast
from pathlib import Path

import pytest

import secterm

ROOMS = Path(secterm.__file__).parent
SPOKEN = {"NotAllowed", "NotSeen", "Refused", "UsageError", "complain", "say", "tell", "fail"}
FILES = [file for room in ("desk", "host", "cli") for file in sorted((ROOMS / room).glob("*.py"))]


def bare(tree):
    """Lines that say a literal English sentence to a person."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = (
            call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        )
        told = [*call.args, *(k.value for k in call.keywords if k.arg == "help")]
        if name in SPOKEN or any(k.arg == "help" for k in call.keywords):
            yield from (t.lineno for t in told if is_sentence(t))


def is_sentence(node):
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and " " in node.value.strip()
    if isinstance(node, ast.JoinedStr):
        return any(is_sentence(part) for part in node.values)
    return False


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_every_sentence_can_be_translated(file):
    assert list(bare(ast.parse(file.read_text()))) == []


def test_a_bare_sentence_would_be_found():
    assert list(bare(ast.parse('raise NotAllowed(f"The name is not {name}.")'))) == [1]
    assert list(bare(ast.parse('raise NotAllowed(_("Not now.").format(n=1))'))) == []
