"""Pictures of flows and of entities, drawn as SVG from the model alone, without outside programs.

In order: `layout` (where everything stands), `flow` and `entities` (what there is to draw), `svg`.
"""
