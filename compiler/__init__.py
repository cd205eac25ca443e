"""From syntax trees to a Bundle: what the app means, proved and planned. Pure, like `dsl`.

In order of control flow: `workspace` and `field_type` (what the compiler is given), `values` and
`operators` (what operators mean), `resolve` (who is who), `analyse` (tree to typed model), `checks`
(what must hold), `backends` (model to plans, to Python source, to SQL), `bundle` (all that the
runtime needs); `pipeline` runs them.
"""
