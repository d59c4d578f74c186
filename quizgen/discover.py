"""Finds things by looking in their folder, so that adding one is adding a file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """Every module of `package`, by name; those that start with an underscore are helpers and left out."""
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if not found.name.startswith("_"):
            yield importlib.import_module(f"{package.__name__}.{found.name}")


def instances(package: ModuleType, kind: type[T]) -> Iterator[T]:
    """Every value of type `kind` at the top level of the modules of `package`, in order of definition."""
    seen: set[int] = set()
    for module in modules(package):
        for value in vars(module).values():
            if isinstance(value, kind) and id(value) not in seen:
                seen.add(id(value))
                yield value
