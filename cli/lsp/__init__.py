"""The language server: what an editor asks, answered by the compiler.

`session` (the texts as they are being edited, compiled), `places` (positions of editors), then one
module a kind of question: `diagnostics`, `completion`, `hover`, `naming` (definition, references,
rename), `outline` (symbols, folding), `tokens`, `layout` (formatting), `actions` (fixes), `hints`;
`server` binds them to the protocol.
"""
