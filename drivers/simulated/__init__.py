"""The demo plant: a water network with its physics, served over real OPC UA; drivers connect to it as to any plant."""
