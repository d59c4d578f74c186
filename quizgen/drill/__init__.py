"""The drill: `session` is its rules (pure), `history` its record on disk, `choosing` what comes next, `telling`
its words; `plain` and `terminal` are the two kinds of conversation, `talk` what they share.

Of the record, `records` are what it holds, `store` and `schema` its database, `backup` and `rescue` what keeps it from
being lost, `exchange` its way to other machines, and `report` what it says about the learner."""
