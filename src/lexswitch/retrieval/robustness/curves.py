"""Curves with intervals as a small SVG picture, for pages that load nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TypeAlias

from .bootstrap import Estimate

Curve: TypeAlias = "Sequence[tuple[float, Estimate]]"

_WIDTH, _HEIGHT, _MARGIN, _LEGEND = 460, 260, 36, 130
_STEPS = (0, 0.25, 0.5, 0.75, 1)


def curves(series: Mapping[str, Curve], title: str) -> str:
    """Return an SVG element with a line and a band for each name. Both axes are from 0 to 1."""
    parts = [_axes(title)]
    for number, (name, curve) in enumerate(series.items()):
        hue = round(255 + number * 137.5) % 360  # steps of the golden angle, as for texts
        upper = [_at(p, estimate.high) for p, estimate in curve]
        lower = [_at(p, estimate.low) for p, estimate in reversed(curve)]
        line = " ".join(_at(p, estimate.mean) for p, estimate in curve)
        y = _MARGIN + 18 * number
        parts += [
            f'<polygon points="{" ".join([*upper, *lower])}" fill="hsl({hue} 90% 50%)" opacity=".15"/>',
            f'<polyline points="{line}" fill="none" stroke="hsl({hue} 70% 45%)" stroke-width="2"/>',
            f'<rect x="{_WIDTH + 8}" y="{y - 8}" width="12" height="4" fill="hsl({hue} 70% 45%)"/>',
            f'<text x="{_WIDTH + 26}" y="{y}" fill="currentColor" font-size="13">{escape(name)}</text>',
        ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + _LEGEND} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)} by translation probability" style="max-width:100%">\n{"".join(parts)}</svg>\n'
    )


def _axes(title: str) -> str:
    lines = []
    for step in _STEPS:
        (left, y), (right, _) = _place(0, step), _place(1, step)
        lines.append(f'<path d="M{left:.1f} {y:.1f}H{right:.1f}" stroke="currentColor" opacity=".2"/>')
        lines.append(_label(left - 6, y + 4, f"{step:g}", "end"))
        lines.append(_label(_place(step, 0)[0], _HEIGHT - _MARGIN + 18, f"{step:g}", "middle"))
    lines.append(_label(_MARGIN, 16, title, "start"))
    lines.append(_label(_WIDTH, _HEIGHT - 4, "p", "end"))
    return "".join(lines)


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor" font-size="12">{escape(text)}</text>'
    )


def _place(p: float, value: float) -> tuple[float, float]:
    return _MARGIN + p * (_WIDTH - 2 * _MARGIN), _HEIGHT - _MARGIN - value * (_HEIGHT - 2 * _MARGIN)


def _at(p: float, value: float) -> str:
    x, y = _place(p, value)
    return f"{x:.1f},{y:.1f}"
