"""CSV exports to raw tables: reading, header resolution, the ledger of deliveries, landing."""
