import type { Annotation, CycleState, Draft, Id, Kind, LessonState, ReleaseMode, Reply, Stage, StreamEvent } from "../api/shapes";

/**
 * Pure: a snapshot and the next event of its stream give the next snapshot, never changing the one they were given.
 * An event of an unknown type changes nothing but the version: a newer server may say more than this page knows.
 */

export type Drafts = Record<Id, Draft>;
/** What is folded of a notebook; a snapshot may carry more beside it. */
export interface NotebookPage { version: number; drafts: Drafts }

interface AddedData { id: Id; start_ms: number; end_ms: number | null; body: string; kind: Kind; made_at: string | null }

export function reduceLesson(state: LessonState, event: StreamEvent): LessonState {
  return { ...state, ...lessonChange(state, event), version: event.version };
}

export function reduceNotebook<Page extends NotebookPage>(page: Page, event: StreamEvent): Page {
  return { ...page, drafts: draftsAfter(page.drafts, event), version: event.version };
}

export function reduceCycle(state: CycleState, event: StreamEvent): CycleState {
  return { ...state, ...cycleChange(state, event), version: event.version };
}

function lessonChange(state: LessonState, event: StreamEvent): Partial<LessonState> {
  const data = event.data;
  switch (event.type) {
    case "lesson.added":
      return { cycle: data["cycle"] as Id, teacher: data["teacher"] as Id, title: data["title"] as string };
    case "upload.started":
      return ["waiting", "refused"].includes(state.state) ? { state: "arriving", reason: null } : {};
    case "upload.completed":
      // A later, better copy of a lesson that plays already does not take the picture away.
      return ["waiting", "arriving", "refused"].includes(state.state) ? { state: "preparing", reason: null } : {};
    case "lesson.watchable":
      return {
        state: "watchable", attempt: data["attempt"] as number, duration_ms: data["duration_ms"] as number,
        width: data["width"] as number, height: data["height"] as number,
      };
    case "lesson.ready":
      return {
        state: "ready", attempt: data["attempt"] as number, duration_ms: data["duration_ms"] as number,
        missing_ms: (data["missing_ms"] as number | undefined) ?? 0,
      };
    case "lesson.refused":
      return { state: "refused", reason: data["reason"] as string };
    case "lesson.released":
      return { released_at: event.at };
    case "annotation.added": {
      const added = annotationFrom(event);
      return { annotations: { ...state.annotations, [added.id]: added } };
    }
    case "reply.added":
      return { annotations: withReply(state.annotations, data["annotation"] as Id, replyFrom(event)) };
    default:
      return {};
  }
}

function draftsAfter(drafts: Drafts, event: StreamEvent): Drafts {
  if (event.type === "draft.added") {
    const added = annotationFrom(event);
    return { ...drafts, [added.id]: { ...added, lesson: event.data["lesson"] as Id } };
  }
  if (event.type === "drafts.published") {
    const gone = new Set(event.data["ids"] as Id[]);
    return Object.fromEntries(Object.entries(drafts).filter(([id]) => !gone.has(id)));
  }
  return drafts;
}

function cycleChange(state: CycleState, event: StreamEvent): Partial<CycleState> {
  const data = event.data;
  switch (event.type) {
    case "cycle.opened":
      return {
        program: data["program"] as Id, teacher: data["teacher"] as Id, coach: data["coach"] as Id, number: data["number"] as number,
        release_mode: data["release_mode"] as ReleaseMode, stage_since: event.at,
        history: [...state.history, { stage: "planning", at: event.at, by: event.by }],
      };
    case "stage.moved": {
      const stage = data["stage"] as Stage;
      return { stage, stage_since: event.at, history: [...state.history, { stage, at: event.at, by: event.by }] };
    }
    case "lesson.listed":
      return { lessons: [...state.lessons, { lesson: data["lesson"] as Id, title: data["title"] as string, listed_at: event.at }] };
    default:
      return {};
  }
}

function annotationFrom(event: StreamEvent): Annotation {
  const data = event.data as unknown as AddedData;
  return {
    id: data.id, by: event.by, at: event.at, made_at: data.made_at ?? null, start_ms: data.start_ms, end_ms: data.end_ms ?? null,
    body: data.body, kind: data.kind, revision: 1, replies: [],
  };
}

function replyFrom(event: StreamEvent): Reply {
  return { id: event.data["id"] as Id, by: event.by, at: event.at, body: event.data["body"] as string };
}

function withReply(annotations: Record<Id, Annotation>, id: Id, reply: Reply): Record<Id, Annotation> {
  const annotation = annotations[id];
  if (!annotation) return annotations;
  return { ...annotations, [id]: { ...annotation, replies: [...annotation.replies, reply] } };
}
