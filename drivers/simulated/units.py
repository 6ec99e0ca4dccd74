"""Units in the words of OPC UA: UNECE Recommendation 20 codes, and the unit identifiers made of them."""

from __future__ import annotations

from asyncua import ua

_UNECE_URI = "http://www.opcfoundation.org/UA/units/un/cefact"

_CODES = {
    "%": "P1",
    "1/min": "C94",
    "A": "AMP",
    "L/h": "E32",
    "NTU": "",
    "V": "VLT",
    "W/m²": "D54",
    "bar": "BAR",
    "g": "GRM",
    "h": "HUR",
    "kPa": "KPA",
    "kW": "KWT",
    "kWh": "KWH",
    "m": "MTR",
    "mg/L": "M1",
    "mm": "MMT",
    "m³": "MTQ",
    "m³/h": "MQH",
    "pH": "Q30",
    "s": "SEC",
    "°C": "CEL",
}


def engineering_units(unit: str) -> ua.EUInformation:
    """Return what the property EngineeringUnits holds; without a code its identifier is -1 (Part 8, 5.6.4.3)."""
    return ua.EUInformation(
        NamespaceUri=_UNECE_URI,
        UnitId=unit_identifier(_CODES.get(unit, "")),
        DisplayName=ua.LocalizedText(unit),
        Description=ua.LocalizedText(unit),
    )


def unit_identifier(code: str) -> int:
    """Return the code's characters as one big-endian number, or -1 for no code."""
    return int.from_bytes(code.encode("ascii"), "big") if code else -1
