"""Prints each step of the demonstration as it happens."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from disrupt.hotline.demo.platform import Verdict


class Show:
    """The demonstration's voice: numbered steps, lines below them, one table."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._number = 0

    def step(self, title: str) -> None:
        self._number += 1
        self._console.print(f"\n[bold]{self._number}. {title}[/bold]")

    def line(self, text: str) -> None:
        self._console.print(f"   {text}", markup=False)

    def verdicts(self, verdicts: list[Verdict]) -> None:
        """The table of what the platform's matcher blocked."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("upload", "verdict", "distance", "view", "category"):
            table.add_column(heading, justify="right" if heading == "distance" else "left")
        for verdict in verdicts:
            best = verdict.best
            table.add_row(
                verdict.upload.path.name,
                "blocked" if best else "let through",
                str(best["distance"]) if best else "–",
                str(best["view"]) if best else "–",
                str(best["category"]) if best else "–",
            )
        self._console.print(table)
