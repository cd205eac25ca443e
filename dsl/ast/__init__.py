"""The syntax tree, one module a concept: what was written, before anything is known of it.

`base`, `expr`, `statement`, then the declarations: `app`, `entity`, `flow`, `rule`, `report`,
`view`.
"""
