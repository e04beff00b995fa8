"""The keys of the Leaderboard tab."""

from textual.binding import Binding, BindingType

SORT = Binding.Group("sort", compact=True)

KEYS: list[BindingType] = [
    Binding(
        "enter",
        "open",
        "open",
        id="board.open",
        tooltip="the jobs of the row; of a job, its curves",
    ),
    Binding("slash", "filter", "filter", key_display="/", id="board.filter", tooltip="keep the rows that match"),
    Binding(
        "comma",
        "sort(-1)",
        "sort",
        key_display=",",
        id="board.sort_left",
        group=SORT,
        tooltip="sort by a column to the left",
    ),
    Binding(
        "full_stop",
        "sort(1)",
        "sort",
        key_display=".",
        id="board.sort_right",
        group=SORT,
        tooltip="sort by a column to the right",
    ),
    Binding("o", "order", "order", id="board.order", show=False, tooltip="the other end first"),
    Binding("b", "by", "by job", id="board.by", tooltip="a row a configuration, or a row a job"),
    Binding("v", "rank_by", "rank by", id="board.rank_by", tooltip="rank by the validation, or by the test"),
    Binding("p", "pin", "pin", id="board.pin", tooltip="keep the row in sight above the others"),
    Binding("asterisk", "star", "star", key_display="*", id="board.star", tooltip="star the configuration"),
    Binding("e", "note", "note", id="board.note", tooltip="write a note about the configuration"),
    Binding("equals_sign", "compare", "compare", key_display="=", id="board.compare", tooltip="how two rows differ"),
    Binding("A", "adopt", "adopt", id="board.adopt", tooltip="a new experiment, or the defaults, from the row"),
    Binding("w", "write", "csv", id="board.csv", tooltip="write the board as CSV beside the queue file"),
    Binding("c", "copy", "copy", id="board.copy", show=False, tooltip="copy id, row, or the command that trains it"),
    Binding("left,h", "slide(-1)", "left", id="board.left", show=False, tooltip="columns further left"),
    Binding("right,l", "slide(1)", "right", id="board.right", show=False, tooltip="columns further right"),
    Binding(
        "left_square_bracket",
        "board(-1)",
        "data set",
        key_display="[",
        id="board.before",
        show=False,
        tooltip="the board of another data set",
    ),
    Binding(
        "right_square_bracket",
        "board(1)",
        "data set",
        key_display="]",
        id="board.next",
        show=False,
        tooltip="the board of another data set",
    ),
    Binding("escape", "back", "back", id="board.back", show=False, tooltip="close what is open, then the filter"),
]
