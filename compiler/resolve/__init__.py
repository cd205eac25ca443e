"""Who is who: what the texts declare, and what a name means in a module.

In order of control flow: `declared` (all declarations), `symbols` (what a name can mean), `names`
(a path to a declaration), `members` (what an entity has, wherever it is written), `definitions`
(where everything is declared), `inside` (what a dotted name means).
"""
