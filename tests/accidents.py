"""What can befall the file of a record: bits, lines, editors, merges and crashes."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from choices import Choices

_CONFLICT = b"<<<<<<< HEAD\n%b=======\n%b>>>>>>> main\n"


def befall(choices: Choices, content: bytes, other: Callable[[], bytes], token: bytes) -> bytes:
    """Return the content after one accident.

    Args:
        choices: For what happens and where.
        content: The file's, perhaps empty.
        other: Gives the content of another file, for what mixes two.
        token: What an editor may slip in.
    """
    kind = choices.below(64)
    if kind < 40:
        return _ALONE[kind % len(_ALONE)](choices, content)
    if kind < 48:
        position = _place(choices, content)
        return content[:position] + token + content[position:]
    return choices.one_of(_TOGETHER)(choices, content, other())


def lines_of(content: bytes) -> list[bytes]:
    """Return the lines of a file, with their ends; there is one at least."""
    return content.splitlines(keepends=True) or [b""]


def flip_a_bit(content: bytes, number: int) -> bytes:
    """Flip one of the bits of a file, if there are any."""
    flipped = bytearray(content)
    if flipped:
        flipped[number // 8 % len(content)] ^= 1 << number % 8
    return bytes(flipped)


def insert_a_line(content: bytes, line: bytes, place: int) -> bytes:
    """Put a line before one of the lines, or after all."""
    lines = lines_of(content)
    return b"".join([*lines[:place], line, *lines[place:]])


def repeat_a_line(content: bytes, number: int, place: int) -> bytes:
    """Put one of the lines a second time, before one of the lines or after all."""
    return insert_a_line(content, lines_of(content)[number], place)


def drop_a_line(content: bytes, number: int) -> bytes:
    """Leave one of the lines out."""
    lines = lines_of(content)
    return b"".join(lines[:number] + lines[number + 1 :])


def swap_two_lines(content: bytes, one: int, other: int) -> bytes:
    """Put two of the lines each in the place of the other."""
    lines = lines_of(content)
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _flip_a_bit(choices: Choices, content: bytes) -> bytes:
    return flip_a_bit(content, choices.number(4))


def _cut_off(choices: Choices, content: bytes) -> bytes:
    return content[: _place(choices, content)]


def _cut_out(choices: Choices, content: bytes) -> bytes:
    start, end = sorted([_place(choices, content), _place(choices, content)])
    return content[:start] + content[end:]


def _insert_bytes(choices: Choices, content: bytes) -> bytes:
    position = _place(choices, content)
    return content[:position] + choices.take(1 + choices.below(3)) + content[position:]


def _swap_two_bytes(choices: Choices, content: bytes) -> bytes:
    position = _place(choices, content)
    return content[:position] + content[position : position + 2][::-1] + content[position + 2 :]


def _repeat_a_line(choices: Choices, content: bytes) -> bytes:
    place = choices.number(2) % (len(lines_of(content)) + 1)
    return repeat_a_line(content, _line(choices, content), place)


def _drop_a_line(choices: Choices, content: bytes) -> bytes:
    return drop_a_line(content, _line(choices, content))


def _swap_two_lines(choices: Choices, content: bytes) -> bytes:
    return swap_two_lines(content, _line(choices, content), _line(choices, content))


def _edit(choices: Choices, content: bytes) -> bytes:
    return choices.one_of(
        (
            content.replace(b"\n", b"\r\n"),
            b"\xef\xbb\xbf" + content,
            content.removesuffix(b"\n"),
            content + b"\n",
            content + content,
            b"".join([line.rstrip() + b"\n" for line in content.split(b"\n")]),
            content.replace(b"\t", b"    "),
        )
    )


def _unquote(choices: Choices, content: bytes) -> bytes:
    parts = content.split(b'"')
    first = choices.number(2) % len(parts)
    bare = b"".join(parts[first : first + 3])
    return b'"'.join([*parts[:first], bare, *parts[first + 3 :]])


def _fill_with_zeros(choices: Choices, content: bytes) -> bytes:
    # As after a crash: the file's size was written, its blocks were not.
    start, end = sorted([_place(choices, content), _place(choices, content)])
    return content[:start] + bytes(end - start) + content[end:]


def _splice(choices: Choices, content: bytes, other: bytes) -> bytes:
    return content[: _place(choices, content)] + other[_place(choices, other) :]


def _get_a_line(choices: Choices, content: bytes, other: bytes) -> bytes:
    line = lines_of(other)[_line(choices, other)]
    return insert_a_line(content, line, choices.number(2) % (len(lines_of(content)) + 1))


def _conflict(choices: Choices, content: bytes, other: bytes) -> bytes:
    ours, theirs = lines_of(content), lines_of(other)
    start, end = sorted([_line(choices, content), _line(choices, content)])
    conflict = _CONFLICT % (b"".join(ours[start:end]), b"".join(theirs[start:end]))
    return b"".join([*ours[:start], conflict, *ours[end:]])


def _line(choices: Choices, content: bytes) -> int:
    return choices.number(2) % len(lines_of(content))


def _place(choices: Choices, content: bytes) -> int:
    """Choose a position: anywhere, or the start of a line."""
    if choices.below(2):
        return choices.number(3) % (len(content) + 1)
    starts = [0, *accumulate(map(len, lines_of(content)))]
    return starts[choices.number(2) % len(starts)]


_ALONE = (
    _flip_a_bit,
    _flip_a_bit,
    _cut_off,
    _cut_out,
    _insert_bytes,
    _swap_two_bytes,
    _repeat_a_line,
    _drop_a_line,
    _swap_two_lines,
    _edit,
    _unquote,
    _fill_with_zeros,
)
_TOGETHER = (_splice, _splice, _get_a_line, _conflict)
