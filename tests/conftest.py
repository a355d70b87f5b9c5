"""What every test shares: a key derivation that costs nothing, here only."""

import pytest

from secterm.vault import kdf

CHEAP = kdf.Cost(t=1, m=32, p=1)
kdf.TARGET_SECONDS = 0.0  # no slot's cost is raised unless a test asks for it


@pytest.fixture(autouse=True)
def _cheap_kdf(monkeypatch):
    monkeypatch.setattr(kdf, "floors", (CHEAP,))


def pytest_collection_modifyitems(items):
    """The longest first, so that no process waits for it in the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)
