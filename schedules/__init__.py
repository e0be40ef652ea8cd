"""Decides when: due slots, the daemon, the way of one page, and the sources of the past."""
