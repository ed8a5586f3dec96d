"""A data set of colours, depth and instance ids: dataset_to_disk.py [TARGET [FOLDER]]

For each pose three pictures are captured together. The library writes them on a thread of its own while the
next ones are on their way; poses.jsonl says what belongs together.
"""

import json
import pathlib
import random
import sys
from typing import Optional

import uesynth

MODALITIES = ["rgb", "depth", "segmentation"]
WIDTH, HEIGHT = 320, 240


def main(target: Optional[str] = None, folder: str = "dataset") -> None:
    place = pathlib.Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    count = 10
    choice = random.Random(1)
    with (
        uesynth.UESynthClient(target, timeout=30) as client,
        open(place / "poses.jsonl", "w") as log,
    ):
        for number in range(count):
            pose = uesynth.Transform(
                uesynth.Location(choice.uniform(-1200, -600), choice.uniform(-300, 300), 250),
                uesynth.Rotation(-12, choice.uniform(-30, 30), 0),
            )
            frames = client.capture.frameset(
                pose, modalities=MODALITIES, width=WIDTH, height=HEIGHT, verify=True
            )
            # The values as .npy, and colours as .png; frames.verified: the engine has taken the pose.
            client.save(frames["rgb"], place / f"{number:06}.rgb.png")
            client.save(frames["depth"], place / f"{number:06}.depth.npy")
            client.save(frames["segmentation"], place / f"{number:06}.ids.npy")
            record = {
                "number": number,
                "verified": frames.verified,
                "intrinsics": uesynth.intrinsics(90, WIDTH, HEIGHT).tolist(),
                "world_to_camera": pose.matrix("opencv", inverse=True, metres=True).tolist(),
            }
            log.write(json.dumps(record) + "\n")
        # The first file that could not be written is an exception here.
        client.flush_saves()
        stats = client.stats()
    print(f"{count} poses, {stats.frames_delivered} pictures, {stats.frames_dropped} dropped")
    print(f"{len(list(place.iterdir()))} files in {place}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
