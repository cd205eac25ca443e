"""From trees to the typed model: every declaration by itself, from its text and what it uses.

In rough order of control flow: `settings` (languages, zone, currency), `texts` (labels and
messages in every language), `types` (what a written type means), `member` (what others may know of
a field), `enums`; for expressions `context`, `expr` and its parts `literals`, `names`, `paths`,
`operations`, `calls`, `aggregates`, with `narrowing`, `fit` and `unknown`; then `field`,
`collection`, `upkeep`, `access`, `entity`, `data`, `assignment` and `statement`, `flow`, `rule`
and `order`, `report`, `view`, `role`, and `workspace`, which joins them.
"""
