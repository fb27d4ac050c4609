"""The four parts of `package_revise`: compare, find by path, take away, merge in.

A path is keys joined by two underscores; in a list a step is an index (negative from the end) or
the first five or more characters of an entry's id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Path = tuple[str | int, ...]


class PathError(Exception):
    """A path that leads nowhere, or a value that does not fit where it leads."""


def joined(path: Iterable[str | int]) -> str:
    return "__".join(str(step) for step in path)


def differences(stored: Any, wanted: Any, at: Path = ()) -> Iterator[Path]:
    """Paths at which `stored` lacks what `wanted` holds; more in `stored` is no difference."""
    if isinstance(wanted, dict):
        if not isinstance(stored, dict):
            yield at
            return
        for key in sorted(wanted):
            if key in stored:
                yield from differences(stored[key], wanted[key], (*at, key))
            else:
                yield (*at, key)
    elif isinstance(wanted, list):
        if not isinstance(stored, list):
            yield at
            return
        for index, item in enumerate(wanted):
            if index < len(stored):
                yield from differences(stored[index], item, (*at, index))
            else:
                yield (*at, index)
    elif stored != wanted:
        yield at


def position(entries: list[Any], step: str) -> int | None:
    """Where in a list a step of a path points, None when nowhere."""
    if len(step) >= 5:
        for index, entry in enumerate(entries):
            if not isinstance(entry, dict) or "id" not in entry:
                return None
            if entry["id"].startswith(step):
                return index
        return None
    try:
        index = int(step)
    except ValueError:
        return None
    return index if -len(entries) <= index < len(entries) else None


def find(tree: Any, path: str) -> tuple[Any, Path]:
    """What lies at a path, and the path with positions instead of ids. Raises PathError."""
    here = tree
    taken: Path = ()
    for step in path.split("__"):
        if isinstance(here, dict) and step in here:
            taken, here = (*taken, step), here[step]
            continue
        index = position(here, step) if isinstance(here, list) else None
        if index is None:
            raise PathError(f"Unmatched key {joined((*taken, step))}")
        taken, here = (*taken, index), here[index]
    return here, taken


def take_away(tree: Any, patterns: Iterable[str]) -> None:
    """Remove what the glob patterns name, in place; `+` protects, and the first to match wins."""
    globs = [(pattern.startswith("+"), pattern.lstrip("-+").split("__")) for pattern in patterns]
    _take_away(tree, globs)


def _take_away(tree: Any, globs: list[tuple[bool, list[str]]]) -> None:
    if isinstance(tree, dict):
        _take_from_dict(tree, globs)
    elif isinstance(tree, list):
        _take_from_list(tree, globs)


def _take_from_dict(tree: dict[str, Any], globs: list[tuple[bool, list[str]]]) -> None:
    kept: dict[str, Any] = {}
    deeper: dict[str, list[tuple[bool, list[str]]]] = {}
    for keep, (head, *rest) in globs:
        if head == "*":
            if keep:
                kept.update(tree)
            else:
                tree.clear()
        elif head not in tree:
            continue
        elif rest:
            deeper.setdefault(head, []).append((keep, rest))
        elif keep:
            kept[head] = tree[head]
        else:
            del tree[head]
    tree.update(kept)
    for head, below in deeper.items():
        if head in tree:
            _take_away(tree[head], below)


def _take_from_list(tree: list[Any], globs: list[tuple[bool, list[str]]]) -> None:
    kept: set[int] = set()
    gone: set[int] = set()
    deeper: dict[int, list[tuple[bool, list[str]]]] = {}
    for keep, (head, *rest) in globs:
        index = position(tree, head)
        if head == "*":
            every = set(range(len(tree)))
            if keep:
                kept |= every - gone
            else:
                gone |= every - kept
        elif index is None:
            continue
        elif rest:
            deeper.setdefault(index % len(tree), []).append((keep, rest))
        elif keep:
            kept |= {index % len(tree)} - gone
        else:
            gone |= {index % len(tree)} - kept
    for index, below in deeper.items():
        _take_away(tree[index], below)
    tree[:] = [entry for index, entry in enumerate(tree) if index not in gone]


def merge(tree: Any, wanted: Any, at: Path = ()) -> None:
    """Deep merge in place: objects by key, lists by position. Raises PathError."""
    if isinstance(tree, dict):
        if not isinstance(wanted, dict):
            raise PathError(f"Expected dict for {joined(at)}")
        for key, value in wanted.items():
            if isinstance(tree.get(key), dict | list):
                merge(tree[key], value, (*at, key))
            else:
                tree[key] = value
        return
    if not isinstance(wanted, list):
        raise PathError(f"Expected list for {joined(at)}")
    for index, value in enumerate(wanted):
        if index >= len(tree):
            tree.append(value)
        elif isinstance(tree[index], dict | list):
            merge(tree[index], value, (*at, index))
        else:
            tree[index] = value


def merge_at(tree: dict[str, Any], path: str, value: Any) -> None:
    """Merge a value in at a path; `…__extend` appends to a list. Raises PathError."""
    *way, last = path.split("__")
    if not way:
        merge(tree, {last: value})
        return
    here, taken = find(tree, joined(way))
    if isinstance(here, dict):
        merge(here, {last: value}, taken)
    elif not isinstance(here, list):
        raise PathError(f"Expected list or dict for {joined(way)}")
    elif last == "extend":
        if not isinstance(value, list):
            raise PathError(f"Expected list for {joined(way)}")
        here.extend(value)
    else:
        index = position(here, last)
        if index is None:
            raise PathError(f"Unmatched key {last}")
        if isinstance(here[index], dict | list):
            merge(here[index], value, (*taken, index))
        else:
            here[index] = value
