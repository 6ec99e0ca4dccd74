"""The stations of the demo plant: equipment put together with the automatic that runs it, standard library only."""
