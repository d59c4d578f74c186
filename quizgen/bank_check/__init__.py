"""`bank check`: an author's second pair of eyes over a bank or a source.

`look` looks at one variant, `tally` counts over groups of them, `rules` says which counts are faults, `report` is what
is known in the end; `terminal` and `page` tell it. A guessing strategy is a function in `guesses`.
"""

from quizgen.bank_check.checking import check_file
from quizgen.bank_check.report import Report

__all__ = ["Report", "check_file"]
