import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.results.digits import STYLES, caption, confusion, gallery, picture
from engine.results.mistakes import Mistakes

SEVEN = [
    [0, 0, 0, 0, 0, 0, 0, 0],
    [0, 255, 255, 255, 255, 255, 255, 0],
    [0, 0, 0, 0, 0, 0, 255, 0],
    [0, 0, 0, 0, 0, 255, 0, 0],
    [0, 0, 0, 0, 255, 0, 0, 0],
    [0, 0, 0, 0, 255, 0, 0, 0],
    [0, 0, 0, 255, 0, 0, 0, 0],
    [0, 0, 0, 255, 0, 0, 0, 0],
]


def test_half_blocks_show_each_row() -> None:
    assert picture(SEVEN, "half") == [" ▄▄▄▄▄▄ ", "     ▄▀ ", "    █   ", "   █    "]


def test_ascii_shows_ink_by_how_much_there_is() -> None:
    assert picture(SEVEN, "ascii") == [" ====== ", "     == ", "    @   ", "   @    "]


def test_braille_holds_eight_pixels_a_character() -> None:
    assert picture(SEVEN, "braille") == ["⠐⠒⢒⠆", "⠀⢠⠃⠀"]


def test_arrays_and_sequences_of_any_channels_are_the_same_picture() -> None:
    grey = np.array(SEVEN, np.uint8)
    for image in (grey, grey[:, :, None], np.stack([grey] * 3, axis=-1), np.stack([grey] * 4, axis=-1)):
        assert picture(image, "half") == picture(SEVEN, "half")


def test_a_faint_picture_is_read_as_well_as_a_bright_one() -> None:
    faint = [[100 + pixel // 10 for pixel in row] for row in SEVEN]
    for style in STYLES:
        assert picture(faint, style) == picture(SEVEN, style)


def test_a_large_picture_is_made_smaller() -> None:
    large = np.kron(np.array(SEVEN, np.uint8), np.ones((10, 10), np.uint8))
    assert picture(large, "half", columns=8) == picture(SEVEN, "half")


def test_an_unknown_style_names_those_that_are() -> None:
    with pytest.raises(UsageError, match="ascii, half, braille"):
        picture(SEVEN, "sixel")


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.sampled_from(sorted(STYLES)), st.data())
def test_any_shape_becomes_lines_of_one_length(
    height: int, width: int, channels: int, style: str, data: st.DataObject
) -> None:
    bytes_needed = height * width * channels
    content = data.draw(st.binary(min_size=bytes_needed, max_size=bytes_needed))
    lines = picture(np.frombuffer(content, np.uint8).reshape(height, width, channels), style)
    assert len({len(line) for line in lines}) == 1
    assert len(lines) == -(-height // (4 if style == "braille" else 2))


def test_a_gallery_fits_its_width_and_keeps_captions_with_their_digits() -> None:
    pictures = [picture(np.zeros((28, 28), np.uint8)) for _ in range(5)]
    text = gallery(pictures, [caption(4, 9, 0.871, index) for index in range(5)], 80)
    assert max(map(len, text.splitlines())) <= 80
    captions = [line.split("   ") for line in text.splitlines() if "True" in line]
    assert [len([part for part in line if part.strip()]) for line in captions] == [2, 2, 1]


def test_a_narrow_gallery_breaks_captions_rather_than_digits() -> None:
    lines = gallery([picture(SEVEN)] * 2, [caption(7, 1, 0.5, 8)] * 2, 40).splitlines()
    assert lines[-2:] == ["True: 7, Pred: 1  True: 7, Pred: 1", "0.50 #8           0.50 #8"]


def test_an_empty_gallery_is_empty() -> None:
    assert gallery([], []) == ""


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int64])
def test_mistakes_are_counted_whatever_type_a_worker_left_them_in(kind) -> None:
    true, predicted = np.array([4, 4, 7], kind), np.array([9, 9, 1], kind)
    places, images, sure = np.arange(3), np.zeros((3, 28, 28, 1), np.uint8), np.ones(3, np.float16)
    counts = confusion(Mistakes(places, images, true, predicted, sure, np.zeros(0, np.int64)))
    assert (len(counts), counts[4][9], counts[7][1], sum(map(sum, counts))) == (10, 2, 1, 3)


@pytest.mark.parametrize("kind", [np.uint8, np.int64])
def test_no_mistakes_are_counted_too(kind) -> None:
    none = np.zeros(0, kind)
    found = Mistakes(none, np.zeros((0, 28, 28, 1), np.uint8), none, none, np.zeros(0, np.float16), none)
    assert sum(map(sum, confusion(found))) == 0
