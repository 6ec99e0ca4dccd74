"""The rationalised limits of the plan: which value alarms, how urgent it is, what happens, what to do.

Priority 1 is critical, 2 high, 3 medium and 4 low. Deadbands and delays are chosen so that measurement noise cannot
make an alarm chatter (ISA-18.2, 10.5).
"""

from __future__ import annotations

from drivers.simulated.description import Limit


def limits_of_level(
    *, low_low: float, low: float, high: float, high_high: float, feeds: str, low_low_priority: int = 3
) -> tuple[Limit, ...]:
    """Return the four limits of a tank level in metres; feeds says who runs dry."""
    return (
        Limit(
            "low_low",
            low_low,
            low_low_priority,
            f"{feeds} loses its supply within the hour.",
            "Start every pump that fills it; close its outlet if it still falls.",
            0.05,
            10.0,
            10.0,
        ),
        Limit(
            "low",
            low,
            3,
            f"The reserve for {feeds} is shrinking.",
            "Check that the filling pumps run in automatic and that none has tripped.",
            0.05,
            10.0,
            10.0,
        ),
        Limit(
            "high",
            high,
            4,
            "Water will soon run over the weir.",
            "Check the level control; stop a filling pump if it is in manual.",
            0.05,
            10.0,
            10.0,
        ),
        Limit(
            "high_high",
            high_high,
            3,
            "Treated water is being lost over the weir.",
            "Stop the filling pumps now.",
            0.05,
            5.0,
            10.0,
        ),
    )


def limits_of_discharge(*, high: float, high_high: float) -> tuple[Limit, ...]:
    """Return the limits of a pump station's discharge pressure in bar.

    No low limit: the pumps rest for hours every day, and an alarm that a resting pump raises is a nuisance.
    """
    return (
        Limit(
            "high",
            high,
            3,
            "Pipes and joints are under needless stress.",
            "Lower the pressure setpoint; check for a closed valve downstream.",
            0.15,
            10.0,
            15.0,
        ),
        Limit(
            "high_high",
            high_high,
            2,
            "The main may burst.",
            "Stop the pumps and find the closed valve.",
            0.15,
            3.0,
            15.0,
        ),
    )


def limits_of_suction(*, low: float) -> tuple[Limit, ...]:
    """Return the limit of a suction pressure in bar, which warns before the pumps trip for lack of water."""
    return (
        Limit(
            "low",
            low,
            3,
            "The pumps will trip for lack of water.",
            "Check the level of the reservoir upstream.",
            0.05,
            10.0,
            10.0,
        ),
    )


def limits_of_chlorine(*, low_low: float, low: float, high: float, high_high: float) -> tuple[Limit, ...]:
    """Return the limits of free residual chlorine in mg/L (drinking water in Spain: at most 1.0, RD 3/2023)."""
    return (
        Limit(
            "low_low",
            low_low,
            1,
            "The water is no longer protected against infection.",
            "Stop the supply and call the water quality officer.",
            0.02,
            30.0,
            30.0,
        ),
        Limit(
            "low",
            low,
            2,
            "Protection against infection is weak at the ends of the network.",
            "Check the dosing pump for air and the stock of hypochlorite; raise the dose.",
            0.02,
            20.0,
            30.0,
        ),
        Limit(
            "high", high, 3, "Customers will complain of taste and smell.", "Lower the dose setpoint.", 0.02, 20.0, 30.0
        ),
        Limit(
            "high_high",
            high_high,
            2,
            "The legal maximum for drinking water is near.",
            "Stop dosing until the residual falls.",
            0.02,
            20.0,
            30.0,
        ),
    )


def limits_of_stored_chlorine() -> tuple[Limit, ...]:
    """Return the limits of free residual chlorine in a reservoir, where it only decays."""
    return (
        Limit(
            "low",
            0.2,
            3,
            "Protection against infection is weak at the ends of the network.",
            "Check the dosing upstream; raise the dose.",
            0.02,
            60.0,
            60.0,
        ),
    )


def limits_of_turbidity(*, high: float, high_high: float) -> tuple[Limit, ...]:
    """Return the limits of a turbidity in NTU."""
    return (
        Limit(
            "high",
            high,
            3,
            "Chlorine works less well in cloudy water.",
            "Look at the raw water; throttle the filter valve if it goes on.",
            high * 0.1,
            15.0,
            20.0,
        ),
        Limit(
            "high_high",
            high_high,
            2,
            "Water outside the quality rules reaches the network.",
            "Close the filter valve and call the water quality officer.",
            high * 0.1,
            15.0,
            20.0,
        ),
    )


def limits_of_ph() -> tuple[Limit, ...]:
    """Return the limits of pH."""
    return (
        Limit("low", 6.8, 4, "The water attacks metal pipes.", "Take a sample and compare.", 0.05, 60.0, 60.0),
        Limit(
            "high",
            8.4,
            4,
            "Chlorine loses its strength and pipes scale.",
            "Take a sample and compare.",
            0.05,
            60.0,
            60.0,
        ),
    )


def limits_of_temperature(
    *, high: float, high_high: float | None = None, what: str = "The motor's insulation ages quickly."
) -> tuple[Limit, ...]:
    """Return the limits of a temperature in °C."""
    limits = [Limit("high", high, 4, what, "Check cooling and ventilation.", 1.0, 30.0, 30.0)]
    if high_high is not None:
        limits.append(
            Limit(
                "high_high", high_high, 3, "The equipment will be damaged.", "Stop it and let it cool.", 1.0, 10.0, 30.0
            )
        )
    return tuple(limits)


def limit_of_trip(priority: int = 3) -> tuple[Limit, ...]:
    """Return the alarm of a tripped motor."""
    return (
        Limit(
            "discrete",
            1.0,
            priority,
            "The pump is out; the standby carries the load alone.",
            "Find out why, remove the cause, reset the trip.",
        ),
    )


def limit_of_door() -> tuple[Limit, ...]:
    """Return the alarm of an opened door."""
    return (
        Limit(
            "discrete",
            1.0,
            4,
            "Somebody may be in the station.",
            "Ask the duty crew whether they are there; otherwise call the guard.",
            on_delay_s=5.0,
            off_delay_s=5.0,
        ),
    )


def limit_of_power_failure() -> tuple[Limit, ...]:
    """Return the alarm of a mains failure."""
    return (
        Limit(
            "discrete",
            1.0,
            3,
            "All pumps of the station stand still.",
            "Ask the grid operator how long it lasts; watch the reservoirs downstream.",
            on_delay_s=2.0,
        ),
    )
