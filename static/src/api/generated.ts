// Written by `make contract` from /api/openapi.json. Do not edit: shapes.ts gives these types the names used here.

/** Of whoever wrote the event. */
export interface AboutWritten {
  text: string;
  revision: number;
}

export interface AboutWrittenEvent {
  stream: string;
  version: number;
  type: "about.written";
  at: string;
  by: string;
  data: AboutWritten;
}

/** `meetings`: an id for each week. */
export interface AcceptCheckIns {
  type: "accept_check_ins";
  id: string;
  offer: string;
  meetings: string[];
}

/** Signed in, only the token counts. `email`: asked for where the invitation went to no address. */
export interface AcceptInvitation {
  token: string;
  name?: string;
  email?: string | null;
  time_zone?: string;
}

/** Write at a moment of the lesson, or over a range of it. `made_at` is when the client says it was written.
 * 
 *     With `draft` it stays in one's notebook also where the lesson is shared. */
export interface AddAnnotation {
  type: "add_annotation";
  id: string;
  annotation: string;
  start_ms: number;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  end_ms?: number | null;
  made_at?: string | null;
  move?: "description" | "evaluation" | "explanation" | "invitation" | "suggestion" | null;
  question?: string | null;
  tags?: PickedTag[];
  draft?: boolean;
}

/** It takes nothing from anybody, so it names no revision. */
export interface AddCue {
  type: "add_cue";
  id: string;
  track: string;
  cue: string;
  start_ms: number;
  end_ms: number;
  text: string;
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

/** Begin captions or chapters without a file; cues follow one by one. */
export interface AddTrack {
  type: "add_track";
  id: string;
  track: string;
  kind: "captions" | "chapters";
  language: string;
  label?: string;
}

/** With this address you can sign in. Do that first, and open the invitation again. */
export interface AddressTakenProblem {
  type: "/problems/address_taken";
  title: "Not possible with this address";
  status: 409;
  detail: string;
  instance: string;
}

/** A flagged annotation of a lesson; its words stay there. */
export interface AgendaItem {
  lesson: string;
  annotation: string;
}

export interface AgendaOrdered {
  items: AgendaItem[];
  revision: number;
}

export interface AgendaOrderedEvent {
  stream: string;
  version: number;
  type: "agenda.ordered";
  at: string;
  by: string;
  data: AgendaOrdered;
}

export interface AgendaWritten {
  meeting: string;
  text: string;
  revision: number;
}

export interface AgendaWrittenEvent {
  stream: string;
  version: number;
  type: "agenda.written";
  at: string;
  by: string;
  data: AgendaWritten;
}

/** Of whoever wrote the event. */
export interface AnnotatingFinished {
  lesson: string;
}

export interface AnnotatingFinishedEvent {
  stream: string;
  version: number;
  type: "annotating.finished";
  at: string;
  by: string;
  data: AnnotatingFinished;
}

/** `removed_at`: its words are gone for good; what others answered stays. */
export interface Annotation {
  id: string;
  by: string;
  at: string;
  made_at: string | null;
  start_ms: number;
  end_ms: number | null;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  move: "description" | "evaluation" | "explanation" | "invitation" | "suggestion" | null;
  question: AskedQuestion | null;
  tags: Tag[];
  revision: number;
  edited_at: string | null;
  removed_at: string | null;
  flagged: boolean;
  done: Settled | null;
  replies: Reply[];
}

export interface AnnotationAdded {
  id: string;
  start_ms: number;
  end_ms: number | null;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  made_at?: string | null;
  move?: "description" | "evaluation" | "explanation" | "invitation" | "suggestion" | null;
  question?: AskedQuestion | null;
  tags?: Tag[];
  author?: string | null;
}

export interface AnnotationAddedEvent {
  stream: string;
  version: number;
  type: "annotation.added";
  at: string;
  by: string;
  data: AnnotationAdded;
}

export interface AnnotationEdited {
  annotation: string;
  revision: number;
  start_ms: number;
  end_ms: number | null;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  move?: "description" | "evaluation" | "explanation" | "invitation" | "suggestion" | null;
  question?: AskedQuestion | null;
  tags?: Tag[];
}

export interface AnnotationEditedEvent {
  stream: string;
  version: number;
  type: "annotation.edited";
  at: string;
  by: string;
  data: AnnotationEdited;
}

export interface AnnotationFlagged {
  annotation: string;
  flagged: boolean;
}

export interface AnnotationFlaggedEvent {
  stream: string;
  version: number;
  type: "annotation.flagged";
  at: string;
  by: string;
  data: AnnotationFlagged;
}

export interface AnnotationRemoved {
  annotation: string;
}

export interface AnnotationRemovedEvent {
  stream: string;
  version: number;
  type: "annotation.removed";
  at: string;
  by: string;
  data: AnnotationRemoved;
}

export interface AnnotationSettled {
  annotation: string;
  done: boolean;
}

export interface AnnotationSettledEvent {
  stream: string;
  version: number;
  type: "annotation.settled";
  at: string;
  by: string;
  data: AnnotationSettled;
}

export interface AskForLink {
  email: string;
}

/** Close although some commitments are unanswered; the other one then moves the stage, or not. */
export interface AskToClose {
  type: "ask_to_close";
  id: string;
}

/** The focus question that an annotation is about, its text copied in. */
export interface AskedQuestion {
  id: string;
  text: string;
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

/** `path`: the private address on this server. It is shown this once. */
export interface CalendarFeedMade {
  created_at: string;
  path: string;
}

/** `created_at`: when the private address was made; null: there is none. */
export interface CalendarFeedRow {
  created_at: string | null;
}

/** It ends here, for good. What was written stays. */
export interface CancelCycle {
  type: "cancel_cycle";
  id: string;
  reason: "by_agreement" | "coach_changed" | "coach_left" | "opened_by_mistake" | "other" | "teacher_left" | "timetable";
}

/** It will not take place. */
export interface CancelMeeting {
  type: "cancel_meeting";
  id: string;
  meeting: string;
}

export interface ChangeCommitment {
  type: "change_commitment";
  id: string;
  commitment: string;
  text: string;
  due: string;
  measure: string;
  revision: number;
}

/** A weekly slot, offered by one of the two: `weeks` meetings at the same local time of `time_zone`. */
export interface CheckInOffer {
  id: string;
  start: string;
  minutes: number;
  weeks: number;
  time_zone: string;
  place: string;
  by: string;
  at: string;
}

export interface CheckInsOffered {
  offer: string;
  start: string;
  minutes: number;
  weeks: number;
  time_zone: string;
  place: string;
}

export interface CheckInsOfferedEvent {
  stream: string;
  version: number;
  type: "check_ins.offered";
  at: string;
  by: string;
  data: CheckInsOffered;
}

/** Accepted (the meetings follow in the same transaction), declined, or taken back. */
export interface CheckInsSettled {
  offer: string;
  accepted: boolean;
}

export interface CheckInsSettledEvent {
  stream: string;
  version: number;
  type: "check_ins.settled";
  at: string;
  by: string;
  data: CheckInsSettled;
}

/** A piece of an upload must come with its SHA-256 in x-amz-checksum-sha256. */
export interface ChecksumMissingProblem {
  type: "/problems/checksum_missing";
  title: "No checksum";
  status: 422;
  detail: string;
  instance: string;
}

/** One of the program's focus categories; null: none. It is all of a plan that a lead sees. */
export interface ChooseFocus {
  type: "choose_focus";
  id: string;
  category: string | null;
}

/** Nothing more comes of this stream: the grant is gone. */
export interface Closed {
  type: "closed";
  stream: string;
  reason: string;
}

/** One of the two would close it as it is. */
export type ClosingAsked = Record<string, never>;

export interface ClosingAskedEvent {
  stream: string;
  version: number;
  type: "closing.asked";
  at: string;
  by: string;
  data: ClosingAsked;
}

/** In this cycle, with all that was written in it. */
export interface CoachChanged {
  coach: string;
}

export interface CoachChangedEvent {
  stream: string;
  version: number;
  type: "coach.changed";
  at: string;
  by: string;
  data: CoachChanged;
}

/** null: the proposal was taken back. */
export interface CoachProposed {
  coach: string | null;
}

export interface CoachProposedEvent {
  stream: string;
  version: number;
  type: "coach.proposed";
  at: string;
  by: string;
  data: CoachProposed;
}

export interface CoachTerm {
  coach: string;
  since: string;
}

/** This command was already carried out with other words. Reload the page and write it again. */
export interface CommandReusedProblem {
  type: "/problems/command_reused";
  title: "Sent before with other words";
  status: 409;
  detail: string;
  instance: string;
}

/** What the teacher will try, by when, and how both will know. `carried_from`: the cycle it comes from. */
export interface Commitment {
  id: string;
  text: string;
  due: string;
  measure: string;
  revision: number;
  by: string;
  at: string;
  carried_from: string | null;
  follow_ups: FollowUp[];
}

export interface CommitmentChanged {
  commitment: string;
  text: string;
  due: string;
  measure: string;
  revision: number;
}

export interface CommitmentChangedEvent {
  stream: string;
  version: number;
  type: "commitment.changed";
  at: string;
  by: string;
  data: CommitmentChanged;
}

export interface CommitmentDropped {
  commitment: string;
}

export interface CommitmentDroppedEvent {
  stream: string;
  version: number;
  type: "commitment.dropped";
  at: string;
  by: string;
  data: CommitmentDropped;
}

export interface CommitmentFollowedUp {
  commitment: string;
  answer: "adapted" | "kept" | "not_yet";
  evidence: string;
  still_need: string;
  coach_could: string;
  again?: string | null;
}

export interface CommitmentFollowedUpEvent {
  stream: string;
  version: number;
  type: "commitment.followed_up";
  at: string;
  by: string;
  data: CommitmentFollowedUp;
}

export interface CommitmentMade {
  commitment: string;
  text: string;
  due: string;
  measure: string;
  carried_from?: string | null;
}

export interface CommitmentMadeEvent {
  stream: string;
  version: number;
  type: "commitment.made";
  at: string;
  by: string;
  data: CommitmentMade;
}

/** The whole file, named block by block, without a gap or an overlap. */
export interface Complete {
  size: number;
  blocks: Block[];
}

export interface Cue {
  id: string;
  start_ms: number;
  end_ms: number;
  text: string;
}

/** This file of captions or chapters cannot be read. */
export interface CuesUnreadableProblem {
  type: "/problems/cues_unreadable";
  title: "The file cannot be read";
  status: 422;
  detail: string;
  instance: string;
  line?: number;
}

/** A part that others do not get: from the moment `start_ms` up to `end_ms`; null: to the end, wherever that is. */
export interface Cut {
  start_ms: number;
  end_ms: number | null;
}

export interface CycleCancelled {
  reason: "by_agreement" | "coach_changed" | "coach_left" | "opened_by_mistake" | "other" | "teacher_left" | "timetable";
}

export interface CycleCancelledEvent {
  stream: string;
  version: number;
  type: "cycle.cancelled";
  at: string;
  by: string;
  data: CycleCancelled;
}

/** A cycle in a list, with those of its lessons that the person may see. `role` is the person's own.
 * 
 *     meeting: the next planned one, also where it is past and nobody has said how it went.
 *     commitment: the day of the next look back that nobody has answered.
 *     previous, next: the cycles before and after, where the person may see them. */
export interface CycleCard {
  id: string;
  program: Named;
  teacher: Named;
  coach: Named;
  number: number;
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
  stage_since: string;
  release_mode: "open" | "teacher_first" | "together";
  role: "coach" | "observer" | "teacher";
  due: string | null;
  paused: boolean;
  cancelled: boolean;
  waiting_on: "both" | "coach" | "teacher" | null;
  meeting: string | null;
  commitment: string | null;
  closing_asked_by: string | null;
  proposed_coach: Named | null;
  previous: string | null;
  next: string | null;
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

/** Every event of the streams that the person reads in this cycle, by stream; `people` are the names behind the ids.
 * 
 *     Folding the events in order gives the record as it stands. What was redacted is gone from them. Captions and
 *     chapters are in no stream; `tracks` has those of the lessons whose streams are here. */
export interface CycleExport {
  format: string;
  exported_at: string;
  exported_by: string;
  cycle: string;
  people: Record<string, CyclePerson>;
  streams: Record<string, Event[]>;
  tracks: ExportedTrack[];
}

/** What the review room needs to know of the cycle, folded up to `version` of its stream.
 * 
 *     `done`: who has said that they have annotated this lesson, and when. `closed`: it takes nothing new.
 *     Whoever observes one lesson learns no more of it than who, which number, and where it stands. */
export interface CycleOfLesson {
  id: string;
  version: number;
  number: number;
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
  closed: boolean;
  release_mode: "open" | "teacher_first" | "together";
  teacher: string;
  coach: string;
  questions: Record<string, FocusQuestion>;
  done: Record<string, string>;
}

/** `previous`: the cycle that this one goes on from. `stage_days`: target days by stage. */
export interface CycleOpened {
  program: string;
  teacher: string;
  coach: string;
  number: number;
  release_mode: "open" | "teacher_first" | "together";
  previous?: string | null;
  stage_days?: Record<string, number>;
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

export interface CyclePausedFor {
  reason: "illness" | "leave" | "link_or_device" | "other" | "school_closed" | "timetable";
}

export interface CyclePausedForEvent {
  stream: string;
  version: number;
  type: "cycle.paused";
  at: string;
  by: string;
  data: CyclePausedFor;
}

/** The cycle is paused */
export interface CyclePausedProblem {
  type: "/problems/cycle_paused";
  title: "The cycle is paused";
  status: 409;
  detail: string;
  instance: string;
}

/** Somebody in a cycle. `time_zone`: so that both see when the other one meets them. */
export interface CyclePerson {
  id: string;
  name: string;
  role: "coach" | "observer" | "teacher";
  time_zone: string;
}

/** It goes on where it was; the days of the pause do not count. */
export type CycleResumed = Record<string, never>;

export interface CycleResumedEvent {
  stream: string;
  version: number;
  type: "cycle.resumed";
  at: string;
  by: string;
  data: CycleResumed;
}

/** A cycle folded up to `version`, and the rows around it. */
export interface CycleSnapshot {
  version: number;
  cycle: CycleState;
  card: CycleCard;
  people: Record<string, CyclePerson>;
  offered: Offered;
}

export interface CycleState {
  version: number;
  id: string;
  program: string;
  teacher: string;
  coach: string;
  number: number;
  release_mode: "open" | "teacher_first" | "together";
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
  stage_since: string | null;
  history: StageEntered[];
  lessons: ListedLesson[];
  stage_days: Record<string, number>;
  previous: string | null;
  next: string | null;
  coaches: CoachTerm[];
  proposed_coach: string | null;
  paused: Interruption | null;
  paused_ms: number;
  cancelled: Interruption | null;
  waiver: Waiver | null;
  closing_asked_by: string | null;
  plan: Record<string, Written>;
  lesson_date: string | null;
  focus_category: string | null;
  questions: Record<string, FocusQuestion>;
  resources: Record<string, Resource>;
  meetings: Record<string, Meeting>;
  offers: Record<string, CheckInOffer>;
  agenda: AgendaItem[];
  agenda_revision: number;
  debrief_notes: Record<string, Written>;
  commitments: Record<string, Commitment>;
  reflections: Record<string, Reflection>;
  about: Record<string, Written>;
  messages: Record<string, Message>;
  observers: Record<string, Observer>;
  people: Record<string, string>;
  proposals: Record<string, ObserverProposal>;
}

/** Of whoever wrote the event. */
export interface DebriefNoted {
  text: string;
  revision: number;
}

export interface DebriefNotedEvent {
  stream: string;
  version: number;
  type: "debrief.noted";
  at: string;
  by: string;
  data: DebriefNoted;
}

/** Say no to the offer, or take one's own back. */
export interface DeclineCheckIns {
  type: "decline_check_ins";
  id: string;
  offer: string;
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
  move: "description" | "evaluation" | "explanation" | "invitation" | "suggestion" | null;
  question: AskedQuestion | null;
  tags: Tag[];
  revision: number;
  edited_at: string | null;
  removed_at: null;
  flagged: boolean;
  done: null;
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
  move?: "description" | "evaluation" | "explanation" | "invitation" | "suggestion" | null;
  question?: AskedQuestion | null;
  tags?: Tag[];
}

export interface DraftAddedEvent {
  stream: string;
  version: number;
  type: "draft.added";
  at: string;
  by: string;
  data: DraftAdded;
}

export interface DraftEdited {
  draft: string;
  revision: number;
  start_ms: number;
  end_ms: number | null;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  move?: "description" | "evaluation" | "explanation" | "invitation" | "suggestion" | null;
  question?: AskedQuestion | null;
  tags?: Tag[];
}

export interface DraftEditedEvent {
  stream: string;
  version: number;
  type: "draft.edited";
  at: string;
  by: string;
  data: DraftEdited;
}

export interface DraftRemoved {
  draft: string;
}

export interface DraftRemovedEvent {
  stream: string;
  version: number;
  type: "draft.removed";
  at: string;
  by: string;
  data: DraftRemoved;
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

/** Take it back before anybody looked back at it. */
export interface DropCommitment {
  type: "drop_commitment";
  id: string;
  commitment: string;
}

export interface EarlierText {
  revision: number;
  body: string;
  until: string;
}

/** What an annotation or a reply said before its author changed it. */
export interface EarlierTextKept {
  lesson: string;
  of: string;
  revision: number;
  body: string;
}

export interface EarlierTextKeptEvent {
  stream: string;
  version: number;
  type: "earlier_text.kept";
  at: string;
  by: string;
  data: EarlierTextKept;
}

/** Its author removed the annotation or the reply: nothing of it is kept. */
export interface EarlierTextsDropped {
  of: string;
}

export interface EarlierTextsDroppedEvent {
  stream: string;
  version: number;
  type: "earlier_texts.dropped";
  at: string;
  by: string;
  data: EarlierTextsDropped;
}

/** All of it anew. `revision`: the one this was written over. An annotation keeps who wrote it and when. */
export interface EditAnnotation {
  type: "edit_annotation";
  id: string;
  annotation: string;
  revision: number;
  start_ms: number;
  end_ms: number | null;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  move?: "description" | "evaluation" | "explanation" | "invitation" | "suggestion" | null;
  question?: string | null;
  tags?: PickedTag[];
}

/** All of it anew. `revision`: of the track, as the writer saw it. */
export interface EditCue {
  type: "edit_cue";
  id: string;
  track: string;
  cue: string;
  revision: number;
  start_ms: number;
  end_ms: number;
  text: string;
}

/** A draft of one's own, all of it anew. `revision`: the one this was written over. */
export interface EditDraft {
  type: "edit_draft";
  id: string;
  draft: string;
  revision: number;
  start_ms: number;
  end_ms: number | null;
  body: string;
  kind: "note" | "question" | "strength" | "suggestion";
  move?: "description" | "evaluation" | "explanation" | "invitation" | "suggestion" | null;
  question?: string | null;
  tags?: PickedTag[];
}

export interface EditReply {
  type: "edit_reply";
  id: string;
  annotation: string;
  reply: string;
  revision: number;
  body: string;
}

/** Changed meanwhile */
export interface EditedMeanwhileProblem {
  type: "/problems/edited_meanwhile";
  title: "Changed meanwhile";
  status: 409;
  detail: string;
  instance: string;
  text?: string;
  revision?: number;
  by?: string;
}

/** This file has nothing in it. Look whether the phone has finished saving it, and pick it again. */
export interface EmptyFileProblem {
  type: "/problems/empty_file";
  title: "Nothing in the file";
  status: 422;
  detail: string;
  instance: string;
}

/** It was held, and took so many minutes. */
export interface EndMeeting {
  type: "end_meeting";
  id: string;
  meeting: string;
  minutes: number;
}

/** The teacher ends it, or the observer leaves. */
export interface EndObserving {
  type: "end_observing";
  id: string;
  observer: string;
}

/** What happened in a stream, as it travels. A client passes over a `type` that it does not know. */
export type Event =
  | CycleOpenedEvent
  | LessonListedEvent
  | StageMovedEvent
  | VideoWaivedEvent
  | CyclePausedForEvent
  | CycleResumedEvent
  | CycleCancelledEvent
  | ClosingAskedEvent
  | PlanWrittenEvent
  | LessonDateSetEvent
  | FocusChosenEvent
  | QuestionWrittenEvent
  | QuestionRemovedEvent
  | ResourceAddedEvent
  | ResourceRemovedEvent
  | MeetingPlannedEvent
  | MeetingMovedEvent
  | MeetingHeldEvent
  | MeetingMissedEvent
  | MeetingCancelledEvent
  | AgendaWrittenEvent
  | MeetingNotedEvent
  | CheckInsOfferedEvent
  | CheckInsSettledEvent
  | AgendaOrderedEvent
  | DebriefNotedEvent
  | CommitmentMadeEvent
  | CommitmentChangedEvent
  | CommitmentDroppedEvent
  | CommitmentFollowedUpEvent
  | AboutWrittenEvent
  | MessageSentEvent
  | MessageRemovedEvent
  | ReflectionSharedEvent
  | ReflectionRemovedEvent
  | ObserverLetInEvent
  | ObservingEndedEvent
  | ObserverProposedEvent
  | ProposalSettledEvent
  | NextStartedEvent
  | CoachProposedEvent
  | CoachChangedEvent
  | LessonAddedEvent
  | UploadStartedEvent
  | UploadCompletedEvent
  | UploadEndedEvent
  | LessonListenableEvent
  | LessonFollowableEvent
  | LessonWatchableEvent
  | LessonReadyEvent
  | LessonRefusedEvent
  | OriginalSetAsideEvent
  | LessonReleasedEvent
  | LessonSharedEvent
  | AnnotationAddedEvent
  | ReplyAddedEvent
  | AnnotationFlaggedEvent
  | AnnotationSettledEvent
  | AnnotationEditedEvent
  | AnnotationRemovedEvent
  | ReplyEditedEvent
  | ReplyRemovedEvent
  | AnnotatingFinishedEvent
  | LessonCutsSetEvent
  | TrackChangedEvent
  | TrackRemovedEvent
  | DraftAddedEvent
  | DraftEditedEvent
  | DraftRemovedEvent
  | DraftsPublishedEvent
  | NoteWrittenEvent
  | NoteRemovedEvent
  | EarlierTextKeptEvent
  | StreamSeenEvent
  | EarlierTextsDroppedEvent
  | WordsErasedEvent;

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

/** Captions or chapters of one of the lessons, as a WebVTT file. */
export interface ExportedTrack {
  lesson: string;
  track: string;
  kind: "captions" | "chapters";
  language: string;
  label: string;
  file: string;
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

/** Say that one has annotated the lesson. In `together`, the second to say so publishes what both have written. */
export interface FinishAnnotating {
  type: "finish_annotating";
  id: string;
}

/** Talk about it in the debrief, or not. */
export interface FlagAnnotation {
  type: "flag_annotation";
  id: string;
  annotation: string;
  flagged: boolean;
}

export interface FocusChosen {
  category: string | null;
}

export interface FocusChosenEvent {
  stream: string;
  version: number;
  type: "focus.chosen";
  at: string;
  by: string;
  data: FocusChosen;
}

export interface FocusQuestion {
  id: string;
  text: string;
  revision: number;
  by: string;
  at: string;
}

/** Send me every event of this stream after a version. */
export interface Follow {
  type: "follow";
  id: number;
  stream: string;
  after?: number;
}

/** What became of a commitment. */
export interface FollowUp {
  answer: "adapted" | "kept" | "not_yet";
  evidence: string;
  still_need: string;
  coach_could: string;
  by: string;
  at: string;
}

/** The teacher's look back. With `not_yet` a new day may be set; `coach_could`: what would have helped. */
export interface FollowUpCommitment {
  type: "follow_up";
  id: string;
  commitment: string;
  answer: "adapted" | "kept" | "not_yet";
  evidence?: string;
  still_need?: string;
  coach_could?: string;
  again?: string | null;
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

/** A list of codes that annotations can be tagged with, as it is in this version of it. */
export interface Framework {
  name: string;
  version: string;
  tags: FrameworkTag[];
}

export interface FrameworkTag {
  code: string;
  label: string;
}

/** `overviews`: one for each program that the person leads, by name; empty for everybody else.
 * 
 *     `observed`: lessons that they were let into without the cycle. */
export interface Home {
  cycles: CycleCard[];
  overviews: Overview[];
  observed: ObservedLesson[];
}

/** Already there */
export interface IdTakenProblem {
  type: "/problems/id_taken";
  title: "Already there";
  status: 409;
  detail: string;
  instance: string;
}

/** A WebVTT or SRT file, up to 1 MB and 10,000 cues, as a new track, or in place of all that one has.
 * 
 *     `revision`: of the track, as it was seen; 0 for a new one. */
export interface ImportTrack {
  type?: "import_track";
  id: string;
  track: string;
  kind: "captions" | "chapters";
  language: string;
  file: string;
  label?: string;
  revision?: number;
}

/** Paused or cancelled, and why. */
export interface Interruption {
  reason: "illness" | "leave" | "link_or_device" | "other" | "school_closed" | "timetable" | "by_agreement" | "coach_changed" | "coach_left" | "opened_by_mistake" | "other" | "teacher_left" | "timetable";
  at: string;
  by: string;
}

/** `email`: the address it went to. `mail`: whether another address is confirmed by a letter.
 * 
 *     For an observer: until when, and whether it is a whole cycle or one lesson of it. */
export interface InvitationOffer {
  program: string;
  role: "coach" | "lead" | "observer" | "teacher";
  by: string;
  email: string | null;
  name: string | null;
  expires_at: string;
  mail: boolean;
  until: string | null;
  whole: boolean;
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
  plays_early: boolean;
}

/** In order, none touches the next. */
export interface LessonCutsSet {
  cuts: Cut[];
}

export interface LessonCutsSetEvent {
  stream: string;
  version: number;
  type: "lesson.cuts_set";
  at: string;
  by: string;
  data: LessonCutsSet;
}

export interface LessonDateSet {
  date: string | null;
}

export interface LessonDateSetEvent {
  stream: string;
  version: number;
  type: "lesson_date.set";
  at: string;
  by: string;
  data: LessonDateSet;
}

/** The lesson was added: its stream is at `version`. */
export interface LessonDone {
  lesson: string;
  version: number;
  stream: string;
}

/** What has arrived of `upload` can be watched in a small picture, and grows with it.
 * 
 *     `duration_ms`: of the whole film; null where it does not say before its end. */
export interface LessonFollowable {
  upload: string;
  attempt: number;
  duration_ms: number | null;
  width: number | null;
  height: number | null;
}

export interface LessonFollowableEvent {
  stream: string;
  version: number;
  type: "lesson.followable";
  at: string;
  by: string;
  data: LessonFollowable;
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

/** The sound came first: it can be heard and written about while the picture is on its way. */
export interface LessonListenable {
  attempt: number;
  duration_ms: number;
}

export interface LessonListenableEvent {
  stream: string;
  version: number;
  type: "lesson.listenable";
  at: string;
  by: string;
  data: LessonListenable;
}

/** Another copy of this lesson is being prepared. Nothing is lost; this one goes on by itself once that can be watched. */
export interface LessonNotReadyProblem {
  type: "/problems/lesson_not_ready";
  title: "The lesson is being prepared";
  status: 503;
  detail: string;
  instance: string;
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
  reason: "damaged" | "gave_up" | "no_decoder" | "not_a_video" | "too_large" | "too_long" | "unreadable_blocks";
}

export interface LessonRefusedEvent {
  stream: string;
  version: number;
  type: "lesson.refused";
  at: string;
  by: string;
  data: LessonRefused;
}

/** From here on the coach may watch. `together`: both still write in their notebooks, until `lesson.shared`. */
export interface LessonReleased {
  together?: boolean;
}

export interface LessonReleasedEvent {
  stream: string;
  version: number;
  type: "lesson.released";
  at: string;
  by: string;
  data: LessonReleased;
}

/** Both are done writing for themselves: from here on each sees the other's. */
export type LessonShared = Record<string, never>;

export interface LessonSharedEvent {
  stream: string;
  version: number;
  type: "lesson.shared";
  at: string;
  by: string;
  data: LessonShared;
}

/** A lesson folded up to `version`, and what belongs to it. `role` is the person's own.
 * 
 *     `whole`: they may read the cycle it is in, too. */
export interface LessonSnapshot {
  version: number;
  lesson: LessonState;
  cycle: CycleOfLesson;
  frameworks: Framework[];
  role: "coach" | "observer" | "teacher";
  whole: boolean;
  people: Record<string, CyclePerson>;
  notebook: Notebook | null;
  play: Play | null;
  progress: Progress | null;
}

export interface LessonState {
  version: number;
  id: string;
  cycle: string;
  teacher: string;
  title: string;
  state: "arriving" | "preparing" | "ready" | "refused" | "waiting" | "watchable";
  reason: "damaged" | "gave_up" | "no_decoder" | "not_a_video" | "too_large" | "too_long" | "unreadable_blocks" | null;
  attempt: number | null;
  duration_ms: number | null;
  missing_ms: number;
  width: number | null;
  height: number | null;
  source: "original" | "recording" | "small" | "sound" | null;
  listen: boolean;
  following: string | null;
  cuts: Cut[];
  least_attempt: number | null;
  original: "arriving" | "in_use" | "preparing" | "set_aside" | null;
  uploads: string[];
  preparing: string | null;
  released_at: string | null;
  shared_at: string | null;
  annotations: Record<string, Annotation>;
  removed: number;
  tracks: Record<string, Track>;
}

/** `source`: the file it is played from; all files of a lesson have the same times. */
export interface LessonWatchable {
  attempt: number;
  duration_ms: number;
  width: number | null;
  height: number | null;
  source?: "original" | "recording" | "small" | "sound";
}

export interface LessonWatchableEvent {
  stream: string;
  version: number;
  type: "lesson.watchable";
  at: string;
  by: string;
  data: LessonWatchable;
}

/** `email`: of somebody who can sign in, or who then gets an invitation. `lesson` null: the whole cycle. */
export interface LetObserverIn {
  type: "let_observer_in";
  id: string;
  observer: string;
  email: string;
  until: string;
  lesson?: string | null;
  name?: string;
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

/** `done`: who has said that they have annotated it, and when. */
export interface ListedLesson {
  lesson: string;
  title: string;
  listed_at: string;
  done: Record<string, string>;
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

/** What the teacher will try, by when, and how both will know. */
export interface MakeCommitment {
  type: "make_commitment";
  id: string;
  commitment: string;
  text: string;
  due: string;
  measure?: string;
}

/** `days`: how long it lives; None: until it is revoked. */
export interface MakeToken {
  id: string;
  name: string;
  scopes: ("read" | "upload" | "write")[];
  days?: number | null;
}

/** One has read a stream of this cycle up to a version. */
export interface MarkSeen {
  type: "mark_seen";
  id: string;
  stream: string;
  version: number;
}

/** `sequence` counts the moves, as iCalendar has it. `minutes` are those planned, `held_minutes` those it took. */
export interface Meeting {
  id: string;
  kind: "check_in" | "debrief" | "planning";
  start: string;
  minutes: number;
  place: string;
  by: string;
  at: string;
  sequence: number;
  status: "cancelled" | "held" | "missed" | "planned";
  held_minutes: number | null;
  agenda: Written | null;
  notes: Record<string, Written>;
}

export interface MeetingCancelled {
  meeting: string;
}

export interface MeetingCancelledEvent {
  stream: string;
  version: number;
  type: "meeting.cancelled";
  at: string;
  by: string;
  data: MeetingCancelled;
}

export interface MeetingHeld {
  meeting: string;
  minutes: number;
}

export interface MeetingHeldEvent {
  stream: string;
  version: number;
  type: "meeting.held";
  at: string;
  by: string;
  data: MeetingHeld;
}

export interface MeetingMissed {
  meeting: string;
}

export interface MeetingMissedEvent {
  stream: string;
  version: number;
  type: "meeting.missed";
  at: string;
  by: string;
  data: MeetingMissed;
}

export interface MeetingMoved {
  meeting: string;
  start: string;
  minutes: number;
  place: string;
}

export interface MeetingMovedEvent {
  stream: string;
  version: number;
  type: "meeting.moved";
  at: string;
  by: string;
  data: MeetingMoved;
}

/** Of whoever wrote the event. */
export interface MeetingNoted {
  meeting: string;
  text: string;
  revision: number;
}

export interface MeetingNotedEvent {
  stream: string;
  version: number;
  type: "meeting.noted";
  at: string;
  by: string;
  data: MeetingNoted;
}

export interface MeetingPlanned {
  meeting: string;
  kind: "check_in" | "debrief" | "planning";
  start: string;
  minutes: number;
  place: string;
}

export interface MeetingPlannedEvent {
  stream: string;
  version: number;
  type: "meeting.planned";
  at: string;
  by: string;
  data: MeetingPlanned;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  roles: ("coach" | "lead" | "teacher")[];
  active: boolean;
}

export interface Message {
  id: string;
  text: string;
  by: string;
  at: string;
  removed_at: string | null;
}

export interface MessageRemoved {
  message: string;
}

export interface MessageRemovedEvent {
  stream: string;
  version: number;
  type: "message.removed";
  at: string;
  by: string;
  data: MessageRemoved;
}

export interface MessageSent {
  message: string;
  text: string;
}

export interface MessageSentEvent {
  stream: string;
  version: number;
  type: "message.sent";
  at: string;
  by: string;
  data: MessageSent;
}

/** That cannot be done here. */
export interface MethodNotAllowedProblem {
  type: "/problems/method_not_allowed";
  title: "Not possible here";
  status: 405;
  detail: string;
  instance: string;
}

/** It did not take place. */
export interface MissMeeting {
  type: "miss_meeting";
  id: string;
  meeting: string;
}

/** Bytes [offset, end) of the file. */
export interface MissingBlock {
  offset: number;
  end: number;
}

/** To another time or place. */
export interface MoveMeeting {
  type: "move_meeting";
  id: string;
  meeting: string;
  start: string;
  minutes: number;
  place: string;
}

/** One step along the stages, or one back. */
export interface MoveStage {
  type: "move_stage";
  id: string;
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
}

export interface NameTrack {
  type: "name_track";
  id: string;
  track: string;
  revision: number;
  language: string;
  label: string;
}

/** A person or a program where only its name is shown. */
export interface Named {
  id: string;
  name: string;
}

/** What the server has of it: its time, and whether the front door was asked over HTTPS. */
export interface NetworkSeen {
  at: string;
  https: boolean;
}

/** So many bytes arrived. */
export interface NetworkTaken {
  bytes: number;
}

/** The cycle goes on in another one. */
export interface NextStarted {
  cycle: string;
}

export interface NextStartedEvent {
  stream: string;
  version: number;
  type: "next.started";
  at: string;
  by: string;
  data: NextStarted;
}

/** No longer there */
export interface NoLongerHereProblem {
  type: "/problems/no_longer_here";
  title: "No longer there";
  status: 409;
  detail: string;
  instance: string;
}

/** There is no room for this file at the moment. */
export interface NoRoomProblem {
  type: "/problems/no_room";
  title: "No room for it";
  status: 413;
  detail: string;
  instance: string;
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

/** Not possible like this */
export interface NotPossibleProblem {
  type: "/problems/not_possible";
  title: "Not possible like this";
  status: 422;
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

export interface Note {
  id: string;
  text: string;
  prompt: string;
  revision: number;
  at: string;
}

/** Removed, or shared as a reflection: then the cycle has it. */
export interface NoteRemoved {
  note: string;
}

export interface NoteRemovedEvent {
  stream: string;
  version: number;
  type: "note.removed";
  at: string;
  by: string;
  data: NoteRemoved;
}

export interface NoteWritten {
  note: string;
  text: string;
  revision: number;
  prompt?: string;
}

export interface NoteWrittenEvent {
  stream: string;
  version: number;
  type: "note.written";
  at: string;
  by: string;
  data: NoteWritten;
}

/** What one's own notebook has about this lesson, folded up to the `version` of its stream.
 * 
 *     `earlier`: what one's annotations and replies said before one changed them. `seen`: how far one has read, by stream. */
export interface Notebook {
  stream: string;
  version: number;
  drafts: Record<string, Draft>;
  earlier: Record<string, EarlierText[]>;
  seen: Record<string, number>;
}

/** One's own notebook folded up to `version` of its stream. */
export interface NotebookSnapshot {
  stream: string;
  version: number;
  notebook: NotebookState;
}

export interface NotebookState {
  version: number;
  cycle: string;
  person: string;
  drafts: Record<string, Draft>;
  notes: Record<string, Note>;
  earlier: Record<string, EarlierText[]>;
  seen: Record<string, number>;
}

/** A lesson that the person was let into without its cycle, until then, under the ids in `observers`. */
export interface ObservedLesson {
  observers: string[];
  lesson: LessonCard;
  number: number;
  teacher: Named;
  coach: Named;
  until: string | null;
}

/** Let in by the teacher: to the whole cycle, or to one `lesson` of it, until then. */
export interface Observer {
  id: string;
  person: string;
  lesson: string | null;
  until: string;
  by: string;
  at: string;
}

/** `observer`: the id under which they are let in. `letter`: what became of it; None where it is a link.
 * 
 *     `lesson` null: the whole cycle. `until`: how long they may look; `expires_at`: how long they may take it up. */
export interface ObserverInvitation {
  observer: string;
  email: string | null;
  name: string | null;
  lesson: string | null;
  until: string;
  expires_at: string;
  letter: "dropped" | "failed" | "sent" | "waiting" | null;
}

/** `mail`: whether invitations are mailed from here; else each has a link to hand over. */
export interface ObserverInvitations {
  mail: boolean;
  invitations: ObserverInvitation[];
}

export interface ObserverLetIn {
  observer: string;
  person: string;
  lesson: string | null;
  until: string;
}

export interface ObserverLetInEvent {
  stream: string;
  version: number;
  type: "observer.let_in";
  at: string;
  by: string;
  data: ObserverLetIn;
}

/** Shown this once. */
export interface ObserverLink {
  link: string;
}

/** A coach's wish that the teacher lets somebody in. `who`: in the coach's words, as a name or an address. */
export interface ObserverProposal {
  id: string;
  who: string;
  why: string;
  lesson: string | null;
  by: string;
  at: string;
}

export interface ObserverProposed {
  proposal: string;
  who: string;
  why: string;
  lesson: string | null;
}

export interface ObserverProposedEvent {
  stream: string;
  version: number;
  type: "observer.proposed";
  at: string;
  by: string;
  data: ObserverProposed;
}

export interface ObservingEnded {
  observer: string;
}

export interface ObservingEndedEvent {
  stream: string;
  version: number;
  type: "observing.ended";
  at: string;
  by: string;
  data: ObservingEnded;
}

/** A weekly slot from `start` on, at the same local time of `time_zone`. */
export interface OfferCheckIns {
  type: "offer_check_ins";
  id: string;
  offer: string;
  start: string;
  minutes: number;
  weeks: number;
  time_zone: string;
  place?: string;
}

/** What the program offers its cycles now. */
export interface Offered {
  focus_categories: string[];
  prompts: string[];
  frameworks: Framework[];
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
  role: "original" | "recording" | "resource" | "small" | "sound";
  name: string;
}

/** The order in which the flagged annotations are talked about. `revision`: of the order this one changes. */
export interface OrderAgenda {
  type: "order_agenda";
  id: string;
  items: AgendaItem[];
  revision: number;
}

/** The original that came after a smaller copy does not take over. `other_times`: annotations would point elsewhere.
 * 
 *     It is kept as a file where it could be read. */
export interface OriginalSetAside {
  upload: string;
  why: "other_times" | "damaged" | "gave_up" | "no_decoder" | "not_a_video" | "too_large" | "too_long" | "unreadable_blocks";
}

export interface OriginalSetAsideEvent {
  stream: string;
  version: number;
  type: "lesson.original_set_aside";
  at: string;
  by: string;
  data: OriginalSetAside;
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

/** A cycle as a lead sees it: stage, dates and counts. Never a title or a word from it.
 * 
 *     days_in_stage: whole days, without those of pauses.
 *     overdue: open, not paused, and past the day by which its stage should be over.
 *     stalled: see `is_stalled`.
 *     next: the earliest meeting or look back that is agreed and not over; it may be past.
 *     meetings_planned: all that were agreed, without those called off.
 *     released: lessons that the coach has been let into. Of others, which only their teacher knows, not even the number
 *     is told: a lead may be the coach. annotations: what is in those lessons. */
export interface OverviewRow {
  id: string;
  teacher: Named;
  coach: Named;
  proposed_coach: Named | null;
  number: number;
  stage: "closed" | "debrief" | "follow_up" | "planning" | "review" | "teaching";
  stage_since: string;
  days_in_stage: number;
  due: string | null;
  overdue: boolean;
  stalled: boolean;
  paused: boolean;
  cancelled: boolean;
  waiting_on: "both" | "coach" | "teacher" | null;
  next: string | null;
  focus_category: string | null;
  meetings_held: number;
  meetings_planned: number;
  commitments: number;
  commitments_open: number;
  turnaround_ms: number | null;
  released: number;
  annotations: number;
}

export interface PauseCycle {
  type: "pause_cycle";
  id: string;
  reason: "illness" | "leave" | "link_or_device" | "other" | "school_closed" | "timetable";
}

/** Who is signed in. */
export interface Person {
  id: string;
  name: string;
  email: string;
  time_zone: string;
  language: string;
}

/** A code of one of the program's frameworks; its label and version are copied in. */
export interface PickedTag {
  framework: string;
  code: string;
}

/** `place`: a link or a phone number, or where one meets. */
export interface PlanMeeting {
  type: "plan_meeting";
  id: string;
  meeting: string;
  kind: "check_in" | "debrief" | "planning";
  start: string;
  minutes: number;
  place?: string;
}

export interface PlanWritten {
  field: "anticipated_thinking" | "goal" | "lesson_title" | "look_fors" | "planned_moves";
  text: string;
  revision: number;
}

export interface PlanWrittenEvent {
  stream: string;
  version: number;
  type: "plan.written";
  at: string;
  by: string;
  data: PlanWritten;
}

/** Where a lesson plays: paths on this server.
 * 
 *     `storyboard` (WebVTT whose cues are parts of pictures) and `peaks` (one byte for each `peak_ms`: how loud it is)
 *     come when all of it is made; without a picture, or without sound, there is none. */
export interface Play {
  attempt: number;
  playlist: string;
  progressive: string | null;
  duration_ms: number | null;
  poster: string | null;
  storyboard: string | null;
  peaks: string | null;
  peak_ms: number | null;
  silent: boolean;
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
  | CyclePausedProblem
  | StageNotDoneProblem
  | NoLongerHereProblem
  | CuesUnreadableProblem
  | NotPossibleProblem
  | EditedMeanwhileProblem
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
  | SettingsChangedProblem
  | EmptyFileProblem
  | FileTooLargeProblem
  | UploadEndedProblem
  | LessonHasVideoProblem
  | LessonNotReadyProblem
  | QuotaReachedProblem
  | TooManyUploadsProblem
  | NoRoomProblem
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

/** All that a lead sets. */
export interface ProgramSetUp {
  stage_days: StageDays;
  focus_categories: string[];
  prompts: string[];
  frameworks: Framework[];
  release_mode: "open" | "teacher_first" | "together";
}

/** `revision`: goes back with what is set, so that two leads do not undo one another's. */
export interface ProgramSettingsPage {
  id: string;
  name: string;
  revision: string;
  settings: ProgramSetUp;
}

/** How far the preparing of a lesson is: `percent` of the stage, `left_ms` until all of it is there, if known. */
export interface Progress {
  stage: "encoding" | "examining" | "fetching" | "finishing";
  percent: number | null;
  left_ms: number | null;
}

/** Somebody works on the lesson's video, or (null) nobody does any more. One that is lost is not sent again. */
export interface Progresses {
  type: "progress";
  lesson: string;
  progress: Progress | null;
}

export interface ProposalSettled {
  proposal: string;
}

export interface ProposalSettledEvent {
  stream: string;
  version: number;
  type: "proposal.settled";
  at: string;
  by: string;
  data: ProposalSettled;
}

/** A lead's act: another coach; null takes that back. Nothing changes until the teacher has chosen how. */
export interface ProposeCoach {
  type?: "propose_coach";
  id: string;
  coach: string | null;
}

export interface ProposeObserver {
  type: "propose_observer";
  id: string;
  proposal: string;
  who: string;
  why?: string;
  lesson?: string | null;
}

/** Move drafts about this lesson out of one's notebook; null: all of them. */
export interface PublishDrafts {
  type: "publish_drafts";
  id: string;
  drafts?: string[] | null;
}

export interface QuestionRemoved {
  question: string;
}

export interface QuestionRemovedEvent {
  stream: string;
  version: number;
  type: "question.removed";
  at: string;
  by: string;
  data: QuestionRemoved;
}

export interface QuestionWritten {
  question: string;
  text: string;
  revision: number;
}

export interface QuestionWrittenEvent {
  stream: string;
  version: number;
  type: "question.written";
  at: string;
  by: string;
  data: QuestionWritten;
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

/** What one of the two made of it, once they shared it. `prompt`: the program's question it answers. */
export interface Reflection {
  id: string;
  prompt: string;
  text: string;
  by: string;
  at: string;
  removed_at: string | null;
}

export interface ReflectionRemoved {
  reflection: string;
}

export interface ReflectionRemovedEvent {
  stream: string;
  version: number;
  type: "reflection.removed";
  at: string;
  by: string;
  data: ReflectionRemoved;
}

export interface ReflectionShared {
  reflection: string;
  prompt: string;
  text: string;
}

export interface ReflectionSharedEvent {
  stream: string;
  version: number;
  type: "reflection.shared";
  at: string;
  by: string;
  data: ReflectionShared;
}

/** Let the coach in. Drafts about the lesson become its annotations. */
export interface ReleaseLesson {
  type: "release_lesson";
  id: string;
}

/** Its words are blotted out everywhere they are kept; the answers of others stay. */
export interface RemoveAnnotation {
  type: "remove_annotation";
  id: string;
  annotation: string;
}

export interface RemoveCue {
  type: "remove_cue";
  id: string;
  track: string;
  cue: string;
  revision: number;
}

export interface RemoveDraft {
  type: "remove_draft";
  id: string;
  draft: string;
}

/** One's own words are blotted out everywhere they are kept. */
export interface RemoveMessage {
  type: "remove_message";
  id: string;
  message: string;
}

export interface RemoveNote {
  type: "remove_note";
  id: string;
  note: string;
}

export interface RemoveQuestion {
  type: "remove_question";
  id: string;
  question: string;
}

/** One's own words are blotted out everywhere they are kept. */
export interface RemoveReflection {
  type: "remove_reflection";
  id: string;
  reflection: string;
}

export interface RemoveReply {
  type: "remove_reply";
  id: string;
  annotation: string;
  reply: string;
}

/** Take a file away; whoever added it may. */
export interface RemoveResource {
  type: "remove_resource";
  id: string;
  resource: string;
}

/** With every word in it, for good. */
export interface RemoveTrack {
  type: "remove_track";
  id: string;
  track: string;
  revision: number;
}

export interface Reply {
  id: string;
  by: string;
  at: string;
  body: string;
  revision: number;
  edited_at: string | null;
  removed_at: string | null;
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

export interface ReplyEdited {
  annotation: string;
  reply: string;
  revision: number;
  body: string;
}

export interface ReplyEditedEvent {
  stream: string;
  version: number;
  type: "reply.edited";
  at: string;
  by: string;
  data: ReplyEdited;
}

export interface ReplyRemoved {
  annotation: string;
  reply: string;
}

export interface ReplyRemovedEvent {
  stream: string;
  version: number;
  type: "reply.removed";
  at: string;
  by: string;
  data: ReplyRemoved;
}

/** A file beside the plan, as a lesson plan or a pupil's work. `size` in bytes. */
export interface Resource {
  id: string;
  name: string;
  content_type: string;
  size: number;
  by: string;
  at: string;
}

/** The whole file is in the store and was looked at. `size` in bytes; the type is ours, not the sender's word. */
export interface ResourceAdded {
  resource: string;
  name: string;
  content_type: string;
  size: number;
  added_by: string;
}

export interface ResourceAddedEvent {
  stream: string;
  version: number;
  type: "resource.added";
  at: string;
  by: string;
  data: ResourceAdded;
}

export interface ResourceRemoved {
  resource: string;
}

export interface ResourceRemovedEvent {
  stream: string;
  version: number;
  type: "resource.removed";
  at: string;
  by: string;
  data: ResourceRemoved;
}

export interface ResumeCycle {
  type: "resume_cycle";
  id: string;
}

/** This token may not be used for that. Make one that may. */
export interface ScopeMissingProblem {
  type: "/problems/scope_missing";
  title: "Not what this token is for";
  status: 403;
  detail: string;
  instance: string;
}

export interface SendMessage {
  type: "send_message";
  id: string;
  message: string;
  text: string;
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

/** Cut these parts out of what others see, and no others. None: nothing is cut out any more. */
export interface SetCuts {
  type: "set_cuts";
  id: string;
  cuts: Cut[];
}

/** The day on which the lesson is taught; null: not known. */
export interface SetLessonDate {
  type: "set_lesson_date";
  id: string;
  date: string | null;
}

/** `present` may be left out within 15 minutes of signing in. */
export interface SetPassword {
  password: string;
  present?: string | null;
}

/** `revision`: of the settings that this change began from. */
export interface SetProgram {
  revision: string;
  settings: ProgramSetUp;
}

/** Somebody else changed these settings while you wrote. Yours are still with you: look at both, and save. */
export interface SettingsChangedProblem {
  type: "/problems/settings_changed";
  title: "Changed meanwhile";
  status: 409;
  detail: string;
  instance: string;
}

/** Mark it as done, or as open again. */
export interface SettleAnnotation {
  type: "settle_annotation";
  id: string;
  annotation: string;
  done: boolean;
}

/** Put it away: the teacher says no, or has let somebody in; the coach takes it back. */
export interface SettleProposal {
  type: "settle_proposal";
  id: string;
  proposal: string;
}

/** Somebody marked it as done. */
export interface Settled {
  by: string;
  at: string;
}

/** A note becomes a reflection that the other one reads; its id stays. */
export interface ShareNote {
  type: "share_note";
  id: string;
  note: string;
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

/** Target days of each stage. */
export interface StageDays {
  planning: number;
  teaching: number;
  review: number;
  debrief: number;
  follow_up: number;
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

/** Something is still to be done */
export interface StageNotDoneProblem {
  type: "/problems/stage_not_done";
  title: "Something is still to be done";
  status: 409;
  detail: string;
  instance: string;
}

/** Not the next stage */
export interface StageNotNextProblem {
  type: "/problems/stage_not_next";
  title: "Not the next stage";
  status: 409;
  detail: string;
  instance: string;
}

/** Go on in a new cycle: the goal, the focus and the open commitments come along. */
export interface StartNext {
  type: "start_next";
  id: string;
  cycle: string;
}

/** A file on its way. `size` null: not known before its end. `fingerprint` finds this file's upload again. */
export interface StartUpload {
  id: string;
  role: "original" | "recording" | "resource" | "small" | "sound";
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

export interface StreamSeen {
  stream: string;
  version: number;
}

export interface StreamSeenEvent {
  stream: string;
  version: number;
  type: "stream.seen";
  at: string;
  by: string;
  data: StreamSeen;
}

/** A code of a framework, copied in with its label and version: what it meant when it was put on stays known. */
export interface Tag {
  framework: string;
  version: string;
  code: string;
  label: string;
}

/** The teacher's choice. `coach`: the one that was proposed as they chose. `sees_earlier`: the new coach goes on in
 *     this cycle and reads what was written; else this cycle ends here and `cycle` is opened with the new coach, who sees
 *     nothing of this one. */
export interface TakeNewCoach {
  type: "take_new_coach";
  id: string;
  sees_earlier: boolean;
  cycle: string;
  coach: string;
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

/** Too many of your files are under way at once. Let one finish, or give one up, and add this one then. */
export interface TooManyUploadsProblem {
  type: "/problems/too_many_uploads";
  title: "Too many files at once";
  status: 409;
  detail: string;
  instance: string;
}

/** Captions or chapters of the lesson. Their words, and what the track is called, are in no stream. */
export interface Track {
  id: string;
  kind: "captions" | "chapters";
  language: string;
  revision: number;
  by: string;
}

/** `label`: what its writers call it; may be empty. */
export interface TrackCard {
  id: string;
  kind: "captions" | "chapters";
  language: string;
  label: string;
  revision: number;
}

/** It has other words, times or another name; whoever shows it asks for it anew. */
export interface TrackChanged {
  track: string;
  kind: "captions" | "chapters";
  language: string;
  revision: number;
}

export interface TrackChangedEvent {
  stream: string;
  version: number;
  type: "track.changed";
  at: string;
  by: string;
  data: TrackChanged;
}

export interface TrackRemoved {
  track: string;
}

export interface TrackRemovedEvent {
  stream: string;
  version: number;
  type: "track.removed";
  at: string;
  by: string;
  data: TrackRemoved;
}

/** The words of a track at `revision`; cues by their start. */
export interface TrackWithCues {
  track: TrackCard;
  cues: Cue[];
}

/** Oldest first. */
export interface Tracks {
  tracks: TrackCard[];
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

/** An upload, of a lesson or of a cycle. `blocks`: what the store has while it is open; `stored_bytes` counts what
 *     overlaps once. */
export interface Upload {
  id: string;
  lesson: string | null;
  cycle: string | null;
  role: "original" | "recording" | "resource" | "small" | "sound";
  state: "assembled" | "cancelled" | "completed" | "open" | "refused" | "removed";
  size: number | null;
  name: string;
  fingerprint: string | null;
  blocks: Block[];
  stored_bytes: number;
}

export interface UploadCompleted {
  upload: string;
  size: number;
  role?: "original" | "recording" | "small" | "sound";
}

export interface UploadCompletedEvent {
  stream: string;
  version: number;
  type: "upload.completed";
  at: string;
  by: string;
  data: UploadCompleted;
}

/** It brings nothing: its sender gave it up, also while it was being prepared, nobody touched it for long, sound
 *     that cannot be heard, or another file has become the lesson. */
export interface UploadEnded {
  upload: string;
  role: "original" | "recording" | "small" | "sound";
  why: "abandoned" | "cancelled" | "not_needed" | "refused";
}

export interface UploadEndedEvent {
  stream: string;
  version: number;
  type: "upload.ended";
  at: string;
  by: string;
  data: UploadEnded;
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

/** A file that is under way. `goes_at`: when it is removed, unless somebody goes on with it. */
export interface UploadWaiting {
  id: string;
  lesson: string | null;
  cycle: string;
  title: string | null;
  role: "original" | "recording" | "resource" | "small" | "sound";
  name: string;
  size: number | null;
  stored_bytes: number;
  created_at: string;
  seen_at: string;
  goes_at: string;
}

/** One's own, oldest first. */
export interface UploadsWaiting {
  uploads: UploadWaiting[];
}

/** This page knows more than the record does. Reload it. */
export interface VersionAheadProblem {
  type: "/problems/version_ahead";
  title: "Ahead of the record";
  status: 409;
  detail: string;
  instance: string;
}

export interface VideoWaived {
  note: string;
}

export interface VideoWaivedEvent {
  stream: string;
  version: number;
  type: "video.waived";
  at: string;
  by: string;
  data: VideoWaived;
}

/** No video this time; the note says why, if anything. */
export interface WaiveVideo {
  type: "waive_video";
  id: string;
  note?: string;
}

/** No video this time. */
export interface Waiver {
  note: string;
  at: string;
  by: string;
}

/** Too easy to guess */
export interface WeakPasswordProblem {
  type: "/problems/weak_password";
  title: "Too easy to guess";
  status: 422;
  detail: string;
  instance: string;
}

/** All words of a person in this stream are gone. `emptied`: where they stood in its state, as JSON pointers. */
export interface WordsErased {
  person: string;
  emptied?: string[];
}

export interface WordsErasedEvent {
  stream: string;
  version: number;
  type: "words.erased";
  at: string;
  by: string;
  data: WordsErased;
}

/** A few lines about oneself, for the other one. */
export interface WriteAbout {
  type: "write_about";
  id: string;
  text: string;
  revision: number;
}

/** What a meeting is to be about; both write it. */
export interface WriteAgenda {
  type: "write_agenda";
  id: string;
  meeting: string;
  text: string;
  revision: number;
}

/** One's own notes of the debrief, which the other one reads. */
export interface WriteDebriefNotes {
  type: "write_debrief_notes";
  id: string;
  text: string;
  revision: number;
}

/** One's own notes of a meeting, which the other one reads. */
export interface WriteMeetingNotes {
  type: "write_meeting_notes";
  id: string;
  meeting: string;
  text: string;
  revision: number;
}

/** A note for oneself, or a reflection that is not shared yet: then `prompt` is the question it answers. */
export interface WriteNote {
  type: "write_note";
  id: string;
  note: string;
  text: string;
  revision: number;
  prompt?: string;
}

/** One text of the plan. `revision`: the one this was written over, 0 where it was empty. */
export interface WritePlan {
  type: "write_plan";
  id: string;
  field: "anticipated_thinking" | "goal" | "lesson_title" | "look_fors" | "planned_moves";
  text: string;
  revision: number;
}

/** A focus question, new or changed. */
export interface WriteQuestion {
  type: "write_question";
  id: string;
  question: string;
  text: string;
  revision: number;
}

/** A text that may be changed. Whoever changes it names the revision they saw, so that nobody's words are lost. */
export interface Written {
  text: string;
  revision: number;
  by: string;
  at: string;
}

/** This is not your present password. Try again, or sign in with a link and set a new one. */
export interface WrongPasswordProblem {
  type: "/problems/wrong_password";
  title: "Not your password";
  status: 403;
  detail: string;
  instance: string;
}
