"""Every problem a person or a program can be told about, in the form of RFC 9457.

A class is one kind: `slug` names it for ever (`/problems/{slug}` is its page), `title` never changes, `detail` is a
sentence for a teacher: what happened, what to do. Unexpected errors never reach a person as text.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from service.coaching import refusals


class FieldError(msgspec.Struct, frozen=True):
    """Where in the body (`/field`) or in the query (`?name`) something is wrong, and what."""

    pointer: str
    detail: str


class MissingBlock(msgspec.Struct, frozen=True):
    """Bytes [offset, end) of the file."""

    offset: int
    end: int


class Problem(Exception):
    slug: ClassVar[str] = "problem"
    title: ClassVar[str] = "Something is in the way"
    status: ClassVar[int] = 400
    default: ClassVar[str] = ""
    extra: ClassVar[Mapping[str, Any]] = {}
    """Members of its document beyond those of every problem, with their types; each may be left out."""

    def __init__(self, detail: str = "", *, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        self.detail = detail or self.default
        self.headers = dict(headers or {})
        self.members = members
        super().__init__(self.detail)

    def document(self, instance: str | None = None) -> dict[str, Any]:
        """The members of the problem document; `instance` is the request id."""
        document: dict[str, Any] = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if instance:
            document["instance"] = instance
        return document | self.members


class NotFound(Problem):
    """Also the answer for what the person may not see: hidden equals missing."""

    slug, title, status = "not_found", "Not here", 404
    default = "There is nothing here for you. The link may be old, or it belongs to somebody else."


class SignedOut(Problem):
    slug, title, status = "signed_out", "Signed out", 401
    default = "You are signed out. Sign in again; what you wrote is still with you."


class ForeignOrigin(Problem):
    slug, title, status = "foreign_origin", "Asked from another site", 403
    default = "This came from another site than Farfield's own, so it was not carried out."


class ScopeMissing(Problem):
    slug, title, status = "scope_missing", "Not what this token is for", 403
    default = "This token may not be used for that. Make one that may."


class MethodNotAllowed(Problem):
    slug, title, status = "method_not_allowed", "Not possible here", 405
    default = "That cannot be done here."


class BadRequest(Problem):
    slug, title, status = "bad_request", "Not understood", 422
    default = "Something in what was sent could not be read."
    extra: ClassVar[Mapping[str, Any]] = {"errors": list[FieldError]}

    def __init__(self, detail: str = "", errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        if errors:
            self.members["errors"] = [msgspec.to_builtins(error) for error in errors]


class NotJson(Problem):
    slug, title, status = "not_json", "Not understood", 400
    default = "What was sent is not JSON."


class TooLarge(Problem):
    slug, title, status = "too_large", "Too large", 413
    default = "What was sent is larger than Farfield takes at once."


class CommandReused(Problem):
    slug, title, status = "command_reused", "Sent before with other words", 409
    default = "This command was already carried out with other words. Reload the page and write it again."


class CycleClosed(Problem):
    slug, title, status = "cycle_closed", "The cycle is closed", 409


class IdTaken(Problem):
    slug, title, status = "id_taken", "Already there", 409


class NotYours(Problem):
    slug, title, status = "not_yours", "Somebody else's to do", 403


class OutsideLesson(Problem):
    slug, title, status = "outside_lesson", "Outside the lesson", 422


class NoSuchAnnotation(Problem):
    slug, title, status = "no_such_annotation", "No longer here", 409


class StageNotNext(Problem):
    slug, title, status = "stage_not_next", "Not the next stage", 409


class CyclePaused(Problem):
    slug, title, status = "cycle_paused", "The cycle is paused", 409


class StageNotDone(Problem):
    slug, title, status = "stage_not_done", "Something is still to be done", 409


class NoLongerHere(Problem):
    slug, title, status = "no_longer_here", "No longer there", 409


class CuesUnreadable(Problem):
    """`line`: of the file, counted from 1."""

    slug, title, status = "cues_unreadable", "The file cannot be read", 422
    default = "This file of captions or chapters cannot be read."
    extra: ClassVar[Mapping[str, Any]] = {"line": int}


class NotPossible(Problem):
    slug, title, status = "not_possible", "Not possible like this", 422


class EditedMeanwhile(Problem):
    """`text` is what stands now, under `revision`, written `by` that person."""

    slug, title, status = "edited_meanwhile", "Changed meanwhile", 409
    extra: ClassVar[Mapping[str, Any]] = {"text": str, "revision": int, "by": str}


class VersionAhead(Problem):
    slug, title, status = "version_ahead", "Ahead of the record", 409
    default = "This page knows more than the record does. Reload it."


class LinkExpired(Problem):
    slug, title, status = "link_expired", "The link has expired", 410
    default = "This sign-in link is too old. Ask for a new one."


class LinkUsed(Problem):
    slug, title, status = "link_used", "The link was used", 410
    default = "This sign-in link was used before; each one works once. Ask for a new one."


class SignInRefused(Problem):
    """The same for a wrong password, an unknown address and a person who is no longer here."""

    slug, title, status = "sign_in_refused", "Not signed in", 403
    default = "This address and password do not belong together. Try again, or ask for a sign-in link by mail."


class WrongPassword(Problem):
    slug, title, status = "wrong_password", "Not your password", 403
    default = "This is not your present password. Try again, or sign in with a link and set a new one."


class WeakPassword(Problem):
    slug, title, status = "weak_password", "Too easy to guess", 422


class SignInAgain(Problem):
    slug, title, status = "sign_in_again", "Sign in once more", 403
    default = "For this, sign in once more first: it is a while since you did."


class TooManyTries(Problem):
    slug, title, status = "too_many_tries", "Too many tries", 429
    default = "There were many tries in a short time. Wait a moment and try again."

    def __init__(self, wait_ms: int) -> None:
        seconds = -(-wait_ms // 1000)
        wait = f"{seconds} seconds" if seconds > 1 else "a second"
        wait = f"{-(-seconds // 60)} minutes" if seconds > 90 else wait
        super().__init__(
            f"There were many tries in a short time. Wait {wait} and try again.", headers={"Retry-After": str(seconds)}
        )


class MailOff(Problem):
    slug, title, status = "mail_off", "No mail from here", 409
    default = "This Farfield sends no mail. Ask whoever runs it for a link."


class InvitationOver(Problem):
    slug, title, status = "invitation_over", "The invitation is over", 410
    default = "This invitation was used, taken back, or is too old. Ask for a new one."


class SomebodyElses(Problem):
    slug, title, status = "somebody_elses", "Another person is signed in", 409
    default = "This invitation went to another address than yours. Sign out, and open it again."


class AddressTaken(Problem):
    slug, title, status = "address_taken", "Not possible with this address", 409
    default = "With this address you can sign in. Do that first, and open the invitation again."


class NotInProgram(Problem):
    slug, title, status = "not_in_program", "Not in this program", 422


class SettingsChanged(Problem):
    slug, title, status = "settings_changed", "Changed meanwhile", 409
    default = "Somebody else changed these settings while you wrote. Yours are still with you: look at both, and save."


class EmptyFile(Problem):
    slug, title, status = "empty_file", "Nothing in the file", 422
    default = "This file has nothing in it. Look whether the phone has finished saving it, and pick it again."


class FileTooLarge(Problem):
    slug, title, status = "file_too_large", "The file is too large", 413
    default = "This file is larger than Farfield takes."


class UploadEnded(Problem):
    slug, title, status = "upload_ended", "The upload has ended", 409
    default = "This upload has already ended. Reload the page to see where the lesson is."


class LessonHasVideo(Problem):
    slug, title, status = "lesson_has_video", "There is a video already", 409
    default = "This lesson already has its video. Add another lesson for a second one."


class LessonNotReady(Problem):
    slug, title, status = "lesson_not_ready", "The lesson is being prepared", 503
    default = (
        "Another copy of this lesson is being prepared. Nothing is lost; this one goes on by itself once that can be "
        "watched."
    )


class QuotaReached(Problem):
    slug, title, status = "quota_reached", "Far more than the file holds", 413
    default = "Far more was sent to this upload than its file holds. Stop it, and start it again from the cycle."


class TooManyUploads(Problem):
    slug, title, status = "too_many_uploads", "Too many files at once", 409
    default = "Too many of your files are under way at once. Let one finish, or give one up, and add this one then."


class NoRoom(Problem):
    slug, title, status = "no_room", "No room for it", 413
    default = "There is no room for this file at the moment."


class BlockOutside(Problem):
    slug, title, status = "block_outside", "Outside the file", 422
    default = "This piece lies outside the file, or is larger or smaller than a piece may be."


class ChecksumMissing(Problem):
    slug, title, status = "checksum_missing", "No checksum", 422
    default = "A piece of an upload must come with its SHA-256 in x-amz-checksum-sha256."


class BlocksMissing(Problem):
    slug, title, status = "blocks_missing", "Pieces are missing", 409
    default = "Some pieces of the file are not here yet. They go out again by themselves."
    extra: ClassVar[Mapping[str, Any]] = {"missing": list[MissingBlock]}


class BlockDamaged(Problem):
    """Spoken by the front door when the store refuses a block whose checksum or length lies."""

    slug, title, status = "block_damaged", "Damaged on the way", 400
    default = "This piece was damaged on the way and was not kept. It goes out again by itself."


class BlockAlreadyStored(Problem):
    """Spoken by the front door: the store has these very bytes; nothing is overwritten."""

    slug, title, status = "block_already_stored", "Already here", 412
    default = "This piece is already here."


class RangeNotSatisfiable(Problem):
    slug, title, status = "range_not_satisfiable", "Outside the video", 416
    default = "That part of the video does not exist."


class StorageUnavailable(Problem):
    slug, title, status = "storage_unavailable", "The video store is not ready", 503
    default = "The video store is starting or away. Nothing is lost; it goes on by itself in a moment."


class RecordsUnavailable(Problem):
    slug, title, status = "records_unavailable", "The records are not reachable", 503
    default = "Farfield cannot reach its records just now. What you wrote is still with you; try again in a moment."


class Stopping(Problem):
    slug, title, status = "stopping", "About to stop", 503
    default = "This part of Farfield is about to stop. Ask again in a moment; another one answers."


class Unexpected(Problem):
    slug, title, status = "unexpected", "Something went wrong here", 500
    default = "Something went wrong on our side. Nothing you wrote is lost. Try again; if it stays, tell your program."


_REFUSALS: Mapping[type[refusals.Refusal], type[Problem]] = {
    refusals.CycleClosed: CycleClosed,
    refusals.CyclePaused: CyclePaused,
    refusals.EditedMeanwhile: EditedMeanwhile,
    refusals.IdTaken: IdTaken,
    refusals.NoSuchAnnotation: NoSuchAnnotation,
    refusals.NoLongerHere: NoLongerHere,
    refusals.NotPossible: NotPossible,
    refusals.NotYours: NotYours,
    refusals.OutsideLesson: OutsideLesson,
    refusals.StageNotDone: StageNotDone,
    refusals.StageNotNext: StageNotNext,
    refusals.UnreadableCues: CuesUnreadable,
}


def problem_of(refusal: refusals.Refusal) -> Problem:
    return _REFUSALS[type(refusal)](str(refusal), **refusal.members)


def every_problem() -> Mapping[str, type[Problem]]:
    """All problems by slug."""
    return {kind.slug: kind for kind in Problem.__subclasses__()}
