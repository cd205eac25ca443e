"""Builds the syntax tree while Lark parses: one mixin class a concept, joined in `tree`.

In order: `base`, `literal`, `expr`, `statement`, then the declarations: `app`, `entity`, `flow`,
`rule`, `report`, `view`. A method is named after the rule or alias in `grammar.lark` that it
builds; its parameters are the rule's kept children.
"""
