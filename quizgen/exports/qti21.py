"""QTI 2.1: a content package of items that score themselves, for TAO, ONYX, OpenOlat and their like."""

from __future__ import annotations

from functools import partial

from quizgen.exports import Export
from quizgen.exports._qti_dialect import Dialect
from quizgen.exports._qti_package import write

DIALECT = Dialect(
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p1",
    schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    packaging="http://www.imsglobal.org/xsd/imscp_v1p1",
    packaging_schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
    kind="v2p1",
    package=("QTIv2.1 Package", "1.0.0"),
    dashed=False,
)

QTI21 = Export("qti21", ".zip", partial(write, DIALECT))
