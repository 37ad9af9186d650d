/**
 * The wire shapes of Farfield's HTTP API under the names used here. They are generated from the server's own description of
 * itself (`make contract`). Ids are lower-case UUIDs, `*_ms` integer milliseconds of media time, instants RFC 3339.
 */
import type {
  AcceptCheckIns, AskToClose, CancelCycle, CancelMeeting, ChangeCommitment, ChooseFocus, DeclineCheckIns, DropCommitment, EndMeeting,
  FinishAnnotating, FlagAnnotation, FollowUpCommitment, MakeCommitment, MarkSeen, MissMeeting, MoveMeeting, OfferCheckIns, OrderAgenda,
  PauseCycle, PlanMeeting, ProposeObserver, PublishDrafts, RemoveDraft, RemoveNote, RemoveQuestion, RemoveResource, ResumeCycle,
  SendMessage, SetLessonDate, SettleAnnotation, SettleProposal, ShareNote, WaiveVideo, WriteAbout, WriteAgenda, WriteDebriefNotes,
  WriteMeetingNotes, WriteNote, WritePlan, WriteQuestion,
  EditAnnotation, EditDraft, EditReply, RemoveAnnotation, RemoveMessage, RemoveReflection, RemoveReply,
  EndObserving, LetObserverIn, SetCuts,
  AddCue, AddTrack, EditCue, ImportTrack, NameTrack, RemoveCue, RemoveTrack,
  AddAnnotation, AddLesson, AddReply, CycleCard, CycleState, Event, Follow, Following, LessonState, MoveStage, OpenCycle, Presence,
  ProposeCoach, StartNext, TakeNewCoach,
  ReleaseLesson, Unfollow, Annotation, Closed, Events, Member, Presences, Progresses, Problem, ProblemFrame, TokenRow, Unfollowed,
} from "./generated";

export type {
  AddAnnotation, AddLesson, AddReply, Annotation, AnnotationAdded, Complete, Cut, CycleSnapshot, CycleState, Draft, DraftAdded, EventPage, Home,
  LessonCard, LessonSnapshot, LessonState, Named, Notebook, Overview, OverviewRow, Person, Play, Present, Progress, Reply, Session, StartUpload, Upload, UploadsWaiting,
  AgendaItem, CheckInOffer, Commitment, CyclePerson, FocusQuestion, FollowUp, Meeting, Message as CycleMessage, NotebookSnapshot, NotebookState, Observer,
  CycleOfLesson, EarlierText, EditAnnotation, EditDraft, Framework, PickedTag, WordsErased,
  ObserverProposal, Offered, Reflection, Resource, Tag, Written,
  AcceptInvitation, AskForLink, Doors, NetworkSeen, NetworkTaken, InvitationOffer, InvitationRow, Invite, Invited, LookAtInvitation, MakeToken, Member, OpenCycle,
  CancelCycle, FrameworkTag, ListedLesson, PauseCycle, ProgramSettingsPage, ProgramSetUp, StageDays,
  OutboxLetter, OutboxList, ProgramPeople, SessionList, SessionRow, SetPassword, SignInWithLink, SignInWithPassword,
  TokenList, TokenMade, TokenRow,
  CalendarFeedMade, CalendarFeedRow,
  AddCue, Cue, EditCue, ImportTrack, RemoveCue, TrackCard, TrackWithCues, Tracks,
  EndObserving, LetObserverIn, ObservedLesson, ObserverInvitation, ObserverInvitations, ObserverLink,
} from "./generated";
export type { Block as StoredBlock, CycleCard as Cycle } from "./generated";

export type Id = string;
export type Stage = CycleState["stage"];
export type LessonStanding = LessonState["state"];
export type Kind = Annotation["kind"];
export type CoachMove = NonNullable<Annotation["move"]>;
export type CycleRole = CycleCard["role"];
export type Role = Member["roles"][number];
export type Scope = TokenRow["scopes"][number];

/** One event of a stream, exactly as it travels. A newer server may send others: they are passed over. */
export type StreamEvent = Event;

/** What a page asks to be done. Its id is its own for ever. */
export type LessonCommand = AddAnnotation | AddReply | FlagAnnotation | SettleAnnotation | ReleaseLesson | SetCuts | PublishDrafts | FinishAnnotating
  | EditAnnotation | RemoveAnnotation | EditReply | RemoveReply | EditDraft
  | AddTrack | NameTrack | RemoveTrack | AddCue | EditCue | RemoveCue;
export type CycleCommand = MoveStage | WaiveVideo | PauseCycle | ResumeCycle | CancelCycle | AskToClose
  | WritePlan | SetLessonDate | ChooseFocus | WriteQuestion | RemoveQuestion | RemoveResource
  | PlanMeeting | MoveMeeting | EndMeeting | MissMeeting | CancelMeeting | WriteAgenda | WriteMeetingNotes
  | OfferCheckIns | AcceptCheckIns | DeclineCheckIns
  | OrderAgenda | WriteDebriefNotes | MakeCommitment | ChangeCommitment | DropCommitment | FollowUpCommitment
  | WriteAbout | SendMessage | ProposeObserver | SettleProposal | RemoveMessage | RemoveReflection
  | StartNext | TakeNewCoach | LetObserverIn | EndObserving;
export type NotebookCommand = WriteNote | RemoveNote | RemoveDraft | MarkSeen | ShareNote;
export type Command = LessonCommand | CycleCommand | NotebookCommand | AddLesson | ImportTrack | OpenCycle | ProposeCoach;
/** A command that has no id yet. */
export type Unnumbered<C = Command> = C extends unknown ? Omit<C, "id"> : never;

/** Frames of the socket: to the server, and from it. */
export type Message = Follow | Unfollow | Presence;
export type Frame = Following | Unfollowed | Events | Presences | Progresses | Closed | ProblemFrame;

/** The last part of a problem's type, for every problem there is. */
export type ProblemSlug = SlugOf<Problem["type"]>;
type SlugOf<Type> = Type extends `/problems/${infer Slug}` ? Slug : never;
