"""Where jobs are kept: rows, ledger, and record, written in one transaction."""
