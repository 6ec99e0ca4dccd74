"""Run the demo plant: python -m drivers.simulated."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import asdict
from datetime import datetime

from drivers.simulated.command_line import Options, parse
from drivers.simulated.description import PlantDescription
from drivers.simulated.model import PlantModel
from drivers.simulated.plant_description import describe


def main() -> int:
    """Return the exit code: 0 when told to end, 2 for wrong options or a port in use."""
    options = parse()
    plant = describe(options.stations, options.tags_per_station)
    if options.describe:
        sys.stdout.write(json.dumps(asdict(plant), ensure_ascii=False) + "\n")
        return 0

    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    # A client that is refused is the client's affair.
    for name in ("asyncua.server.internal_session", "asyncua.server.uaprocessor"):
        logging.getLogger(name).setLevel(logging.CRITICAL)

    from drivers.simulated.process import run

    return asyncio.run(run(options, plant, _make_model(plant, options)))


def _make_model(plant: PlantDescription, options: Options) -> PlantModel:
    if options.stations is not None:
        from drivers.simulated.load import LoadModel

        return LoadModel(plant, options.seed)

    from drivers.simulated.network import WaterNetwork

    now = datetime.now().astimezone()
    hour = now.hour + now.minute / 60.0
    return WaterNetwork(plant, options.seed, hour=hour, day_of_year=now.timetuple().tm_yday)


if __name__ == "__main__":
    sys.exit(main())
