"""Queue files that nobody should write: sound ones in every dress, damaged ones, and ones meant to be a nuisance."""

import random

from engine.plan.settings import DEFAULTS, NAMES

SOUND = {
    "dataset": ["mnist", "Fashion-MNIST"],
    "model": ["cnn", "compact", "mlp", "VGG16", "own.net:build"],
    "activation": ["relu", "Tanh", "gelu"],
    "initializer": ["he", "Xavier", "glorot_normal"],
    "optimizer": ["sgd", "ADAM", "adamw"],
    "lr_schedule": ["constant", "cosine", "step"],
    "monitor": ["loss", "accuracy"],
    "precision": ["float32", "mixed_bfloat16"],
}
NAMES_MADE = ["a", "grid-1", "數字", 'q"uote', "back\\slash", "e\u0301", "[red]", "[/]", "x" * 150, "#", "=", "a.b"]
COMMENTS = ["# plain", "#", "# [[experiment]]", "# '''", '# """ = [', "# \u202e turned", "#\tname = 'no'"]
NASTY = [
    *(
        b"nan",
        b"inf",
        b"-inf",
        b"1e999",
        b"0x" + b"f" * 40,
        b"9" * 26,
        b"9" * 5000,
        b"1979-05-27",
        b"07:32:00",
        b"true",
    ),
    *(b'"\\u202e"', b"'\\x1b'", b'"\\u001b]52;c;aGk=\\u0007"', b'"[red]"', b"[]", b"{}", b"[[1]]", b"{a.b=1}", b'""'),
    *(b"\x00", b"\x1b", b"\x80", b"\xff\xfe", b"\xc2\x9b", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n\n"),
    *(
        b"[[experiment]]",
        b"[experiment]",
        b"[defaults]",
        b"[run]",
        b"[experiment.sweep]",
        b"sweep",
        b"sweep.",
        b"]",
        b"}",
    ),
    *(
        b"'''",
        b'"""',
        b'"',
        b"'",
        b"\\",
        b"#",
        b",",
        b"=",
        b".",
        b"[" * 200,
        b"{a=" * 200,
        b"a." * 300,
        b"-",
        b"_",
        b" ",
    ),
    *(name.encode() for name in ("lr", "epoch", "act", "use_bn", "seed", "name", "notes", "tags", "gpus", "on_finish")),
]


def sound_value(draw: random.Random, name: str) -> object:
    """A value that a setting takes."""
    default = DEFAULTS[name]
    if name in SOUND:
        return draw.choice(SOUND[name])
    if isinstance(default, bool):
        return draw.random() < 0.5
    if isinstance(default, int):
        return draw.choice([1, 2, 7, 63])
    return draw.choice([0.25, 1e-3, 0.9, 1e-07])


def text_of(value: object, draw: random.Random, *, one_line: bool = False) -> str:
    """A value as TOML, in one of the ways in which one may write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        plain = value.isprintable() and not set(value) & set("'\"\\")
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        many = [f'"""\n{value}"""'] if not one_line else []
        return draw.choice([f"'{value}'", f"'''{value}'''", f'"{value}"', *many] if plain else [f'"{escaped}"'])
    if isinstance(value, int) and draw.random() < 0.2:
        return draw.choice([hex(value), f"+{value}", oct(value)])
    return repr(value)


def sound(draw: random.Random) -> str:
    """A queue file that holds no fault: comments, blanks, sweeps in every form, any order of keys."""
    lines: list[str] = []

    def comment(odds: float = 0.3) -> None:
        if draw.random() < odds:
            lines.append(draw.choice(["", "  "]) + draw.choice(COMMENTS))

    def pairs(values: dict[str, object]) -> None:
        for name, value in values.items():
            comment(0.1)
            key = draw.choice([name, name, name, f'"{name}"', f"'{name}'"])
            gap = draw.choice(["", " ", "   ", "\t"])
            tail = draw.choice(["", "", "", "  # so be it"])
            lines.append(f"{draw.choice(['', '  '])}{key}{gap}={gap}{text_of(value, draw)}{tail}")

    comment(0.5)
    if draw.random() < 0.4:
        lines.append("[run]")
        pairs(draw.choice([{}, {"slots": 2}, {"slots": 1, "device": "cpu"}, {"gpus": [0, 2], "on_nan": "continue"}]))
    if draw.random() < 0.6:
        lines.append(draw.choice(["[defaults]", "[ defaults ]", '["defaults"]']))
        pairs({"early_stopping": False} | {name: sound_value(draw, name) for name in draw.sample(NAMES, 2)})
    for name in draw.sample(NAMES_MADE, draw.randint(0, 4)):
        if draw.random() < 0.4:
            lines.append("")
        comment()
        lines.append(draw.choice(["[[experiment]]", "[[ experiment ]]", "[[experiment]]   # one more"]))
        own: dict[str, object] = {"name": name, "monitor": "loss"}
        own |= {field: sound_value(draw, field) for field in draw.sample(NAMES, draw.randint(0, 3))}
        own |= draw.choice([{}, {}, {"repeats": 3}, {"enabled": False}, {"tags": ["x", "y"], "notes": "well\t[red]"}])
        own["monitor"] = "loss"
        items = list(own.items())
        draw.shuffle(items)
        pairs(dict(items))
        swept = {
            field: [sound_value(draw, field) for _ in range(draw.randint(1, 3))] for field in draw.sample(NAMES, 2)
        }
        swept.pop("monitor", None)
        form = draw.randrange(4)
        if form == 1:
            told = {name: ", ".join(text_of(v, draw, one_line=True) for v in values) for name, values in swept.items()}
            lines.append("sweep = { " + ", ".join(f"{name} = [{text}]" for name, text in told.items()) + " }")
        elif form in (2, 3):
            if form == 3:
                lines.append("[experiment.sweep]")
            for field, values in swept.items():
                told = draw.choice([", ", ",\n  ", " ,  # next\n\t"]).join(text_of(v, draw) for v in values)
                lines.append(f"{'sweep.' if form == 2 else ''}{field} = [{told}]")
    comment(0.5)
    newline = draw.choice(["\n", "\n", "\r\n"])
    text = "\n".join(lines) + draw.choice(["\n", "", "\n\n"])
    return text.replace("\n", newline)


def damaged(draw: random.Random) -> bytes:
    """A sound file, damaged in one to five places."""
    data = bytearray(sound(draw).encode())
    for _ in range(draw.randint(1, 5)):
        at = draw.randint(0, len(data))
        how = draw.randrange(6)
        if how == 0:
            data[at : at + draw.randint(1, 20)] = b""
        elif how == 1:
            data[at:at] = draw.choice(NASTY)
        elif how == 2 and at < len(data):
            data[at] ^= 1 << draw.randrange(8)
        elif how == 3:
            del data[at:]
        elif how == 4:
            data[at:at] = data[draw.randint(0, len(data)) :][: draw.randint(1, 200)]
        else:
            # The value of some line becomes something else.
            end = data.find(b"\n", at)
            start = data.rfind(b"=", 0, end if end >= 0 else len(data))
            if start >= 0:
                data[start + 1 : end if end >= 0 else len(data)] = b" " + draw.choice(NASTY)
    return bytes(data)


def soup(draw: random.Random) -> bytes:
    """Tokens in no order at all."""
    return draw.choice([b"", b" ", b"\n"]).join(draw.choice(NASTY) for _ in range(draw.randint(0, 40)))


def wrong(draw: random.Random) -> bytes:
    """Lines that TOML accepts and no queue file has."""
    keys = [*NAMES, "name", "repeats", "tags", "notes", "gpus", "slots", "lr", "\u202e", "sweep", "x.y", "experiment"]
    heads = ["[run]", "[defaults]", "[[experiment]]", "[experiment.sweep]", "[other]", ""]
    lines = []
    for _ in range(draw.randint(1, 12)):
        key = draw.choice(keys)
        value = draw.choice(NASTY[:19]).decode()
        lines.append(draw.choice([draw.choice(heads), f'"{key}" = {value}', f'"{key}" = [{value}, {value}]']))
    return "\n".join(lines).encode()


def any_file(draw: random.Random) -> bytes:
    """One of all these, with or without a byte order mark."""
    kind = draw.randrange(10)
    made = sound(draw).encode() if kind < 2 else damaged(draw) if kind < 7 else wrong(draw) if kind < 9 else soup(draw)
    return draw.choice([b"", b"", b"", b"\xef\xbb\xbf"]) + made
