"""The drawing of a chain of adoptions."""

from __future__ import annotations

from alliance.charts.chain import ROW, WIDTH, ChainNode, draw


def node(public_id: str, parent: str = "", depth: int = 0, label: str = "Lund 2019") -> ChainNode:
    return ChainNode(public_id, parent, depth, label, "worked", f"#{public_id}")


def test_each_record_is_a_row_and_each_adoption_a_line() -> None:
    drawing = draw([node("a"), node("b", "a", 1), node("c", "b", 2), node("d", "a", 1)])
    assert [mark.y for mark in drawing.marks] == [17, 51, 85, 119]
    assert [mark.x for mark in drawing.marks] == [10, 36, 62, 36]
    assert drawing.links == ("M10 26V51H27", "M36 60V85H53", "M10 26V119H27")
    assert drawing.height == 4 * ROW


def test_a_deep_chain_stays_within_its_width_and_keeps_room_for_words() -> None:
    nodes = [node("0")] + [node(str(n), str(n - 1), n) for n in range(1, 40)]
    drawing = draw(nodes)
    assert max(mark.label_x for mark in drawing.marks) <= WIDTH - 170
    assert all(mark.label == "Lund 2019" for mark in drawing.marks)


def test_a_long_label_is_cut_and_an_unknown_outcome_has_a_mark() -> None:
    (mark,) = draw([node("a", label="A very long name of a place " * 4)]).marks
    assert mark.label.endswith("…")
    (mark,) = draw([ChainNode("a", "gone", 0, "Lund", "other", "#a")]).marks
    assert mark.outcome == "unknown" and mark.shape


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw([]).marks == ()
