"""Units of water and plants that readings come in, and what turns one into another."""

from __future__ import annotations

from typing import Final

TABLE: Final[dict[str, dict[str, tuple[float, float]]]] = {
    "flow": {
        "m³/h": (1 / 3600, 0),
        "m³/s": (1, 0),
        "m³/min": (1 / 60, 0),
        "m³/d": (1 / 86_400, 0),
        "l/s": (1e-3, 0),
        "l/min": (1e-3 / 60, 0),
        "l/h": (1e-3 / 3600, 0),
        "ml/d": (1000 / 86_400, 0),
        "gpm": (3.785411784e-3 / 60, 0),
    },
    "pressure": {
        "bar": (1e5, 0),
        "mbar": (100, 0),
        "Pa": (1, 0),
        "kPa": (1e3, 0),
        "MPa": (1e6, 0),
        "psi": (6894.757293168, 0),
        "mH2O": (9806.65, 0),
    },
    "temperature": {"°C": (1, 273.15), "K": (1, 0), "°F": (5 / 9, 273.15 - 32 * 5 / 9)},
    "length": {"m": (1, 0), "cm": (0.01, 0), "mm": (1e-3, 0), "km": (1e3, 0), "ft": (0.3048, 0), "in": (0.0254, 0)},
    "volume": {"m³": (1, 0), "l": (1e-3, 0), "hl": (0.1, 0), "gal": (3.785411784e-3, 0)},
    "power": {"W": (1, 0), "kW": (1e3, 0), "MW": (1e6, 0), "hp": (745.699872, 0)},
    "energy": {"Wh": (1, 0), "kWh": (1e3, 0), "MWh": (1e6, 0), "J": (1 / 3600, 0), "MJ": (1e6 / 3600, 0)},
    "concentration": {"mg/l": (1, 0), "g/m³": (1, 0), "µg/l": (1e-3, 0), "g/l": (1e3, 0)},
    "conductivity": {"µS/cm": (1, 0), "mS/cm": (1e3, 0), "mS/m": (10, 0), "S/m": (1e4, 0)},
    "time": {"s": (1, 0), "min": (60, 0), "h": (3600, 0), "d": (86_400, 0)},
    "speed": {"m/s": (1, 0), "km/h": (1 / 3.6, 0)},
    "turning": {"1/min": (1, 0), "rpm": (1, 0), "1/s": (60, 0)},
    "voltage": {"V": (1, 0), "mV": (1e-3, 0), "kV": (1e3, 0)},
    "current": {"A": (1, 0), "mA": (1e-3, 0), "kA": (1e3, 0)},
    "share": {"%": (0.01, 0), "1": (1, 0), "‰": (1e-3, 0), "ppm": (1e-6, 0)},
    "frequency": {"Hz": (1, 0), "kHz": (1e3, 0)},
}
"""By dimension: what a unit's number is times and plus, in the dimension's base."""

SPELLINGS: Final = {
    "m3/h": "m³/h",
    "m^3/h": "m³/h",
    "cbm/h": "m³/h",
    "m3/s": "m³/s",
    "m3/min": "m³/min",
    "m3/d": "m³/d",
    "m3": "m³",
    "m^3": "m³",
    "lps": "l/s",
    "lpm": "l/min",
    "c": "°C",
    "degc": "°C",
    "f": "°F",
    "degf": "°F",
    "us/cm": "µS/cm",
    "ug/l": "µg/l",
    "μs/cm": "µS/cm",
    "μg/l": "µg/l",
    "mwc": "mH2O",
    "mws": "mH2O",
    "u/min": "1/min",
}

_BY_NAME: Final = {unit: (dimension, *rule) for dimension, units in TABLE.items() for unit, rule in units.items()}
# Not for a first m or M: milli or mega, nobody knows.
_BY_LOWER: Final = {
    unit.lower(): unit for unit in _BY_NAME if unit[0] not in "mM" or unit[1:2] in ("", "³", "/", "b", "g")
}


def conversion(source: str, target: str) -> tuple[float, float] | None:
    """Return (scale, offset) so that target = source × scale + offset; None when one cannot become the other."""
    source, target = known_unit(source), known_unit(target)
    if source == target:
        return 1.0, 0.0
    if source not in _BY_NAME or target not in _BY_NAME:
        return None
    (dimension, factor, base), (other, target_factor, target_base) = _BY_NAME[source], _BY_NAME[target]
    if dimension != other:
        return None
    return factor / target_factor, (base - target_base) / target_factor


def known_unit(text: str) -> str:
    """Return a unit as the table spells it; one that the table has not comes back as it is."""
    text = text.strip()
    if text in _BY_NAME:
        return text
    lower = text.lower().replace(" ", "")
    return SPELLINGS.get(lower) or _BY_LOWER.get(lower) or text


def units_like(unit: str) -> tuple[str, ...]:
    """Return the units that can become this one, itself first."""
    known = known_unit(unit)
    if known not in _BY_NAME:
        return (unit,) if unit else ()
    others = [each for each in TABLE[_BY_NAME[known][0]] if each != known]
    return (unit, *others)
