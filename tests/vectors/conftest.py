"""The vectors' passphrases cost what real ones do, again and again the same: each side
derives a key once.
"""

import functools

import argon2.low_level
import pytest

from tests.reader import slots

BY_PROGRAM = functools.cache(argon2.low_level.hash_secret_raw)
BY_READER = functools.cache(slots.hash_secret_raw)


@pytest.fixture(scope="module", autouse=True)
def _derived_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argon2.low_level, "hash_secret_raw", BY_PROGRAM)
        patch.setattr(slots, "hash_secret_raw", BY_READER)
        yield
