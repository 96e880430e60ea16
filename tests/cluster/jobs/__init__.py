"""Programs that run on the hosts of a test cluster. They are copied there, so they import nothing of the tests."""
