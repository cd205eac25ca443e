"""From syntax trees to a Bundle: what the app means, proved and planned. Pure, like `dsl`.

In order of control flow: `workspace` and `field_type` (what the compiler is given), `values` and
`operators` (what operators mean), `build` (queries, and what is kept of them from one compilation
to the next), `resolve` (who is who), `analyse` (trees to the typed `model`), `checks` (what must
hold), `planning` (the model's `plan`s, made by `backends`), `bundle` (all that the runtime needs);
`pipeline` runs them. `navigation` and `rename` answer what a name means and where else it stands;
`backends` also gives an expression its Python and its SQL at run time.
"""
