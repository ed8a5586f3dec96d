"""The restart drill in its short form; make soak runs the long one."""

from drill import Drill


def test_restarts_under_load(library):
    drill = Drill(library, restarts=5).run()
    print(drill)
    assert not drill.problems, drill.problems
    resident, allocated = drill.growth
    assert resident < 2 << 20 and allocated < 256 << 10, drill
