import numpy as np
import pytest

from alliance.analysis.composite import Node, framework_from
from alliance.analysis.composite.framework import effective_weights, leaves_below
from alliance.analysis.errors import MethodError
from tests.unit.analysis.composite.helpers import two_pillars


def refused(*nodes: Node) -> MethodError:
    with pytest.raises(MethodError) as caught:
        framework_from(nodes)
    return caught.value


TOP = Node(code="index")
A = Node(code="a", parent="index")


def test_children_come_before_their_parent_and_the_top_is_last():
    framework = two_pillars()
    assert framework.codes == ("a", "b", "c", "d", "e")
    assert framework.node_codes == ("index", "P", "Q")
    assert [part.code for part in framework.bottom_up][-1] == "index"
    assert framework.top.nodes.tolist() == [1, 2]
    assert [framework.node_codes[i] for i in framework.pillars] == ["P", "Q"]
    assert framework.sign.tolist() == [1, 1, 1, -1, 1]


def test_indicators_may_stand_beside_pillars_at_any_depth():
    framework = framework_from(
        [
            TOP,
            A,
            Node(code="P", parent="index"),
            Node(code="S", parent="P"),
            Node(code="b", parent="S"),
            Node(code="c", parent="P"),
        ]
    )
    below = leaves_below(framework)
    assert [[framework.codes[i] for i in below[n]] for n in range(3)] == [
        ["a", "b", "c"],
        ["b", "c"],
        ["b"],
    ]


def test_effective_weights_multiply_down_the_hierarchy():
    framework = two_pillars()
    shares = effective_weights(
        framework, framework.leaf_weights()[np.newaxis], framework.node_weights()[np.newaxis]
    )
    np.testing.assert_allclose(shares[0][0], [2 / 9, 2 / 9, 2 / 9, 1 / 12, 3 / 12])


def test_a_node_without_weight_below_takes_none_from_its_siblings():
    framework = two_pillars()
    leaves = np.array([[0.0, 0, 0, 1, 3]])
    shares = effective_weights(framework, leaves, framework.node_weights()[np.newaxis])
    np.testing.assert_allclose(shares[0][0], [0, 0, 0, 0.25, 0.75])


@pytest.mark.parametrize("bounds", [(0, 100), (100, 0)])
def test_where_lower_is_better_the_smaller_bound_is_the_best_either_way_round(bounds):
    lower, upper = bounds
    framework = framework_from(
        [TOP, Node(code="a", parent="index", direction="lower", lower=lower, upper=upper)]
    )
    assert (framework.worst[0], framework.best[0]) == (100, 0)


@pytest.mark.parametrize(
    ("nodes", "code"),
    [
        ((), "empty-framework"),
        ((TOP, Node(code=" ", parent="index")), "missing-code"),
        ((TOP, A, A), "duplicate-code"),
        ((TOP, Node(code="a", parent="index", weight=-1)), "bad-weight"),
        ((TOP, Node(code="a", parent="index", weight=float("nan"))), "bad-weight"),
        ((TOP, Node(code="a", parent="index", direction="up")), "unknown-direction"),
        ((TOP, Node(code="a", parent="index", scale="square")), "unknown-scale"),
        ((TOP, Node(code="a", parent="index", upper=float("inf"))), "infinite-value"),
        ((TOP, Node(code="a", parent="index", lower=9, upper=1)), "bounds-reversed"),
        ((TOP, Node(code="a", parent="index", lower=4, upper=4)), "equal-bounds"),
        ((TOP, Node(code="a", parent="index", lower=0, scale="log")), "bad-log-bound"),
        ((TOP, Node(code="a", parent="nowhere")), "unknown-parent"),
        ((TOP, Node(code="other"), A), "several-tops"),
        ((TOP,), "no-top"),
        ((Node(code="a", parent="a"),), "cycle"),
        ((TOP, A, Node(code="b", parent="c"), Node(code="c", parent="b")), "cycle"),
        ((TOP, A, Node(code="P", parent="index", level=2)), "no-children"),
        ((Node(code="index", level=1), Node(code="a", parent="index", level=1)), "level-order"),
    ],
)
def test_a_framework_that_cannot_be_read_is_refused(nodes, code):
    assert refused(*nodes).code == code


def test_an_error_names_row_and_column_and_the_whole_circle():
    error = refused(
        Node(code="a", parent="b", row="framework row 2"),
        Node(code="b", parent="c", row="framework row 3"),
        Node(code="c", parent="b", row="framework row 4"),
    )
    assert error.where == "framework row 2, column parent"
    assert "b > c > b" in error.message
