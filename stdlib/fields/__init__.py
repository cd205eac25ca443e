"""The field types of the language: a value type, with checks, a way to parse and one to show it.

`base` (what they share), `text`, `number`, `money`, `choice`, `moment`, `span`, `contact`,
`serial`, `reference`. `parse` is tolerant of how people write in English and Chinese; `show` gives
plain text that `parse` reads back.
"""
