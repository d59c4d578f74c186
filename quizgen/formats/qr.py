"""The code of a sheet as a QR code."""

from __future__ import annotations

import io
import re


def svg(code: str) -> str:
    """The QR code as an SVG, one unit a module, with the white margin that readers need."""
    import segno

    written = io.BytesIO()
    segno.make_qr(code, error="m", boost_error=False).save(
        written, kind="svg", xmldecl=False, nl=False, light="#fff", border=2
    )
    return re.sub(r"^<svg ", '<svg shape-rendering="crispEdges" ', written.getvalue().decode())
