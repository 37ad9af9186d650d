import type { LessonCard } from "../api/shapes";

/** Whether something of it plays while the rest is on its way: before that, nobody knows how long it is. */
export const playsEarly = ({ state, duration_ms }: Pick<LessonCard, "state" | "duration_ms">): boolean =>
  duration_ms !== null && (state === "arriving" || state === "preparing");
