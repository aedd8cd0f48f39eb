"""The California fires' chart: the largest fires of one snapshot as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ca_fires_report import day

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ca_fires import Snapshot

_BARS = 7
_MOSTLY_CONTAINED, _HARDLY_CONTAINED = "#3f7599", "#c4572b"
_INK, _FAINT_INK = "#222222", "#666666"


def draw_chart(snapshot: Snapshot) -> Figure:
    """Return a figure of a snapshot's largest fires."""
    from matplotlib.figure import Figure  # only here: it takes a second, and few charts are drawn

    rows = list(reversed(snapshot.sized[:_BARS]))
    figure = Figure(figsize=(7.2, 0.9 + 0.36 * len(rows)), dpi=90)
    axes = figure.add_subplot()
    acres = [row["AcresBurned"] for row in rows]
    axes.barh(
        [row["Name"] for row in rows], acres, height=0.62, color=[_color(row) for row in rows]
    )
    for position, row in enumerate(rows):
        axes.text(
            row["AcresBurned"] + max(acres) * 0.012,
            position,
            _label(row),
            va="center",
            fontsize=8.5,
            color=_FAINT_INK,
        )
    axes.set_xlim(0, max(acres) * 1.32)
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=9, labelcolor=_INK)
    axes.spines[:].set_visible(False)
    axes.set_title(
        f"Largest wildfires in California, {day(snapshot.taken)}",
        loc="left",
        fontsize=11,
        color=_INK,
    )
    for place, (color, words) in enumerate(
        [(_HARDLY_CONTAINED, "less than half contained"), (_MOSTLY_CONTAINED, "half or more")]
    ):
        axes.text(
            0.99,
            0.02 + 0.09 * (1 - place),
            f"■ {words}",
            transform=axes.transAxes,
            ha="right",
            fontsize=8.5,
            color=color,
        )
    return figure


def chart_text(snapshot: Snapshot) -> str:
    """Return the chart in words, for those who cannot see it."""
    named = [f"{row['Name']}, {_label(row)}" for row in snapshot.sized[:3]]
    return f"Bar chart of the largest fires on {day(snapshot.taken)}: {'; '.join(named)}"


def _color(row: dict[str, Any]) -> str:
    return _MOSTLY_CONTAINED if (row["PercentContained"] or 0) >= 50 else _HARDLY_CONTAINED


def _label(row: dict[str, Any]) -> str:
    share = row["PercentContained"]
    told = "containment not told" if share is None else f"{share}% contained"
    return f"{row['AcresBurned']:,} acres, {told}"
