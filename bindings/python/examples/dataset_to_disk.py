"""A data set of colours, depth and instance ids: dataset_to_disk.py [TARGET [FOLDER]]

For each pose three pictures are captured together. The library writes them on a thread of its own while the
next ones are on their way; poses.jsonl says what belongs together. What is no picture of the scene (the zeros
of a server that has no depth, a length that does not fit) is not written: it would be found by whoever trains
on it. poses.jsonl says which and why, and so does the end of the program, which then fails.
"""

import collections
import json
import pathlib
import random
import sys
from typing import Counter, Dict, Optional, Tuple

import uesynth

# What is saved as what: colours to look at, the others as the values that they are.
FILES = {"rgb": "rgb.png", "depth": "depth.npy", "segmentation": "ids.npy"}
WIDTH, HEIGHT = 320, 240
POSES = 10

UNUSABLE = (
    uesynth.FrameFlag.PLACEHOLDER
    | uesynth.FrameFlag.EMPTY
    | uesynth.FrameFlag.SIZE_MISMATCH
    | uesynth.FrameFlag.CHANGE_FAILED
)


def flaw(shot: uesynth.FrameSet, modality: str) -> str:
    """Why a picture cannot be used; "" if it can."""
    try:
        flags = shot[modality].info.flags & UNUSABLE
    except uesynth.UESynthError as failure:
        return failure.code.name
    return "|".join(name for name, flag in uesynth.FrameFlag.__members__.items() if flags & flag)


def capture(
    client: uesynth.UESynthClient, place: pathlib.Path, number: int, pose: uesynth.Transform
) -> Tuple[Dict[str, object], Dict[str, str]]:
    """One pose: the line of poses.jsonl, and what was left out, with the reason."""
    # An engine may draw a pose some ticks after it has acknowledged it.
    shot = client.capture.frameset(
        pose, modalities=list(FILES), width=WIDTH, height=HEIGHT, settle_captures=2, verify=True
    )
    left_out = {}
    for modality, ending in FILES.items():
        why = flaw(shot, modality)
        if why:
            left_out[modality] = why
        else:
            client.save(shot[modality], place / f"{number:06}.{ending}")
    record = {
        "number": number,
        "verified": shot.verified,
        "left_out": left_out,
        "intrinsics": uesynth.intrinsics(90, WIDTH, HEIGHT).tolist(),
        "world_to_camera": pose.matrix("opencv", inverse=True, metres=True).tolist(),
    }
    return record, left_out


def main(target: Optional[str] = None, folder: str = "dataset") -> int:
    place = pathlib.Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    choice = random.Random(1)
    flaws: Counter[Tuple[str, str]] = collections.Counter()
    unverified = 0
    with uesynth.UESynthClient(target, timeout=30) as client, open(
        place / "poses.jsonl", "w"
    ) as log:
        for number in range(POSES):
            pose = uesynth.Transform(
                uesynth.Location(choice.uniform(-1200, -600), choice.uniform(-300, 300), 250),
                uesynth.Rotation(-12, choice.uniform(-30, 30), 0),
            )
            record, left_out = capture(client, place, number, pose)
            log.write(json.dumps(record) + "\n")
            flaws.update(left_out.items())
            unverified += not record["verified"]
        # The first file that could not be written is an exception here.
        client.flush_saves()
    saved = POSES * len(FILES) - sum(flaws.values())
    print(f"{POSES} poses, {saved} pictures saved in {place}, {sum(flaws.values())} left out")
    for (modality, why), count in sorted(flaws.items()):
        print(f"{modality}: {count} of {POSES} left out: {why}")
    if unverified:
        print(f"{unverified} of {POSES} poses were not what the camera said afterwards")
    return 1 if flaws or unverified else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
