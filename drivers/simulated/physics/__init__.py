"""The physics of the demo plant's equipment: pure calculation in steps of time, standard library only."""
