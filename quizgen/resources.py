"""Where templates/ and banks/ are: beside the package in a checkout, inside it where a wheel was installed."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def folder(name: str, package: Path = PACKAGE) -> Path:
    """The folder `name`: what the wheel carries as `quizgen/_NAME`, else `NAME` beside the package."""
    inside = package / f"_{name}"
    return inside if inside.is_dir() else package.parent / name


def templates() -> Path:
    """The templates, one folder a format."""
    return folder("templates")


def banks() -> Path:
    """The deployed banks and their sources."""
    return folder("banks")
