"""Who is who: what the texts declare, and what a name means in a module.

In order of control flow: `declared` (all declarations), `names` (a path to a declaration),
`members` (what an entity has, wherever it is written).
"""
