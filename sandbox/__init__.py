"""A Slack workspace and a catalogue on this machine, to try the bot in and to test it with."""
