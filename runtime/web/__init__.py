"""The generated web pages: from plans and rows to HTML that works with and without script.

In order of control flow: `messages` (interface texts), `assets` (files with a hash in the name),
`cells` (value → text on a page), `rows` (row functions of tables), `widgets` (inputs of forms),
`chart` (figures as SVG), `contexts` (what each page shows), `templating` (context → HTML).
"""
