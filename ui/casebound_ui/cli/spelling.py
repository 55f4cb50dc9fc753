"""Commands as people type them, put into the one order that the parser takes."""

from __future__ import annotations


def as_parsed(arguments: list[str]) -> list[str]:
    """The same command in the order that is parsed."""
    if arguments[:1] == ["verify"]:
        return _each_against(arguments)
    if arguments[:1] in (["findings"], ["chronology"]) and len(arguments) == 3 and arguments[2].startswith("-"):
        # A group takes its own options before its argument only.
        return [arguments[0], arguments[2], arguments[1]]
    return arguments


def _each_against(arguments: list[str]) -> list[str]:
    """`verify PACKAGE --against A B` as `--against A --against B`: what `casebound-verify` takes, this takes."""
    if "--against" not in arguments[2:]:
        return arguments
    at = arguments.index("--against", 2)
    if not any(not before.startswith("-") for before in arguments[1:at]):
        return arguments
    made, following = arguments[:at], arguments[at + 1 :]
    while following and not following[0].startswith("-"):
        made += ["--against", following.pop(0)]
    return made + following if len(made) > at else arguments
