"""What a benchmark answers: figures, and targets with whether they were met in this run."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Result:
    """Figures by name with their unit; a target is met when its value is at most, or at least, its limit."""

    name: str
    figures: dict[str, dict[str, object]] = field(default_factory=dict)
    targets: dict[str, dict[str, object]] = field(default_factory=dict)

    def figure(self, name: str, value: float, unit: str) -> None:
        """Note one figure."""
        self.figures[name] = {"value": round(value, 4), "unit": unit}

    def at_most(self, name: str, value: float, limit: float, unit: str) -> None:
        """Note a figure that should not be above a limit."""
        self.figure(name, value, unit)
        self.targets[name] = {"value": round(value, 4), "target": f"<= {limit:g} {unit}", "met": value <= limit}

    def at_least(self, name: str, value: float, limit: float, unit: str) -> None:
        """Note a figure that should not be below a limit."""
        self.figure(name, value, unit)
        self.targets[name] = {"value": round(value, 4), "target": f">= {limit:g} {unit}", "met": value >= limit}

    def as_dict(self) -> dict[str, object]:
        """Return the object that --json prints."""
        return {"name": self.name, "figures": self.figures, "targets": self.targets}
