"""Landing from the CRMs' own APIs."""
