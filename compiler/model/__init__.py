"""What an app means: typed, resolved, complete with defaults; frozen and serialisable.

`base`, `types`, `expr` and `rewrite` (walking expressions), `entity`, `statement`, `flow`, `rule`,
`report`, `view`, and `app` that holds them all.
"""
