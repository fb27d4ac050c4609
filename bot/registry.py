"""Collects what `handlers/` declares, checks it, and finds verbs by name."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from bot.command import ChangeCommand, Command, ReadCommand, SettingCommand
from bot.errors import UnknownVerbError


class Registry:
    """The verbs, by name, in alphabetical order."""

    def __init__(self, commands: dict[str, Command]) -> None:
        self._commands = dict(sorted(commands.items()))

    @classmethod
    def load(cls, package: ModuleType) -> Registry:
        """Import every module of the package; one without a valid `COMMAND` stops the start."""
        commands: dict[str, Command] = {}
        for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
            module = importlib.import_module(f"{package.__name__}.{module_info.name}")
            command = getattr(module, "COMMAND", None)
            if not isinstance(command, ReadCommand | ChangeCommand | SettingCommand):
                raise TypeError(f"{module.__name__} declares no COMMAND")
            if command.name.replace("-", "_") != module_info.name:
                raise TypeError(f"{module.__name__} must be named after its verb {command.name}")
            if not dataclasses.is_dataclass(command.args) or not command.examples:
                raise TypeError(f"{module.__name__} needs a dataclass of arguments and an example")
            command.parameters  # noqa: B018  # raises when an argument is not declared as Arg
            commands[command.name] = command
        return cls(commands)

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())

    def find(self, verb: str) -> Command:
        """The command of that name. Raises UnknownVerbError."""
        command = self._commands.get(verb.lower())
        if command is not None:
            return command
        raise UnknownVerbError(verb, {name: one.also for name, one in self._commands.items()})
