"""Sealing, verifying and the custody record, each beside its peers in one run.

    python3 dev.py bench custody [--full]

Quick by default (about five minutes and 8 GB of disk); `--full` has the 5 GB file, the package of 10 GB and the one of
100,000 files (about twenty minutes and 25 GB). BENCH_FOLDER names a folder on a disk with that much room.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from custody_packages import Shape, write_files, write_text  # noqa: E402

REPEATS = 3
PACKAGE = "BENCH-1-v1.zip"
Figures = dict[str, float]


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder of our own that is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name:
        yield Path(name)


def work(name: str, folder: Path) -> Figures:
    """One measured work in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(HERE / "custody_packages.py"), name, str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    said: Figures = json.loads(done.stdout.splitlines()[-1])
    return said


def timed(*command: str, folder: Path) -> float:
    """Wall seconds of somebody else's program."""
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def copied(folder: Path) -> Figures:
    """`cp -r` of the files, and hashlib once over them."""
    shutil.rmtree(folder / "copy", ignore_errors=True)
    copying = timed("cp", "-r", "files", "copy", folder=folder)
    shutil.rmtree(folder / "copy")
    return {"wall": copying + work("hash_once", folder)["wall"]}


def unpacked(folder: Path) -> Figures:
    """What a recipient does without us: unzip, then bagit.py with two processes. The files stay for `hash_files`."""
    shutil.rmtree(folder / "unpacked", ignore_errors=True)
    unzipping = timed("unzip", "-q", PACKAGE, "-d", "unpacked", folder=folder)
    bag = str(folder / "unpacked" / Path(PACKAGE).stem)
    command = (sys.executable, "-m", "bagit", "--validate", "--quiet", "--processes", "2", bag)
    return {"wall": unzipping + timed(*command, folder=folder)}


def zipped(folder: Path) -> Figures:
    """`zip -6` of the text."""
    (folder / "peer.zip").unlink(missing_ok=True)
    return {"wall": timed("zip", "-q", "-6", "-r", "peer.zip", "files", folder=folder)}


def in_turn(folder: Path, *names: str, repeats: int = REPEATS) -> dict[str, Figures]:
    """Every work in turn, `repeats` times: medians, and the largest peak memory."""
    own: dict[str, Callable[[Path], Figures]] = {"copied": copied, "unpacked": unpacked, "zipped": zipped}
    found: dict[str, list[Figures]] = {name: [] for name in names}
    for _ in range(repeats):
        for name in names:
            found[name].append(own[name](folder) if name in own else work(name, folder))
    return {
        name: {
            key: (max if key == "peak_mb" else statistics.median)(turn[key] for turn in turns)  # type: ignore[operator]
            for key in turns[0]
        }
        for name, turns in found.items()
    }


def bench(*, full: bool) -> str:
    """The tables for benchmarks/README.md."""
    one = 5 << 30 if full else 1 << 30
    parts = [
        (
            f"Medians of {REPEATS} in turn; libraries are loaded before the clock starts, as the interpreter of the peers is. "
            "Every file is an exhibit with its record, its entry in the custody record and its texts; nothing of that is in the peers' work."
        ),
        _shape("10,000 files of 100 KB", [(10_000, 100_000)]),
        _shape(f"one file of {one >> 30} GB and 200 of 2 MB", [(1, one), (200, 2_000_000)]),
        _text(256 if full else 64),
        _large(full=full),
        _ledger(),
    ]
    return "\n\n".join(parts)


def _shape(what: str, shape: Shape) -> str:
    with workplace() as folder:
        write_files(folder, shape)
        found = in_turn(folder, "seal", "copied", "verify", "read_files", "unpacked", "hash_files")
    seal, verify, read = found["seal"], found["verify"], found["read_files"]
    sealed = seal["wall"] - seal["disk_wall"]
    copying, bagit, floor = (found[name]["wall"] for name in ("copied", "unpacked", "hash_files"))
    return "\n".join(
        [
            f"**{what}**",
            "",
            "| what | wall s | processor s | peak MB | beside its peer | asked for |",
            "|---|---:|---:|---:|---:|---:|",
            f"| seal: one pass, stored, both processors | {sealed:.2f} | {seal['cpu']:.2f} | {seal['peak_mb']:.0f} | {sealed / copying:.2f} × cp + hashlib | ≤ 1.0 |",
            f"| and until it is on the disk | {seal['wall']:.2f} | | | | |",
            f"| cp -r, then hashlib once over the same bytes | {copying:.2f} | | | | |",
            f"| verify where the ZIP lies, all of it | {verify['wall']:.2f} | {verify['cpu']:.2f} | {verify['peak_mb']:.0f} | {bagit / verify['wall']:.2f} times as fast as unzip + bagit.py | ≥ 2 |",
            f"| verify, the part that reads every byte | {read['read_wall']:.2f} | {read['read_cpu']:.2f} | | {floor / read['read_wall']:.2f} of hashlib | ≥ 0.85 |",
            f"| verify, the files against the signed lists | {read['wall']:.2f} | {read['cpu']:.2f} | {read['peak_mb']:.0f} | {bagit / read['wall']:.2f} times as fast as unzip + bagit.py | |",
            f"| unzip, then bagit.py --validate --processes 2 | {bagit:.2f} | | | | |",
            f"| hashlib, two threads, over the unpacked files | {floor:.2f} | | | | |",
        ]
    )


def _text(megabytes: int) -> str:
    with workplace() as folder:
        write_text(folder, megabytes)
        found = in_turn(folder, "seal", "zipped")
        size = (folder / PACKAGE).stat().st_size
        theirs = (folder / "peer.zip").stat().st_size
    own = found["seal"]["wall"] - found["seal"]["disk_wall"]
    peer = found["zipped"]["wall"]
    return "\n".join(
        [
            f"**{megabytes} MB of text**",
            "",
            "| what | wall s | MB written | beside its peer | asked for |",
            "|---|---:|---:|---:|---:|",
            f"| seal: deflated (isal), hashed, signed | {own:.2f} | {size / 1e6:.1f} | {peer / own:.1f} times as fast as zip -6 | ≥ 5 |",
            f"| zip -6 | {peer:.2f} | {theirs / 1e6:.1f} | | |",
        ]
    )


def _large(*, full: bool) -> str:
    shapes = [(10, 1 << 30, True), (50_000, 4_000, False)] if full else [(2, 1 << 30, True), (5_000, 4_000, False)]
    lines = ["| package | files | seal s | peak MB | verify s | peak MB |", "|---|---:|---:|---:|---:|---:|"]
    for count, size, alike in shapes:
        with workplace() as folder:
            write_files(folder, [(count, size)], alike=alike)
            found = in_turn(folder, "seal", "verify", repeats=1)
            octets = (folder / PACKAGE).stat().st_size
        seal, verify = found["seal"], found["verify"]
        lines.append(
            f"| {octets / 1e9:.1f} GB | {2 * count:,} | {seal['wall']:.1f} | {seal['peak_mb']:.0f} | {verify['wall']:.1f} | {verify['peak_mb']:.0f} |"
        )
    return "\n".join(["**Memory** (once; asked for: verifying 10 GB below 200 MB)", "", *lines])


def _ledger() -> str:
    with workplace() as folder:
        (folder / "entries.txt").write_text("100000", encoding="ascii")
        found = in_turn(folder, "ledger")["ledger"]
        appended = work("append", folder)
    chain = found["chain_wall"] + found["root_wall"]
    return "\n".join(
        [
            "**The custody record**",
            "",
            "| what | wall | processor | asked for |",
            "|---|---:|---:|---:|",
            f"| 100,000 entries: form, chain and root | {chain:.2f} s | {found['chain_cpu'] + found['root_cpu']:.2f} s | ≤ 1 s |",
            f"| the same with 100,000 texts against their commitments | {found['with_disclosures_wall']:.2f} s | {found['with_disclosures_cpu']:.2f} s | |",
            f"| one act, written and on the disk (median; 95 of 100 within {appended['p95_ms']:.1f} ms) | {appended['median_ms']:.1f} ms | {appended['median_cpu_ms']:.1f} ms | ≤ 10 ms |",
        ]
    )
