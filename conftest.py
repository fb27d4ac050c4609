"""Loads the plugins that provide, and account for, what tests need from outside."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester", "tests.provide", "tests.left_out"]

# Tests read English, whatever this machine speaks, but for those of tests/language.
if "TEXTDOMAINDIR" not in os.environ:
    os.environ["LANGUAGE"] = "en"

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
