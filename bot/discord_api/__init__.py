"""Discord itself: how a process gets in, how requests leave once and in time, and what its errors mean."""
