import type { Annotation, AnnotationAdded, CycleState, Draft, DraftAdded, Id, LessonState, Reply, StreamEvent } from "../api/shapes";

/**
 * Pure: a snapshot and the next event of its stream give the next snapshot, never changing the one they were given.
 * An event of an unknown type changes nothing but the version: a newer server may say more than this page knows.
 */

export type Drafts = Record<Id, Draft>;
/** What is folded of a notebook; a snapshot may carry more beside it. */
export interface NotebookPage { version: number; drafts: Drafts }

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
  switch (event.type) {
    case "lesson.added": {
      const { cycle, teacher, title } = event.data;
      return { cycle, teacher, title };
    }
    case "upload.started":
      return ["waiting", "refused"].includes(state.state) ? { state: "arriving", reason: null } : {};
    case "upload.completed":
      // A later, better copy of a lesson that plays already does not take the picture away.
      return ["waiting", "arriving", "refused"].includes(state.state) ? { state: "preparing", reason: null } : {};
    case "lesson.watchable": {
      const { attempt, duration_ms, width, height } = event.data;
      return { state: "watchable", attempt, duration_ms, width, height };
    }
    case "lesson.ready": {
      const { attempt, duration_ms, missing_ms = 0 } = event.data;
      return { state: "ready", attempt, duration_ms, missing_ms };
    }
    case "lesson.refused":
      return { state: "refused", reason: event.data.reason };
    case "lesson.released":
      return { released_at: event.at };
    case "annotation.added": {
      const added = annotationFrom(event, event.data);
      return { annotations: { ...state.annotations, [added.id]: { ...added, replies: [] } } };
    }
    case "reply.added": {
      const { annotation, id, body } = event.data;
      return { annotations: withReply(state.annotations, annotation, { id, by: event.by, at: event.at, body }) };
    }
    default:
      return {};
  }
}

function draftsAfter(drafts: Drafts, event: StreamEvent): Drafts {
  if (event.type === "draft.added") {
    const added = annotationFrom(event, event.data);
    return { ...drafts, [added.id]: { ...added, lesson: event.data.lesson, replies: [] } };
  }
  if (event.type === "drafts.published") {
    const gone = new Set(event.data.ids);
    return Object.fromEntries(Object.entries(drafts).filter(([id]) => !gone.has(id)));
  }
  return drafts;
}

function cycleChange(state: CycleState, event: StreamEvent): Partial<CycleState> {
  switch (event.type) {
    case "cycle.opened": {
      const { program, teacher, coach, number, release_mode } = event.data;
      return {
        program, teacher, coach, number, release_mode, stage_since: event.at,
        history: [...state.history, { stage: "planning", at: event.at, by: event.by }],
      };
    }
    case "stage.moved": {
      const { stage } = event.data;
      return { stage, stage_since: event.at, history: [...state.history, { stage, at: event.at, by: event.by }] };
    }
    case "lesson.listed":
      return { lessons: [...state.lessons, { lesson: event.data.lesson, title: event.data.title, listed_at: event.at }] };
    default:
      return {};
  }
}

function annotationFrom({ by, at }: StreamEvent, data: AnnotationAdded | DraftAdded): Omit<Annotation, "replies"> {
  const { id, start_ms, end_ms, body, kind, made_at = null } = data;
  return { id, by, at, made_at, start_ms, end_ms, body, kind, revision: 1 };
}

function withReply(annotations: Record<Id, Annotation>, id: Id, reply: Reply): Record<Id, Annotation> {
  const annotation = annotations[id];
  if (!annotation) return annotations;
  return { ...annotations, [id]: { ...annotation, replies: [...annotation.replies, reply] } };
}
