"""The fictional newspapers: invented papers whose front pages move on with any clock, for the demo and for tests."""
