"""Every driver there is; to add one, add its line."""

from __future__ import annotations

from drivers.api import DriverType
from drivers.opcua.driver import OPCUA

DRIVERS: tuple[DriverType, ...] = (OPCUA,)
