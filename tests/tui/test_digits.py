"""The Digits tab: gallery and matrix over any number of digits, filter and order, and how it looks."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.plan.jobs import JobStatus
from engine.results.digits import SORTS, chosen, confusion, large
from tests.tui.made import Host, flow, grid, mistakes, row, shown, snapshot, until
from tui.messages import Copied, Told
from tui.panes.digits import DigitsPane
from tui.panes.digits_pictures import STYLES, DigitPictures, suited
from tui.widgets.gallery import Gallery
from tui.widgets.matrix import Matrix

pairs = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=60)


@given(pairs)
def test_every_mistake_is_counted_once_and_found_in_its_cell(found: list[tuple[int, int]]) -> None:
    made = mistakes(found)
    counts = confusion(made)
    assert sum(map(sum, counts)) == len(found)
    reached = [at for true in range(len(counts)) for said in range(len(counts)) for at in chosen(made, true, said)]
    assert sorted(reached) == list(range(len(found)))
    assert sorted(chosen(made)) == list(range(len(found)))


@given(pairs)
def test_the_surest_mistakes_come_first(found: list[tuple[int, int]]) -> None:
    made = mistakes(found)
    sure = [float(made.confidence[at]) for at in chosen(made, sort="confidence")]
    assert sure == sorted(sure, reverse=True)


@pytest.mark.parametrize("style", STYLES)
def test_pictures_of_a_style_have_one_size(style: str) -> None:
    made = DigitPictures(mistakes(), range(8), style)
    for place in range(len(made)):
        lines = [*made.picture(place), *made.caption(place)]
        assert len(lines) == made.height
        assert max(map(len, lines)) <= made.width
        assert "".join(lines).isascii() or style != "ascii"


def test_half_blocks_where_four_have_room_else_braille_and_ascii_where_nothing_else_is() -> None:
    assert suited(mistakes(), 80, 38, ascii_only=False) == "half"
    assert suited(mistakes(), 40, 20, ascii_only=False) == "braille"
    assert suited(mistakes(), 40, 20, ascii_only=True) == "ascii"


def test_a_digit_at_its_largest_has_two_characters_a_pixel() -> None:
    lines = large(mistakes().images[0])
    assert (len(lines), {len(line) for line in lines}) == (28, {56})
    assert "".join(large(mistakes().images[0], ascii_only=True)).isascii()


# the widgets


@flow
async def test_every_picture_is_reached_and_few_are_made() -> None:
    gallery = Gallery()
    async with Host(gallery).driven() as pilot:
        made = DigitPictures(mistakes([(1, 2)] * 3000), range(3000), "braille")
        asked: list[int] = []
        whole = made.picture
        made.picture = lambda index: asked.append(index) or whole(index)  # type: ignore[method-assign,func-returns-value]
        gallery.show(made)
        gallery.focus()
        await pilot.press("G")
        await pilot.pause()
        assert gallery.cursor == 2999
        assert any(f"#{2999 * 37 + 5}" in line for line in shown(pilot))
        assert len(set(asked)) < 60
        await pilot.press("g", "l", "j", "ctrl+d", "k", "h")
        assert gallery.cursor == gallery.across * gallery.down


@flow
async def test_a_resized_gallery_keeps_its_digit_in_sight() -> None:
    gallery = Gallery()
    async with Host(gallery).driven() as pilot:
        gallery.show(DigitPictures(mistakes([(1, 2)] * 90), range(90), "braille"), 45)
        for size in ((40, 12), (1, 1), (200, 60), (30, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert gallery.cursor == 45
            if size != (1, 1):
                assert 45 in gallery.in_sight


@flow
async def test_the_matrix_sums_and_filters() -> None:
    matrix = Matrix()
    host = Host(matrix)
    async with host.driven() as pilot:
        matrix.counts = confusion(mistakes())
        matrix.focus()
        await pilot.pause()
        assert "all" in shown(pilot)[1]
        assert shown(pilot)[2].split() == ["all", "8", ".", "1", ".", "1", "1", "1", "1", "1", ".", "2"]
        await pilot.press(*"jjjjj", *"l" * 10, "enter", "enter")
        assert [(message.row, message.column) for message in host.told(Matrix.Chosen)] == [(4, 9), (None, None)]
        await pilot.press("g", "space")
        assert (host.told(Matrix.Chosen)[-1].row, host.told(Matrix.Chosen)[-1].column) == (None, 9)


@flow
async def test_what_was_right_stands_on_the_diagonal_where_it_has_room() -> None:
    matrix = Matrix()
    host = Host(matrix)
    async with host.driven((140, 24)) as pilot:
        matrix.counts = confusion(mistakes(right=[980 - label for label in range(10)]))
        await pilot.pause()
        assert shown(pilot)[2].split() == [
            "all",
            "9763",
            "980",
            "980",
            "978",
            "978",
            "977",
            "976",
            "975",
            "974",
            "972",
            "973",
        ]
        assert shown(pilot)[7].split() == ["4", "978", ".", ".", ".", ".", "976", ".", ".", ".", ".", "2"]
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "predicted wrongly" in shown(pilot)[0]
        assert shown(pilot)[7].split() == ["4", "2", ".", ".", ".", ".", "\\", ".", ".", ".", ".", "2"]


@settings(deadline=None, max_examples=10)
@given(st.integers(1, 40), st.data())
def test_a_matrix_of_any_size_shows_its_cursor(classes: int, data: st.DataObject) -> None:
    cursor = (data.draw(st.integers(0, classes)), data.draw(st.integers(0, classes)))

    @flow
    async def look() -> None:
        matrix = Matrix()
        async with Host(matrix).driven((40, 12)) as pilot:
            matrix.counts = [[(true + said) % 7 for said in range(classes)] for true in range(classes)]
            matrix.focus()
            matrix.cursor = cursor
            await pilot.pause()
            style = matrix.get_component_rich_style("matrix--cursor")
            lit = [part.text for y in range(12) for part in matrix.render_line(y) if part.style == style]
            nothing = "\\" if cursor[0] == cursor[1] and cursor[0] else "."
            assert lit == [str(matrix.count(*cursor) or nothing)]

    look()


# the pane


async def ready(pilot: Any, host: Host, pane: DigitsPane, found: Any = None) -> None:
    pane.snapshot = snapshot(*grid())
    await until(pilot, lambda: host.told(DigitsPane.MistakesWanted))
    pane.mistakes = mistakes() if found is None else found
    pane.main.focus()
    await pilot.pause()


@flow
async def test_filtering_sorting_and_looking_closer() -> None:
    pane = DigitsPane()
    host = Host(pane)
    async with host.driven((120, 40)) as pilot:
        await ready(pilot, host, pane, mistakes(right=[100 - label for label in range(10)]))
        assert host.told(DigitsPane.MistakesWanted)[0].job_id == pane.picker.key
        text = "\n".join(shown(pilot))
        assert "8 wrong" in text
        assert "True: 5, Pred: 6" in text
        await pilot.press("tab", *"jjjjj", *"l" * 10, "enter")
        await pilot.pause()
        assert len(pane.main.pictures) == 2
        assert "4 taken for 9: 2" in shown(pilot)[0]
        await pilot.press(*"hhhhh", "enter")
        await pilot.pause()
        assert "4 right 96 times" in shown(pilot)[0]
        assert any("4 taken for 4 is right" in line for line in shown(pilot))
        await pilot.press(*"lllll", "enter", "shift+tab", "s", "enter")
        await pilot.pause()
        assert any("True: 4, Pred: 9  0.5" in line for line in shown(pilot))
        await pilot.press("l")
        assert pane.main.cursor == 1
        await pilot.press("escape", "escape")
        assert len(pane.main.pictures) == 8
        await pilot.press("a", "a", "v", "c")
        assert [message.style for message in host.told(DigitsPane.StyleChosen)] == ["braille", "ascii"]
        assert not pane.query_one(Matrix).display
        assert host.told(Copied)[0].text == pane.picker.key


@flow
async def test_whatever_was_chosen_a_terminal_of_ascii_is_drawn_ascii() -> None:
    pane = DigitsPane()
    host = Host(pane)
    async with host.driven((60, 20)) as pilot:
        pane.ascii = True
        pane.style_chosen = "half"
        await ready(pilot, host, pane)
        assert pane.main.pictures.style == "ascii"
        await pilot.press("a")
        await pilot.pause()
        assert pane.main.pictures.style == "ascii"
        assert not host.told(DigitsPane.StyleChosen), "the other terminal's choice is kept"
        assert "only ASCII" in host.told(Told)[-1].text
        assert shown(pilot)[0].isascii()


@flow
async def test_other_jobs_and_what_goes_wrong_with_them() -> None:
    pane = DigitsPane()
    host = Host(pane)
    async with host.driven() as pilot:
        await ready(pilot, host, pane)
        await pilot.press("right_square_bracket")
        await pilot.pause()
        asked = [message.job_id for message in host.told(DigitsPane.MistakesWanted)]
        assert len(asked) == 2
        pane.problem = "mistakes.npz is damaged\x1b[2J"
        await pilot.pause()
        assert any("is damaged\\x1b[2J" in line for line in shown(pilot))
        await pilot.press("right_square_bracket")
        pane.mistakes = mistakes(())
        await pilot.pause()
        assert any("got every test digit right" in line for line in shown(pilot))
        await pilot.press("o")
        assert pane.picker.display
        assert pane.picker.has_focus


@flow
async def test_without_a_job_it_says_what_to_press() -> None:
    pane = DigitsPane()
    async with Host(pane).driven() as pilot:
        pane.snapshot = snapshot(row(1, status=JobStatus.QUEUED))
        await pilot.pause()
        assert any("r trains" in line for line in shown(pilot))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", ["half", "braille", "ascii", "filtered", "large", "empty"])
def test_pictures(snap_compare: Any, size: tuple[int, int], name: str) -> None:
    pane = DigitsPane()
    host = Host(pane)
    keys = {"filtered": ("tab", *"jjjjj", "enter"), "large": ("enter",)}

    async def before(pilot: Any) -> None:
        pane.ascii = name == "ascii"
        if name == "empty":
            return
        pane.snapshot = snapshot(*grid())
        await pilot.pause()
        rng = np.random.default_rng(0)
        pane.mistakes = mistakes([tuple(rng.integers(0, 10, 2)) for _ in range(40)])
        pane.main.focus()
        if name in STYLES:
            pane.style_chosen = name
        await pilot.press(*keys.get(name, ()))
        await pilot.pause()

    assert snap_compare(host, terminal_size=size, run_before=before)


def test_the_words_for_an_order_are_those_of_the_command() -> None:
    assert SORTS == ("index", "confidence")
