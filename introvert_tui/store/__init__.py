"""Everything that is remembered, and the only SQL in the program.

Functions here take a connection and do one thing inside the caller's transaction; `database.Store` owns the connections
and the one thread that writes. Times are milliseconds since the epoch, UTC, as integers.
"""
