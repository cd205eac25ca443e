"""A flow as a picture: states, and the steps between them."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.model.flow import Flow, Transition
from runtime.web.diagram.picture import Line, Part, Picture


def flow_picture(flow: Flow, language: str) -> Picture:
    """Every state with the steps that lead out of it; a step that stays is written in its state."""
    staying = {
        name: [step.label[language] for step in _steps(flow, name) if step.target in (None, name)]
        for name in flow.states
    }
    parts = [
        Part(
            "final" if state.final else "state",
            (state.label[language], *(f"↻ {label}" for label in staying[name])),
            state.color,
            state.initial,
        )
        for name, state in flow.states.items()
    ]
    places = {name: at for at, name in enumerate(flow.states)}
    lines: list[Line] = []
    for (start, end), steps in _between(flow).items():
        parts.append(Part("name", tuple(step.label[language] for step in steps)))
        automatic = all(step.automatic for step in steps)
        name = len(parts) - 1
        lines.append(Line(places[start], name, arrow=False, dashed=automatic))
        lines.append(Line(name, places[end], dashed=automatic))
    return Picture(flow.label[language], _sentence(flow, language), parts, lines)


def _steps(flow: Flow, state: str) -> Sequence[Transition]:
    return [step for step in flow.transitions.values() if state in step.sources]


def _between(flow: Flow) -> dict[tuple[str, str], list[Transition]]:
    """The steps from each state to each other one."""
    found: dict[tuple[str, str], list[Transition]] = {}
    for name in flow.states:
        for step in _steps(flow, name):
            if step.target not in (None, name):
                found.setdefault((name, step.target), []).append(step)
    return found


def _sentence(flow: Flow, language: str) -> str:
    """Each step in words: `Qualify: New lead → Qualified`."""
    labels = {name: state.label[language] for name, state in flow.states.items()}
    return "; ".join(
        f"{step.label[language]}: {', '.join(labels[name] for name in step.sources)}"
        f" → {labels[step.target or step.sources[0]]}"
        for step in flow.transitions.values()
        if step.sources
    )
