import pickle

from alliance.analysis.errors import MethodError


def test_names_the_code_the_message_and_the_place():
    error = MethodError("mixed-units", "kg does not go with t", "effects[2].unit")
    assert str(error) == "mixed-units: kg does not go with t (effects[2].unit)"
    assert isinstance(error, ValueError)


def test_place_is_left_out_when_the_data_as_a_whole_are_at_fault():
    assert str(MethodError("overflow", "too far apart")) == "overflow: too far apart"


def test_survives_the_way_back_from_a_worker_process():
    copy = pickle.loads(pickle.dumps(MethodError("bad-level", "no", "level")))
    assert (copy.code, copy.message, copy.where) == ("bad-level", "no", "level")
