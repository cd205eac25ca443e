"""The database that a model needs: `storage` (types of columns), `tables` (model to tables),
`operations` and `diff` (what changes between two models).
"""
