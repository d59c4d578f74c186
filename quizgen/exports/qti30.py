"""QTI 3.0: what `qti21` says, with the names and the packaging of the newer version."""

from __future__ import annotations

from functools import partial

from quizgen.exports import Export
from quizgen.exports._qti_dialect import Dialect
from quizgen.exports._qti_package import write

DIALECT = Dialect(
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0p1_v1p0.xsd",
    packaging="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    packaging_schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    kind="v3p0",
    package=("QTI Package", "3.0.0"),
    dashed=True,
)

QTI30 = Export("qti30", ".zip", partial(write, DIALECT))
