"""The Casework language: from text to syntax tree. Pure: no files, clock, network or database.

In order of control flow:

- `source`: text, blocks and places; `diagnostic`: what is told to people
- `ast`: the tree
- `grammar.lark` with its `table`; `layout`: indentation; `build`: the tree, made while parsing
- `parser`: text to tree, block by block, with `prepare` before and `recovery` after a fault
- `syntax`, `explain`, `words`, `lines`: what is said about a fault, and how it is found out
- `format`: the one layout; `edit`, `members`: changes of the text as data, by place and by path;
  `render`: a diagnostic as terminal text or data
"""
