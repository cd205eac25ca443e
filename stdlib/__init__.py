"""The standard library on the compiler's protocols.

`fields` (field types), `functions`, `modules` (declarations in the language itself), joined by
`library`.
"""
