// Written by `make contract` from /api/openapi.json. Do not edit: shapes.ts gives these types the names used here.

/** Signed in, only the token counts. `email`: asked for where the invitation went to no address. */
export interface AcceptInvitation {
  token: string;
  name?: string;
  email?: string | null;
  time_zone?: string;
}

/** Write at a moment of the lesson, or over a range of it. `made_at` is when the client says it was written. */
export interface AddAnnotation {
  type: "add_annotation";
  id: string;
  annotation: string;
  start_ms: number;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  end_ms?: number | null;
  made_at?: string | null;
}

/** Add a lesson to a cycle. With `release` the coach is let in from the first moment. */
export interface AddLesson {
  type?: "add_lesson";
  id: string;
  lesson: string;
  title: string;
  release?: boolean;
}

/** Answer an annotation. */
export interface AddReply {
  type: "add_reply";
  id: string;
  annotation: string;
  reply: string;
  body: string;
}

/** With this address you can sign in. Do that first, and open the invitation again. */
export interface AddressTakenProblem {
  type: "/problems/address_taken";
  title: "Not possible with this address";
  status: 409;
  detail: string;
  instance: string;
}

export interface Annotation {
  id: string;
  by: string;
  at: string;
  made_at: string | null;
  start_ms: number;
  end_ms: number | null;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  revision: number;
  replies: Reply[];
}

export interface AnnotationAdded {
  id: string;
  start_ms: number;
  end_ms: number | null;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  made_at?: string | null;
}

export interface AnnotationAddedEvent {
  stream: string;
  version: number;
  type: "annotation.added";
  at: string;
  by: string;
  data: AnnotationAdded;
}

export interface AskForLink {
  email: string;
}

/** Something in what was sent could not be read. */
export interface BadRequestProblem {
  type: "/problems/bad_request";
  title: "Not understood";
  status: 422;
  detail: string;
  instance: string;
  errors?: FieldError[];
}

/** Bytes [offset, end) of the file; `sha256` in lower-case hex. */
export interface Block {
  offset: number;
  end: number;
  sha256: string;
}

/** This piece is already here. */
export interface BlockAlreadyStoredProblem {
  type: "/problems/block_already_stored";
  title: "Already here";
  status: 412;
  detail: string;
  instance: string;
}

/** This piece was damaged on the way and was not kept. It goes out again by itself. */
export interface BlockDamagedProblem {
  type: "/problems/block_damaged";
  title: "Damaged on the way";
  status: 400;
  detail: string;
  instance: string;
}

/** This piece lies outside the file, or is larger or smaller than a piece may be. */
export interface BlockOutsideProblem {
  type: "/problems/block_outside";
  title: "Outside the file";
  status: 422;
  detail: string;
  instance: string;
}

/** Some pieces of the file are not here yet. They go out again by themselves. */
export interface BlocksMissingProblem {
  type: "/problems/blocks_missing";
  title: "Pieces are missing";
  status: 409;
  detail: string;
  instance: string;
  missing?: MissingBlock[];
}

/** A piece of an upload must come with its SHA-256 in x-amz-checksum-sha256. */
export interface ChecksumMissingProblem {
  type: "/problems/checksum_missing";
  title: "No checksum";
  status: 422;
  detail: string;
  instance: string;
}

/** Nothing more comes of this stream: the grant is gone. */
export interface Closed {
  type: "closed";
  stream: string;
  reason: string;
}

/** This command was already carried out with other words. Reload the page and write it again. */
export interface CommandReusedProblem {
  type: "/problems/command_reused";
  title: "Sent before with other words";
  status: 409;
  detail: string;
  instance: string;
}

/** The whole file, named block by block, without a gap or an overlap. */
export interface Complete {
  size: number;
  blocks: Block[];
}

/** A cycle in a list, with those of its lessons that the person may see. `role` is the person's own. */
export interface CycleCard {
  id: string;
  program: Named;
  teacher: Named;
  coach: Named;
  number: number;
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
  stage_since: string;
  release_mode: "open" | "teacher_first";
  role: "coach" | "observer" | "teacher";
  lessons: LessonCard[];
}

/** The cycle is closed */
export interface CycleClosedProblem {
  type: "/problems/cycle_closed";
  title: "The cycle is closed";
  status: 409;
  detail: string;
  instance: string;
}

/** What the review room needs to know of the cycle. */
export interface CycleOfLesson {
  id: string;
  number: number;
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
  release_mode: "open" | "teacher_first";
}

export interface CycleOpened {
  program: string;
  teacher: string;
  coach: string;
  number: number;
  release_mode: "open" | "teacher_first";
}

export interface CycleOpenedAnswer {
  version: number;
  stream: string;
  cycle: string;
}

export interface CycleOpenedEvent {
  stream: string;
  version: number;
  type: "cycle.opened";
  at: string;
  by: string;
  data: CycleOpened;
}

/** Somebody in a cycle. */
export interface CyclePerson {
  id: string;
  name: string;
  role: "coach" | "observer" | "teacher";
}

/** A cycle folded up to `version`, and the rows around it. */
export interface CycleSnapshot {
  version: number;
  cycle: CycleState;
  card: CycleCard;
}

export interface CycleState {
  version: number;
  id: string;
  program: string;
  teacher: string;
  coach: string;
  number: number;
  release_mode: "open" | "teacher_first";
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
  stage_since: string | null;
  history: StageEntered[];
  lessons: ListedLesson[];
}

/** A command was carried out: `stream` took its event and is at `version`. */
export interface Done {
  version: number;
  stream: string;
}

/** What the sign-in page may offer. */
export interface Doors {
  mail: boolean;
  demo: boolean;
}

/** An annotation that is not yet one: the same fields, and the lesson it is about. */
export interface Draft {
  id: string;
  lesson: string;
  by: string;
  at: string;
  made_at: string | null;
  start_ms: number;
  end_ms: number | null;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  revision: number;
  replies: never[];
}

export interface DraftAdded {
  lesson: string;
  id: string;
  start_ms: number;
  end_ms: number | null;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  made_at?: string | null;
}

export interface DraftAddedEvent {
  stream: string;
  version: number;
  type: "draft.added";
  at: string;
  by: string;
  data: DraftAdded;
}

export interface DraftsPublished {
  lesson: string;
  ids: string[];
}

export interface DraftsPublishedEvent {
  stream: string;
  version: number;
  type: "drafts.published";
  at: string;
  by: string;
  data: DraftsPublished;
}

/** This file has nothing in it. Look whether the phone has finished saving it, and pick it again. */
export interface EmptyFileProblem {
  type: "/problems/empty_file";
  title: "Nothing in the file";
  status: 422;
  detail: string;
  instance: string;
}

/** What happened in a stream, as it travels. A client passes over a `type` that it does not know. */
export type Event =
  | CycleOpenedEvent
  | StageMovedEvent
  | LessonListedEvent
  | LessonAddedEvent
  | UploadStartedEvent
  | UploadCompletedEvent
  | LessonWatchableEvent
  | LessonReadyEvent
  | LessonRefusedEvent
  | LessonReleasedEvent
  | AnnotationAddedEvent
  | ReplyAddedEvent
  | DraftAddedEvent
  | DraftsPublishedEvent;

/** Events of one stream, contiguous. `version` is that of the last, or where the stream stands. */
export interface EventPage {
  events: Event[];
  version: number;
}

/** What happened in a stream: contiguous, in order, none twice. */
export interface Events {
  type: "events";
  stream: string;
  events: Event[];
}

/** Where in the body (`/field`) or in the query (`?name`) something is wrong, and what. */
export interface FieldError {
  pointer: string;
  detail: string;
}

/** This file is larger than Farfield takes. */
export interface FileTooLargeProblem {
  type: "/problems/file_too_large";
  title: "The file is too large";
  status: 413;
  detail: string;
  instance: string;
}

/** Send me every event of this stream after a version. */
export interface Follow {
  type: "follow";
  id: number;
  stream: string;
  after?: number;
}

/** The answer to `follow`: events come from here on, up to `version` at once. */
export interface Following {
  type: "following";
  id: number;
  stream: string;
  version: number;
}

/** This came from another site than Farfield's own, so it was not carried out. */
export interface ForeignOriginProblem {
  type: "/problems/foreign_origin";
  title: "Asked from another site";
  status: 403;
  detail: string;
  instance: string;
}

/** `overviews`: one for each program that the person leads, by name; empty for everybody else. */
export interface Home {
  cycles: CycleCard[];
  overviews: Overview[];
}

/** Already there */
export interface IdTakenProblem {
  type: "/problems/id_taken";
  title: "Already there";
  status: 409;
  detail: string;
  instance: string;
}

/** `email`: the address it went to. `mail`: whether another address is confirmed by a letter. */
export interface InvitationOffer {
  program: string;
  role: "coach" | "lead" | "teacher";
  by: string;
  email: string | null;
  name: string | null;
  expires_at: string;
  mail: boolean;
}

/** This invitation was used, taken back, or is too old. Ask for a new one. */
export interface InvitationOverProblem {
  type: "/problems/invitation_over";
  title: "The invitation is over";
  status: 410;
  detail: string;
  instance: string;
}

/** `letter`: waiting, sent, dropped or failed; None where it is a link. */
export interface InvitationRow {
  id: string;
  role: "coach" | "lead" | "teacher";
  email: string | null;
  letter: "dropped" | "failed" | "sent" | "waiting" | null;
  created_at: string;
  expires_at: string;
}

/** `email`: who gets a letter; None makes a link to hand over. */
export interface Invite {
  id: string;
  role: "coach" | "lead" | "teacher";
  email?: string | null;
}

/** `link`: where somebody takes it up, shown this once; None where a letter carries it. */
export interface Invited {
  id: string;
  role: "coach" | "lead" | "teacher";
  email: string | null;
  expires_at: string;
  link: string | null;
}

export interface LessonAdded {
  cycle: string;
  teacher: string;
  title: string;
}

export interface LessonAddedEvent {
  stream: string;
  version: number;
  type: "lesson.added";
  at: string;
  by: string;
  data: LessonAdded;
}

/** A lesson in a list. */
export interface LessonCard {
  id: string;
  title: string;
  created_at: string;
  state: "arriving" | "preparing" | "ready" | "refused" | "waiting" | "watchable";
  released_at: string | null;
  duration_ms: number | null;
  annotations: number;
  poster: string | null;
  upload: OpenUpload | null;
}

/** The lesson was added: its stream is at `version`. */
export interface LessonDone {
  lesson: string;
  version: number;
  stream: string;
}

/** This lesson already has its video. Add another lesson for a second one. */
export interface LessonHasVideoProblem {
  type: "/problems/lesson_has_video";
  title: "There is a video already";
  status: 409;
  detail: string;
  instance: string;
}

/** A lesson that both people may see: written when it is released, never before. */
export interface LessonListed {
  lesson: string;
  title: string;
}

export interface LessonListedEvent {
  stream: string;
  version: number;
  type: "lesson.listed";
  at: string;
  by: string;
  data: LessonListed;
}

export interface LessonReady {
  attempt: number;
  duration_ms: number;
  missing_ms?: number;
}

export interface LessonReadyEvent {
  stream: string;
  version: number;
  type: "lesson.ready";
  at: string;
  by: string;
  data: LessonReady;
}

export interface LessonRefused {
  reason: "damaged" | "no_decoder" | "not_a_video" | "too_large" | "too_long" | "unreadable_blocks";
}

export interface LessonRefusedEvent {
  stream: string;
  version: number;
  type: "lesson.refused";
  at: string;
  by: string;
  data: LessonRefused;
}

/** From here on the coach may watch. */
export type LessonReleased = Record<string, never>;

export interface LessonReleasedEvent {
  stream: string;
  version: number;
  type: "lesson.released";
  at: string;
  by: string;
  data: LessonReleased;
}

/** A lesson folded up to `version`, and what belongs to it. `role` is the person's own. */
export interface LessonSnapshot {
  version: number;
  lesson: LessonState;
  cycle: CycleOfLesson;
  role: "coach" | "observer" | "teacher";
  people: Record<string, CyclePerson>;
  notebook: Notebook | null;
  play: Play | null;
}

export interface LessonState {
  version: number;
  id: string;
  cycle: string;
  teacher: string;
  title: string;
  state: "arriving" | "preparing" | "ready" | "refused" | "waiting" | "watchable";
  reason: "damaged" | "no_decoder" | "not_a_video" | "too_large" | "too_long" | "unreadable_blocks" | null;
  attempt: number | null;
  duration_ms: number | null;
  missing_ms: number;
  width: number | null;
  height: number | null;
  released_at: string | null;
  annotations: Record<string, Annotation>;
}

export interface LessonWatchable {
  attempt: number;
  duration_ms: number;
  width: number | null;
  height: number | null;
}

export interface LessonWatchableEvent {
  stream: string;
  version: number;
  type: "lesson.watchable";
  at: string;
  by: string;
  data: LessonWatchable;
}

/** This sign-in link is too old. Ask for a new one. */
export interface LinkExpiredProblem {
  type: "/problems/link_expired";
  title: "The link has expired";
  status: 410;
  detail: string;
  instance: string;
}

/** This sign-in link was used before; each one works once. Ask for a new one. */
export interface LinkUsedProblem {
  type: "/problems/link_used";
  title: "The link was used";
  status: 410;
  detail: string;
  instance: string;
}

export interface ListedLesson {
  lesson: string;
  title: string;
  listed_at: string;
}

export interface Live {
  live: boolean;
}

export interface LookAtInvitation {
  token: string;
}

/** This Farfield sends no mail. Ask whoever runs it for a link. */
export interface MailOffProblem {
  type: "/problems/mail_off";
  title: "No mail from here";
  status: 409;
  detail: string;
  instance: string;
}

/** `days`: how long it lives; None: until it is revoked. */
export interface MakeToken {
  id: string;
  name: string;
  scopes: ("read" | "upload" | "write")[];
  days?: number | null;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  roles: ("coach" | "lead" | "teacher")[];
  active: boolean;
}

/** That cannot be done here. */
export interface MethodNotAllowedProblem {
  type: "/problems/method_not_allowed";
  title: "Not possible here";
  status: 405;
  detail: string;
  instance: string;
}

/** Bytes [offset, end) of the file. */
export interface MissingBlock {
  offset: number;
  end: number;
}

/** One step along the stages, or one back. */
export interface MoveStage {
  type?: "move_stage";
  id: string;
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
}

/** A person or a program where only its name is shown. */
export interface Named {
  id: string;
  name: string;
}

/** No longer here */
export interface NoSuchAnnotationProblem {
  type: "/problems/no_such_annotation";
  title: "No longer here";
  status: 409;
  detail: string;
  instance: string;
}

/** There is nothing here for you. The link may be old, or it belongs to somebody else. */
export interface NotFoundProblem {
  type: "/problems/not_found";
  title: "Not here";
  status: 404;
  detail: string;
  instance: string;
}

/** Not in this program */
export interface NotInProgramProblem {
  type: "/problems/not_in_program";
  title: "Not in this program";
  status: 422;
  detail: string;
  instance: string;
}

/** What was sent is not JSON. */
export interface NotJsonProblem {
  type: "/problems/not_json";
  title: "Not understood";
  status: 400;
  detail: string;
  instance: string;
}

/** Somebody else's to do */
export interface NotYoursProblem {
  type: "/problems/not_yours";
  title: "Somebody else's to do";
  status: 403;
  detail: string;
  instance: string;
}

/** One's own drafts about this lesson, folded up to the `version` of the notebook's stream. */
export interface Notebook {
  stream: string;
  version: number;
  drafts: Record<string, Draft>;
}

export interface NotebookState {
  version: number;
  cycle: string;
  person: string;
  drafts: Record<string, Draft>;
}

/** A lead's act: a round of coaching for two people of the program. */
export interface OpenCycle {
  type?: "open_cycle";
  id: string;
  cycle: string;
  teacher: string;
  coach: string;
}

/** An upload that its teacher can go on with. */
export interface OpenUpload {
  id: string;
  size: number | null;
  role: "original" | "recording" | "small" | "sound";
  name: string;
}

export interface OutboxLetter {
  id: string;
  to: string;
  subject: string;
  at: string;
  text: string;
}

export interface OutboxList {
  letters: OutboxLetter[];
}

/** Outside the lesson */
export interface OutsideLessonProblem {
  type: "/problems/outside_lesson";
  title: "Outside the lesson";
  status: 422;
  detail: string;
  instance: string;
}

/** A program as its lead sees it. */
export interface Overview {
  program: Named;
  rows: OverviewRow[];
}

/** A cycle as a lead sees it: stage, dates and counts. Never a title or a word from it. */
export interface OverviewRow {
  id: string;
  teacher: Named;
  coach: Named;
  number: number;
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
  stage_since: string;
  focus_category: string | null;
  lessons: number;
  annotations: number;
  waiting_on: "both" | "coach" | "teacher" | null;
}

/** Who is signed in. */
export interface Person {
  id: string;
  name: string;
  email: string;
  time_zone: string;
  language: string;
}

/** Where a lesson plays: paths on this server. */
export interface Play {
  attempt: number;
  playlist: string;
  progressive: string | null;
  duration_ms: number;
  poster: string | null;
}

/** Where this person is in a lesson, in ms of the lesson's own time. */
export interface Presence {
  type: "presence";
  id: number;
  lesson: string;
  at_ms: number;
  playing: boolean;
}

/** Everybody else who is in the lesson now. */
export interface Presences {
  type: "presence";
  lesson: string;
  people: Present[];
}

/** Somebody else who is in the lesson, and where, in ms of its own time. */
export interface Present {
  person: string;
  at_ms: number;
  playing: boolean;
}

/** Whatever is in the way, in the form of RFC 9457. */
export type Problem =
  | NotFoundProblem
  | SignedOutProblem
  | ForeignOriginProblem
  | ScopeMissingProblem
  | MethodNotAllowedProblem
  | BadRequestProblem
  | NotJsonProblem
  | TooLargeProblem
  | CommandReusedProblem
  | CycleClosedProblem
  | IdTakenProblem
  | NotYoursProblem
  | OutsideLessonProblem
  | NoSuchAnnotationProblem
  | StageNotNextProblem
  | VersionAheadProblem
  | LinkExpiredProblem
  | LinkUsedProblem
  | SignInRefusedProblem
  | WrongPasswordProblem
  | WeakPasswordProblem
  | SignInAgainProblem
  | TooManyTriesProblem
  | MailOffProblem
  | InvitationOverProblem
  | SomebodyElsesProblem
  | AddressTakenProblem
  | NotInProgramProblem
  | EmptyFileProblem
  | FileTooLargeProblem
  | UploadEndedProblem
  | LessonHasVideoProblem
  | QuotaReachedProblem
  | BlockOutsideProblem
  | ChecksumMissingProblem
  | BlocksMissingProblem
  | BlockDamagedProblem
  | BlockAlreadyStoredProblem
  | RangeNotSatisfiableProblem
  | StorageUnavailableProblem
  | RecordsUnavailableProblem
  | StoppingProblem
  | UnexpectedProblem;

/** A message was refused: a problem as over HTTP, its `type` under `problem`. `id`: the message's, if known. */
export interface ProblemFrame {
  type: "problem";
  id: number | null;
  problem: string;
  title: string;
  status: number;
  detail: string;
}

/** `mail`: whether invitations can be mailed from here. */
export interface ProgramPeople {
  id: string;
  name: string;
  mail: boolean;
  people: Member[];
  invitations: InvitationRow[];
}

/** One role of the person in one program; there may be several in the same. */
export interface ProgramRole {
  id: string;
  name: string;
  role: "coach" | "lead" | "teacher";
}

/** Far more was sent to this upload than its file holds. Stop it, and start it again from the cycle. */
export interface QuotaReachedProblem {
  type: "/problems/quota_reached";
  title: "Far more than the file holds";
  status: 413;
  detail: string;
  instance: string;
}

/** That part of the video does not exist. */
export interface RangeNotSatisfiableProblem {
  type: "/problems/range_not_satisfiable";
  title: "Outside the video";
  status: 416;
  detail: string;
  instance: string;
}

export interface Ready {
  ready: boolean;
}

/** Farfield cannot reach its records just now. What you wrote is still with you; try again in a moment. */
export interface RecordsUnavailableProblem {
  type: "/problems/records_unavailable";
  title: "The records are not reachable";
  status: 503;
  detail: string;
  instance: string;
}

/** Let the coach in. Drafts about the lesson become its annotations. */
export interface ReleaseLesson {
  type: "release_lesson";
  id: string;
}

export interface Reply {
  id: string;
  by: string;
  at: string;
  body: string;
}

export interface ReplyAdded {
  id: string;
  annotation: string;
  body: string;
}

export interface ReplyAddedEvent {
  stream: string;
  version: number;
  type: "reply.added";
  at: string;
  by: string;
  data: ReplyAdded;
}

/** This token may not be used for that. Make one that may. */
export interface ScopeMissingProblem {
  type: "/problems/scope_missing";
  title: "Not what this token is for";
  status: 403;
  detail: string;
  instance: string;
}

/** What a page needs to know to begin. `storage_ready`: whether video can be sent and played just now. */
export interface Session {
  person: Person;
  programs: ProgramRole[];
  has_password: boolean;
  demo: boolean;
  https: boolean;
  max_upload_bytes: number;
  storage_ready: boolean;
}

export interface SessionList {
  sessions: SessionRow[];
}

/** One place where the person is signed in. `device` is what the browser calls itself. */
export interface SessionRow {
  id: string;
  device: string;
  created_at: string;
  seen_at: string;
  current: boolean;
}

/** `present` may be left out within 15 minutes of signing in. */
export interface SetPassword {
  password: string;
  present?: string | null;
}

/** For this, sign in once more first: it is a while since you did. */
export interface SignInAgainProblem {
  type: "/problems/sign_in_again";
  title: "Sign in once more";
  status: 403;
  detail: string;
  instance: string;
}

/** This address and password do not belong together. Try again, or ask for a sign-in link by mail. */
export interface SignInRefusedProblem {
  type: "/problems/sign_in_refused";
  title: "Not signed in";
  status: 403;
  detail: string;
  instance: string;
}

export interface SignInWithLink {
  type: "link";
  token: string;
}

export interface SignInWithPassword {
  type: "password";
  email: string;
  password: string;
}

/** You are signed out. Sign in again; what you wrote is still with you. */
export interface SignedOutProblem {
  type: "/problems/signed_out";
  title: "Signed out";
  status: 401;
  detail: string;
  instance: string;
}

/** This invitation went to another address than yours. Sign out, and open it again. */
export interface SomebodyElsesProblem {
  type: "/problems/somebody_elses";
  title: "Another person is signed in";
  status: 409;
  detail: string;
  instance: string;
}

export interface StageEntered {
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
  at: string;
  by: string;
}

export interface StageMoved {
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
}

export interface StageMovedEvent {
  stream: string;
  version: number;
  type: "stage.moved";
  at: string;
  by: string;
  data: StageMoved;
}

/** Not the next stage */
export interface StageNotNextProblem {
  type: "/problems/stage_not_next";
  title: "Not the next stage";
  status: 409;
  detail: string;
  instance: string;
}

/** A file on its way. `size` null: not known before its end. `fingerprint` finds this file's upload again. */
export interface StartUpload {
  id: string;
  role: "original" | "recording" | "small" | "sound";
  size: number | null;
  name: string;
  content_type?: string;
  fingerprint?: string | null;
}

/** This part of Farfield is about to stop. Ask again in a moment; another one answers. */
export interface StoppingProblem {
  type: "/problems/stopping";
  title: "About to stop";
  status: 503;
  detail: string;
  instance: string;
}

/** The video store is starting or away. Nothing is lost; it goes on by itself in a moment. */
export interface StorageUnavailableProblem {
  type: "/problems/storage_unavailable";
  title: "The video store is not ready";
  status: 503;
  detail: string;
  instance: string;
}

export interface TokenList {
  tokens: TokenRow[];
}

/** `secret` is the token itself. It is shown this once. */
export interface TokenMade {
  token: TokenRow;
  secret: string;
}

export interface TokenRow {
  id: string;
  name: string;
  scopes: ("read" | "upload" | "write")[];
  created_at: string;
  expires_at: string | null;
}

/** What was sent is larger than Farfield takes at once. */
export interface TooLargeProblem {
  type: "/problems/too_large";
  title: "Too large";
  status: 413;
  detail: string;
  instance: string;
}

/** There were many tries in a short time. Wait a moment and try again. */
export interface TooManyTriesProblem {
  type: "/problems/too_many_tries";
  title: "Too many tries";
  status: 429;
  detail: string;
  instance: string;
}

/** Something went wrong on our side. Nothing you wrote is lost. Try again; if it stays, tell your program. */
export interface UnexpectedProblem {
  type: "/problems/unexpected";
  title: "Something went wrong here";
  status: 500 | 503;
  detail: string;
  instance: string;
}

/** No more of this stream. */
export interface Unfollow {
  type: "unfollow";
  id: number;
  stream: string;
}

/** The answer to `unfollow`. */
export interface Unfollowed {
  type: "unfollowed";
  id: number;
  stream: string;
}

/** An upload. `blocks`: what the store has while it is open; `stored_bytes` counts what overlaps once. */
export interface Upload {
  id: string;
  lesson: string;
  role: "original" | "recording" | "small" | "sound";
  state: "assembled" | "cancelled" | "completed" | "open" | "refused";
  size: number | null;
  name: string;
  fingerprint: string | null;
  blocks: Block[];
  stored_bytes: number;
}

export interface UploadCompleted {
  upload: string;
  size: number;
}

export interface UploadCompletedEvent {
  stream: string;
  version: number;
  type: "upload.completed";
  at: string;
  by: string;
  data: UploadCompleted;
}

/** This upload has already ended. Reload the page to see where the lesson is. */
export interface UploadEndedProblem {
  type: "/problems/upload_ended";
  title: "The upload has ended";
  status: 409;
  detail: string;
  instance: string;
}

export interface UploadStarted {
  upload: string;
  role: string;
  size: number | null;
}

export interface UploadStartedEvent {
  stream: string;
  version: number;
  type: "upload.started";
  at: string;
  by: string;
  data: UploadStarted;
}

/** This page knows more than the record does. Reload it. */
export interface VersionAheadProblem {
  type: "/problems/version_ahead";
  title: "Ahead of the record";
  status: 409;
  detail: string;
  instance: string;
}

/** Too easy to guess */
export interface WeakPasswordProblem {
  type: "/problems/weak_password";
  title: "Too easy to guess";
  status: 422;
  detail: string;
  instance: string;
}

/** This is not your present password. Try again, or sign in with a link and set a new one. */
export interface WrongPasswordProblem {
  type: "/problems/wrong_password";
  title: "Not your password";
  status: 403;
  detail: string;
  instance: string;
}
