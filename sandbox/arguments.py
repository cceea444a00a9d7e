"""What the command lines here take, held to its bounds."""

import argparse


def port(text: str) -> int:
    """Read a TCP port, 0 for any that is free."""
    number = int(text)
    if not 0 <= number < 65_536:
        raise argparse.ArgumentTypeError("must be 0 to 65535")
    return number


def positive(text: str) -> float:
    """Read a number above 0."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("must be more than 0")
    return number
