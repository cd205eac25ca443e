"""What an app means: typed, resolved, complete with defaults; frozen and serialisable.

`base`, `types`, `expr`, `entity`, `statement`, `flow`, `rule`, `report`, `view`, and `app` that
holds them all.
"""
