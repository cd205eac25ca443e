"""The command line: the one place that reads files, the clock and the arguments of a person.

`main` holds the command `casework` and its table of sub-commands; every sub-command has a file of
its own, imported when it is called. They share `workspace` (apps in a folder), `cache` (what is
kept of their texts), `compiling` and `verdict` (what comes of them and what is said of them),
`serving` (a host made from one) and `data` (what brings data into one).
"""
