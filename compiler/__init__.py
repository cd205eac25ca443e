"""From syntax trees to a Bundle: what the app means, proved and planned. Pure, like `dsl`.

In order of control flow: `workspace` and `field_type` (what the compiler is given), `slug` (names
in ASCII), `values` and `operators` (what operators mean), `build` (queries, and what is kept of
them from one compilation to the next), `resolve` (who is who), `analyse` (trees to the typed
`model`), `logic` (whether conditions can hold together), `checks` (what must hold), `planning` (the
model's `plan`s, made by `backends`), `bundle` (all that the runtime needs); `pipeline` runs them.
`navigation`, `rename` and `questions` answer what a name means, where else it stands and what
follows from it; `backends` also gives an expression its Python and its SQL at run time.
"""
