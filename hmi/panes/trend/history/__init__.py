"""What is known of a pen: the history that was asked for, and the live tail after it."""
