"""One way of looking at readings a module: a batch in, edges of alarm conditions out; nothing here knows of states."""
