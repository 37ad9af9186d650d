import type { Annotation, Draft, Id, Kind, LessonState, Reply, StreamEvent } from "../api/shapes";

/** Pure: a snapshot and the next event of its stream give the next snapshot, never changing the one they were given. */

export type Drafts = Record<Id, Draft>;

interface AddedData { id: Id; start_ms: number; end_ms: number | null; body: string; kind: Kind; made_at: string | null }

export function emptyLesson(id: Id): LessonState {
  return {
    id, cycle: "", teacher: "", title: "", state: "waiting", reason: null, attempt: null, duration_ms: null,
    missing_ms: 0, width: null, height: null, released_at: null, annotations: {},
  };
}

export function reduceLesson(state: LessonState, event: StreamEvent): LessonState {
  const data = event.data;
  switch (event.type) {
    case "lesson.added":
      return { ...state, cycle: data["cycle"] as Id, teacher: data["teacher"] as Id, title: data["title"] as string };
    case "upload.started":
      return ["waiting", "refused"].includes(state.state) ? { ...state, state: "arriving", reason: null } : state;
    case "upload.completed":
      // A later, better copy of a lesson that plays already does not take the picture away.
      return ["waiting", "arriving", "refused"].includes(state.state) ? { ...state, state: "preparing", reason: null } : state;
    case "lesson.watchable":
      return {
        ...state, state: "watchable", attempt: data["attempt"] as number, duration_ms: data["duration_ms"] as number,
        width: data["width"] as number, height: data["height"] as number,
      };
    case "lesson.ready":
      return {
        ...state, state: "ready", attempt: data["attempt"] as number, duration_ms: data["duration_ms"] as number,
        missing_ms: (data["missing_ms"] as number | undefined) ?? 0,
      };
    case "lesson.refused":
      return { ...state, state: "refused", reason: data["reason"] as string };
    case "lesson.released":
      return { ...state, released_at: event.at };
    case "annotation.added": {
      const added = annotationFrom(event);
      return { ...state, annotations: { ...state.annotations, [added.id]: added } };
    }
    case "reply.added":
      return { ...state, annotations: withReply(state.annotations, data["annotation"] as Id, replyFrom(event)) };
    default:
      return state; // a newer server may say more than this page knows; its version still counts
  }
}

export function reduceNotebook(drafts: Drafts, event: StreamEvent): Drafts {
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
