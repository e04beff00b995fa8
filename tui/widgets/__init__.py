"""Widgets that know neither the session nor the engine's rows."""
