"""Who is who: what the texts declare, and what a name means in a module.

In order of control flow: `declared` (all declarations), `symbols` (what a name can mean), `names`
(a path to a declaration), `composition` (what apps say of each other's declarations), `members`
(what an entity has, wherever it is written), `views` (which views there are), `definitions` (where
everything is declared), `inside` (what a dotted name means).
"""
