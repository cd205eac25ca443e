"""The Casework language: from text to syntax tree. Pure: no files, clock, network or database.

In order of control flow: `source` (text, blocks, places), `diagnostic` (what is told to people),
`ast` (the tree), `parser` (text to tree, block by block), `format` (the one layout),
`edit` (changes of the text as data), `render` (a diagnostic as terminal text, JSON or HTML).
"""
