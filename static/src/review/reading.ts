import { useEffect } from "preact/hooks";
import type { OpenLesson } from "../live/lesson";
import { submitLatest } from "../outbox/outbox";
import { notebookOf } from "./entries";
import type { Room } from "./room";

const LOOKED_MS = 2_000;

/** Says how far this person has read, once the list has been in sight for a moment. It goes into their own notebook. */
export function useReading(open: OpenLesson, room: Room, list: { current: HTMLElement | null }): void {
  const stream = `lesson/${room.lesson}`;
  const version = open.lesson.value?.version ?? 0;
  const kept = open.notebook.value.seen?.[stream] ?? 0;
  const has = open.snapshot.value?.notebook != null;
  useEffect(() => {
    if (!has || version <= kept || !list.current) return;
    let timer = 0;
    let inSight = false;
    const look = (): void => {
      clearTimeout(timer);
      if (!inSight || document.hidden) return;
      timer = window.setTimeout(() => submitLatest(notebookOf(room.cycle.id), { type: "mark_seen", stream, version }), LOOKED_MS);
    };
    const watch = new IntersectionObserver((found) => {
      inSight = found.some(({ isIntersecting }) => isIntersecting);
      look();
    });
    watch.observe(list.current);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      watch.disconnect();
      document.removeEventListener("visibilitychange", look);
    };
  }, [version, kept, has]);
}
