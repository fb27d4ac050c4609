"""Loads the plugins that provide, and account for, what tests need from outside."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester", "tests.provide", "tests.left_out"]

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
