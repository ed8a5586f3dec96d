"""What numpy makes of frames."""

import numpy as np
import pytest

from uesynth import Frame

SIZE = {"width": 64, "height": 48}


def test_what_is_computed_is_numpys(client):
    """Numbers where numpy gives numbers, plain writable arrays where it gives arrays."""
    frame = client.capture.rgb(**SIZE)
    depth = client.capture.depth(**SIZE)
    plain = np.array(depth)
    numbers = {
        "min": lambda array: array.min(),
        "np.max": np.max,
        "mean": lambda array: array.mean(),
        "std": lambda array: array.std(),
        "sum": np.sum,
        "median": np.median,
        "percentile": lambda array: np.percentile(array, 5),
        "average": np.average,
        "all": lambda array: (array > 5).all(),
        "count": lambda array: np.count_nonzero(array > 5),
        "argmin": lambda array: array.argmin(),
        "item": lambda array: array[3, 4],
        "least of a part": lambda array: array[3:9].min(),
    }
    for name, number in numbers.items():
        found, wanted = number(depth), number(plain)
        assert type(found) is type(wanted), name
        assert found == wanted, name
        assert hash(found) == hash(wanted), name
    assert round(depth.min(), 1) == round(plain.min(), 1)
    assert {int(client.capture.segmentation(**SIZE).min()): 1}
    arrays = {
        "sum": lambda array: array + 1,
        "between two": lambda array: array - array[0, 0],
        "negative": lambda array: -array,
        "comparison": lambda array: array > 5,
        "function": np.sqrt,
        "two": lambda array: np.modf(array)[0],
        "along an axis": lambda array: array.mean(axis=0),
        "product": lambda array: np.dot(array, array.T),
        "matrix": lambda array: array @ array.T,
        "copy": lambda array: array.copy(),
        "astype": lambda array: array.astype(np.float64),
        "flatten": lambda array: array.flatten(),
        "sorted": np.sort,
        "unique": np.unique,
        "accumulated": lambda array: array.cumsum(),
        "clipped": lambda array: array.clip(0, 100),
        "like": lambda array: np.zeros_like(array),
        "where": lambda array: np.where(array > 5, array, 0),
        "together": lambda array: np.stack([array, array]),
    }
    for name, make in arrays.items():
        found = make(depth)
        assert type(found) is np.ndarray, name
        assert found.flags.writeable, name
        assert np.array_equal(found, make(plain), equal_nan=found.dtype.kind == "f"), name
    found = np.unique(depth, return_counts=True)
    assert type(found) is type(np.unique(plain, return_counts=True))
    out = np.empty_like(plain)
    assert np.add(depth, 1, out=out) is out
    with pytest.raises(ValueError, match="read-only"):
        depth += 1
    for part in [frame[1:3], frame[:, :, 0], frame.reshape(-1), frame.T, frame[3]]:
        assert isinstance(part, Frame)
        assert not part.flags.writeable
        assert not part.has_info
        with pytest.raises(ValueError):
            part.flags.writeable = True
