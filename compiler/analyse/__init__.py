"""From trees to the typed model: every declaration by itself, from its text and what it uses.

In rough order of control flow: `settings` (languages, zone, currency), `texts` (labels and
messages in every language), `types` (what a written type means), `member` (what others may know
of a field), `context`, `expr` and its parts `names`, `aggregates`, `literals`, `fit` (expressions),
`field`, `access`, `entity`, `data`, `statement`, `flow`, `rule`, `report`, `view`, `role`, and
`workspace`, which joins them.
"""
