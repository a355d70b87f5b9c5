"""What every test shares: a key derivation that costs nothing, here only."""

import pytest

from secterm.vault import kdf

CHEAP = kdf.Cost(t=1, m=32, p=1)


@pytest.fixture(autouse=True)
def _cheap_kdf(monkeypatch):
    monkeypatch.setattr(kdf, "floors", (CHEAP,))
