"""Why a remote did not take a push, and whether to try again."""

from __future__ import annotations

import enum
import re

# What the hosts and git itself say where only a person can help.
_FINAL = re.compile(
    r"protected branch|not allowed to push|not permitted|permission.{0,40}denied|denied to|"
    r"access denied|not have permission|unauthorized|forbidden|authentication failed|"
    r"could not read (?:username|password)|invalid credentials|invalid username|"
    r"returned error: 40[134]|host key verification failed|publickey|"
    r"repository.{0,200}not found|does not appear to be a git repository|does not exist|"
    r"no such remote|GH0\d\d|TF40\d{4}|protected by|push declined due to|read[- ]only|archived|"
    r"exceeds.{0,40}(?:size|limit)|larger than|is not allowed|transport '|shallow update not|"
    r"refusing to (?:update|delete|create)|deny updating|denyCurrentBranch|"
    r"conflicting with|unable to (?:sign|write new)|invalid refspec|bad config|"
    r"disk quota|no space left|deletion prohibited|not a valid ref",
    re.IGNORECASE | re.DOTALL,
)
_RACE = re.compile(
    r"\((?:fetch first|non-fast-forward|stale info|needs force)\)|cannot lock ref|"
    r"failed to update ref|reference already exists|incorrect old value|failed to lock",
    re.IGNORECASE,
)
_ANSWERED = re.compile(r"^ ! \[", re.MULTILINE)


class Refusal(enum.Enum):
    """What is to be done about a push that failed."""

    RACE = "somebody was faster: merge and push again"
    PASSING = "a network, a server or one of its hooks that may think better of it"
    FINAL = "only a person can help"


def why_refused(said: str) -> Refusal:
    """Tell from what git says whether pushing again may help."""
    if _RACE.search(said):
        return Refusal.RACE
    if _FINAL.search(said):
        return Refusal.FINAL
    if "failed to push some refs" in said and not _ANSWERED.search(said):
        # No ref was refused: it is the user's own hook pre-push that did not let it out.
        return Refusal.FINAL
    return Refusal.PASSING


def way_out(said: str) -> str:
    """Return what a person can do about it."""
    text = said.lower()
    if "protected" in text or "not allowed to push" in text or "gh006" in text or "gh013" in text:
        return "publish to a branch of its own with --branch artifacts-data"
    if "[" not in text and "failed to push some refs" in text and "fatal:" not in text:
        return "mend what the hook pre-push complains of, or pass --no-verify"
    if re.search(r"denied|username|authenticat|40[13]|unauthorized|forbidden|publickey", text):
        return "give git the right to push, by its credential helper or an SSH key"
    return "mend that, and run 'artifolio publish' again"
