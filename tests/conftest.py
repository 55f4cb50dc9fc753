"""For all tests: how properties are tried.

The gate tries the same examples every time, so that a change is judged by itself. `HYPOTHESIS_PROFILE=explore` looks
for new ones, which is worth doing now and then, and before a release.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SLOW_MACHINE = [HealthCheck.too_slow]  # a busy machine is no fault of the code
settings.register_profile("gate", deadline=None, derandomize=True, suppress_health_check=_SLOW_MACHINE)
settings.register_profile("explore", deadline=None, suppress_health_check=_SLOW_MACHINE, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))
