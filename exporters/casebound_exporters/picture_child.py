"""The child process that decodes one untrusted image from its standard input.

Writes width and height (big-endian, 32 bits) and RGB pixels to standard output and exits 0, or exits 1. It imports
nothing of ours.
"""

from __future__ import annotations

import sys

MEMORY = 1 << 30
SECONDS = 10
PIXELS = 50_000_000


def confine() -> None:
    """Give up what a decoder does not need, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 24, 1 << 24))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main(widest: int) -> int:
    """Decode, shrink, write."""
    from PIL import Image

    confine()
    try:
        with Image.open(sys.stdin.buffer, formats=("PNG", "JPEG", "GIF", "BMP", "WEBP")) as image:
            if image.width * image.height > PIXELS:
                return 1
            image.thumbnail((widest, widest))
            shown = image.convert("RGBA")
            ground = Image.new("RGBA", shown.size, "white")
            ground.alpha_composite(shown)
            pixels = ground.convert("RGB")
    except Exception:  # noqa: BLE001 - whatever is wrong with it, there is no picture
        return 1
    width, height = pixels.size
    sys.stdout.buffer.write(width.to_bytes(4, "big") + height.to_bytes(4, "big") + pixels.tobytes())
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1])))
