"""The drill: `session` is its rules (pure), `history` its record on disk, `choosing` what comes next, `telling`
its words; `plain` and `terminal` are the two kinds of conversation, `talk` what they share."""
