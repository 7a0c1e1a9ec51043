"""Open vSwitch: its two programs kept running, its database (RFC 7047) read and written."""
