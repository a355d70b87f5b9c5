"""How often a property is tried: on the same few examples each time, or on many new ones."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings

SLOWEST = timedelta(seconds=10)  # one example, on a machine with other things to do


@pytest.fixture(params=["few", pytest.param("many", marks=pytest.mark.long)])
def tries(request):
    """Tries a property `few` times, or in the long run `many`."""

    def run(holds, *, few, many):
        chosen = settings(
            max_examples=few if request.param == "few" else many,
            derandomize=request.param == "few",
            database=None,
            deadline=SLOWEST,
            suppress_health_check=list(HealthCheck),
        )
        chosen(holds)()

    return run
