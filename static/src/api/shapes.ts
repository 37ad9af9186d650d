/** The wire shapes of Farfield's HTTP API. Ids are lower-case UUIDs, `*_ms` integer milliseconds of media time, instants RFC 3339. */

export type Id = string;
export type Instant = string;
export type Stage = "planning" | "teaching" | "review" | "debrief" | "follow_up" | "closed" | "paused" | "cancelled";
export type LessonStanding = "waiting" | "arriving" | "preparing" | "watchable" | "ready" | "refused";
export type Kind = "question" | "suggestion" | "strength" | "note";
export type CycleRole = "teacher" | "coach" | "observer";
export type ReleaseMode = "teacher_first" | "together" | "open";

export type Role = "lead" | "coach" | "teacher";

export interface Person { id: Id; name: string; email: string; time_zone: string; language: string }
export interface Named { id: Id; name: string }

export interface Session {
  person: Person;
  programs: { id: Id; name: string; role: Role }[];
  has_password: boolean;
  demo: boolean;
  https: boolean;
  max_upload_bytes: number;
  storage_ready: boolean;
}

/** What the sign-in page may offer. */
export interface Doors { mail: boolean; demo: boolean }

/** One place where the person is signed in. `device` is what the browser calls itself. */
export interface SessionRow { id: Id; device: string; created_at: Instant; seen_at: Instant; current: boolean }
export interface SessionList { sessions: SessionRow[] }

export type Scope = "read" | "write" | "upload";
export interface TokenRow { id: Id; name: string; scopes: Scope[]; created_at: Instant; expires_at: Instant | null }
export interface TokenList { tokens: TokenRow[] }
/** `secret` is the token itself, shown this once. */
export interface TokenMade { token: TokenRow; secret: string }

/** `email`: the address it went to. `mail`: whether another address is confirmed by a letter. */
export interface InvitationOffer {
  program: string;
  role: Role;
  by: string;
  email: string | null;
  name: string | null;
  expires_at: Instant;
  mail: boolean;
}

export interface Member { id: Id; name: string; email: string; roles: Role[]; active: boolean }

/** `letter`: null where it is a link to hand over. */
export interface InvitationRow {
  id: Id;
  role: Role;
  email: string | null;
  letter: "waiting" | "sent" | "dropped" | "failed" | null;
  created_at: Instant;
  expires_at: Instant;
}

export interface ProgramPeople { id: Id; name: string; mail: boolean; people: Member[]; invitations: InvitationRow[] }

/** `link`: where somebody takes it up, shown this once; null where a letter carries it. */
export interface Invited { id: Id; role: Role; email: string | null; expires_at: Instant; link: string | null }

export interface OutboxLetter { id: string; to: string; subject: string; at: Instant; text: string }
export interface OutboxList { letters: OutboxLetter[] }

export interface OpenUpload { id: Id; size: number | null; role: UploadRole; name: string }

export interface LessonCard {
  id: Id;
  title: string;
  created_at: Instant;
  state: LessonStanding;
  released_at: Instant | null;
  duration_ms: number | null;
  annotations: number;
  poster: string | null;
  upload: OpenUpload | null;
}

export interface Cycle {
  id: Id;
  program: Named;
  teacher: Named;
  coach: Named;
  number: number;
  stage: Stage;
  stage_since: Instant;
  release_mode: ReleaseMode;
  role: CycleRole;
  lessons: LessonCard[];
}

export interface OverviewRow {
  id: Id;
  teacher: Named;
  coach: Named;
  number: number;
  stage: Stage;
  stage_since: Instant;
  focus_category: string | null;
  lessons: number;
  annotations: number;
  waiting_on: "teacher" | "coach" | "both" | null;
}

export interface Overview { program: Named; rows: OverviewRow[] }
/** `overviews`: one for each program that this person leads. */
export interface Home { cycles: Cycle[]; overviews: Overview[] }

export interface Reply { id: Id; by: Id; at: Instant; body: string }

export interface Annotation {
  id: Id;
  by: Id;
  at: Instant;
  made_at: Instant | null;
  start_ms: number;
  end_ms: number | null;
  body: string;
  kind: Kind;
  revision: number;
  replies: Reply[];
}

/** An annotation that only its author sees, in their notebook. */
export interface Draft extends Annotation { lesson: Id }

export interface LessonState {
  version: number;
  id: Id;
  cycle: Id;
  teacher: Id;
  title: string;
  state: LessonStanding;
  reason: string | null;
  attempt: number | null;
  duration_ms: number | null;
  missing_ms: number;
  width: number | null;
  height: number | null;
  released_at: Instant | null;
  annotations: Record<Id, Annotation>;
}

export interface Play {
  attempt: number;
  playlist: string;
  progressive: string | null;
  duration_ms: number;
  poster: string | null;
}

export interface Notebook { stream: string; version: number; drafts: Record<Id, Draft> }

export interface LessonSnapshot {
  version: number;
  lesson: LessonState;
  cycle: { id: Id; stage: Stage; release_mode: ReleaseMode; number: number };
  role: CycleRole;
  people: Record<Id, { id: Id; name: string; role: CycleRole }>;
  notebook: Notebook | null;
  play: Play | null;
}

export interface CycleState {
  version: number;
  id: Id;
  program: Id;
  teacher: Id;
  coach: Id;
  number: number;
  release_mode: ReleaseMode;
  stage: Stage;
  stage_since: Instant | null;
  history: { stage: Stage; at: Instant; by: Id }[];
  lessons: { lesson: Id; title: string; listed_at: Instant }[];
}

export interface CycleSnapshot { version: number; cycle: CycleState; card: Cycle }

export type UploadRole = "original" | "small" | "sound" | "recording";
export interface StoredBlock { offset: number; end: number; sha256: string }

export interface Upload {
  id: Id;
  lesson: Id;
  role: UploadRole;
  state: "open" | "completed" | "assembled" | "cancelled" | "refused";
  size: number | null;
  name: string;
  fingerprint: string | null;
  blocks: StoredBlock[];
  stored_bytes: number;
}

/** One event of a stream, exactly as it travels. */
export interface StreamEvent { stream: string; version: number; type: string; at: Instant; by: Id; data: Record<string, unknown> }
