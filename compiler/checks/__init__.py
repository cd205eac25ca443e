"""What must hold of a model that makes sense part by part; one small function for each problem."""

from __future__ import annotations

from compiler.build import Build, query


@query
def run(build: Build) -> None:
    """Report what is wrong with the model."""
