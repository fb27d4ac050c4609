"""Loads the plugins that provide, and account for, what tests need from outside."""

pytest_plugins = ["pytester", "tests.provide", "tests.left_out"]
