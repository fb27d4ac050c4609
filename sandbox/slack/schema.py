"""Rules for JSON values, and the faults they find in Slack's own words.

A rule is called with a value and its JSON pointer, and yields one text for each fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

Rule: TypeAlias = Callable[[object, str], Iterator[str]]


def fault(text: str, pointer: str) -> str:
    """One fault as Slack writes it."""
    return f"{text} [json-pointer:{pointer or '/'}]"


def string(low: int = 0, high: int | None = None) -> Rule:
    """A text of `low` to `high` characters."""

    def rule(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield fault("must provide a string", pointer)
        elif len(value) < low:
            yield fault(f"must be more than {low - 1} characters", pointer)
        elif high is not None and len(value) > high:
            yield fault(f"must be less than {high + 1} characters", pointer)

    return rule


def matching(pattern: str, what: str) -> Rule:
    """A text of a fixed form, such as a date."""
    compiled = re.compile(pattern)

    def rule(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            yield fault(f"must be {what}", pointer)

    return rule


def flag(value: object, pointer: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield fault("must provide a boolean", pointer)


def whole(low: int, high: int | None = None) -> Rule:
    """A whole number from `low` to `high`."""

    def rule(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield fault("must provide a number", pointer)
        elif value < low:
            yield fault(f"must be greater than or equal to {low}", pointer)
        elif high is not None and value > high:
            yield fault(f"must be less than or equal to {high}", pointer)

    return rule


def choice(*allowed: str) -> Rule:
    """One of the words given."""

    def rule(value: object, pointer: str) -> Iterator[str]:
        if value not in allowed:
            yield fault("must be a valid enum value", pointer)

    return rule


def listed(item: Rule, low: int = 0, high: int | None = None) -> Rule:
    """A list of `low` to `high` items."""

    def rule(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield fault("must provide an array", pointer)
            return
        if len(value) < low:
            yield fault(f"no fewer than {low} items allowed", pointer)
        if high is not None and len(value) > high:
            yield fault(f"no more than {high} items allowed", pointer)
        for position, one in enumerate(value):
            yield from item(one, f"{pointer}/{position}")

    return rule


def record(
    required: Mapping[str, Rule] | None = None,
    optional: Mapping[str, Rule] | None = None,
    *also: Callable[[dict[str, object], str], Iterator[str]],
) -> Rule:
    """An object with these keys and no others; `also` are rules over the whole object.

    The key `type` is always allowed: `by_type` has looked at it.
    """
    needed, known = dict(required or {}), {**(required or {}), **(optional or {})}

    def rule(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield fault("must provide an object", pointer)
            return
        faults = [
            fault(f"missing required field: {key}", pointer) for key in needed if key not in value
        ]
        for key, one in value.items():
            if key in known:
                faults.extend(known[key](one, f"{pointer}/{key}"))
            elif key != "type":
                faults.append(fault(f"invalid additional property: {key}", pointer))
        yield from faults
        # Rules over the whole object may rely on sound parts.
        for extra in () if faults else also:
            yield from extra(value, pointer)

    return rule


def by_type(rules: Mapping[str, Rule]) -> Rule:
    """An object whose `type` chooses the rule."""

    def rule(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield fault("must provide an object", pointer)
        elif "type" not in value:
            yield fault("missing required field: type", pointer)
        elif not isinstance(value["type"], str) or value["type"] not in rules:
            yield fault(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            yield from rules[value["type"]](value, pointer)

    return rule


def exactly_one(*keys: str) -> Callable[[dict[str, object], str], Iterator[str]]:
    """One of these keys stands in the object, and not two."""

    def rule(value: dict[str, object], pointer: str) -> Iterator[str]:
        if sum(key in value for key in keys) != 1:
            names = " or ".join(f"`{key}`" for key in keys)
            yield fault(f"must define exactly one of {names}", pointer)

    return rule


def at_least_one(*keys: str) -> Callable[[dict[str, object], str], Iterator[str]]:
    """One of these keys stands in the object, or several."""

    def rule(value: dict[str, object], pointer: str) -> Iterator[str]:
        if not any(key in value for key in keys):
            names = " or ".join(f"`{key}`" for key in keys)
            yield fault(f"must define either {names}", pointer)

    return rule
