"""The code of a sheet as a QR code."""

from __future__ import annotations

import io
import re
from typing import Any

MODULE, SMALLEST = 0.38, 18.0  # millimetres: of one square, which a copier must not blur, and of the whole
BORDER = 2  # squares; the page around it is white as well


def svg(code: str) -> str:
    """The QR code as an SVG, one unit a square."""
    written = io.BytesIO()
    _made(code).save(written, kind="svg", xmldecl=False, nl=False, light="#fff", border=BORDER)
    return re.sub(r"^<svg ", '<svg shape-rendering="crispEdges" ', written.getvalue().decode())


def width(code: str) -> float:
    """How wide it is printed, in millimetres."""
    across, _ = _made(code).symbol_size(border=BORDER)
    return max(SMALLEST, round(float(across) * MODULE, 1))


def _made(code: str) -> Any:
    import segno

    return segno.make_qr(code, error="m", boost_error=False)
