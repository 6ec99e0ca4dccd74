"""OPC UA: one session to one server, over asyncua; node ids and status codes stay in here."""
