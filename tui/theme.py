"""Two themes of our own, light and dark; one accent colour, and one colour a kind of status."""

from textual.theme import Theme

DARK = Theme(
    name="labtop-dark",
    primary="#5fafff",
    secondary="#87afaf",
    accent="#ffb454",
    foreground="#d4d4d4",
    background="#121417",
    surface="#121417",
    panel="#1d2126",
    success="#5fd787",
    warning="#d7af5f",
    error="#ff6e6e",
    dark=True,
    variables={
        "block-cursor-background": "#ffb454",
        "block-cursor-foreground": "#121417",
        "scrollbar": "#3a4048",
        "scrollbar-background": "#121417",
    },
)
LIGHT = Theme(
    name="labtop-light",
    primary="#005fd7",
    secondary="#4f6f6f",
    accent="#a04a00",
    foreground="#1c1c1c",
    background="#fbfaf7",
    surface="#fbfaf7",
    panel="#ebe8e1",
    success="#00702a",
    warning="#7d5a00",
    error="#c00020",
    dark=False,
    variables={
        "block-cursor-background": "#a04a00",
        "block-cursor-foreground": "#fbfaf7",
        "scrollbar": "#b9b4a8",
        "scrollbar-background": "#fbfaf7",
    },
)
