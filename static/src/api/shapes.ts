/**
 * The wire shapes of Farfield's HTTP API under the names used here. They are generated from the server's own description of
 * itself (`make contract`). Ids are lower-case UUIDs, `*_ms` integer milliseconds of media time, instants RFC 3339.
 */
import type {
  AddAnnotation, AddLesson, AddReply, CycleCard, CycleState, Event, Follow, Following, LessonState, MoveStage, OpenCycle, Presence,
  ReleaseLesson, Unfollow, Annotation, Closed, Events, Member, Presences, Problem, ProblemFrame, TokenRow, Unfollowed,
} from "./generated";

export type {
  AddAnnotation, AddLesson, AddReply, Annotation, AnnotationAdded, Complete, CycleSnapshot, CycleState, Draft, DraftAdded, EventPage, Home,
  LessonCard, LessonSnapshot, LessonState, Named, Notebook, Overview, OverviewRow, Person, Play, Present, Reply, Session, StartUpload, Upload,
  AcceptInvitation, AskForLink, Doors, InvitationOffer, InvitationRow, Invite, Invited, LookAtInvitation, MakeToken, Member, OpenCycle,
  OutboxLetter, OutboxList, ProgramPeople, SessionList, SessionRow, SetPassword, SignInWithLink, SignInWithPassword,
  TokenList, TokenMade, TokenRow,
} from "./generated";
export type { Block as StoredBlock, CycleCard as Cycle } from "./generated";

export type Id = string;
export type Stage = CycleState["stage"];
export type LessonStanding = LessonState["state"];
export type Kind = Annotation["kind"];
export type CycleRole = CycleCard["role"];
export type Role = Member["roles"][number];
export type Scope = TokenRow["scopes"][number];

/** One event of a stream, exactly as it travels. A newer server may send others: they are passed over. */
export type StreamEvent = Event;

/** What a page asks to be done. Its id is its own for ever. */
export type Command = AddAnnotation | AddReply | ReleaseLesson | MoveStage | AddLesson | OpenCycle;
/** A command that has no id yet. */
export type Unnumbered<C = Command> = C extends unknown ? Omit<C, "id"> : never;

/** Frames of the socket: to the server, and from it. */
export type Message = Follow | Unfollow | Presence;
export type Frame = Following | Unfollowed | Events | Presences | Closed | ProblemFrame;

/** The last part of a problem's type, for every problem there is. */
export type ProblemSlug = SlugOf<Problem["type"]>;
type SlugOf<Type> = Type extends `/problems/${infer Slug}` ? Slug : never;
