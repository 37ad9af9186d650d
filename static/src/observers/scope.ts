import type { OpenCycle } from "../live/cycle";
import { words } from "../words";

/** What somebody was let into, in words that fit after their name. */
export function scopeOf(page: OpenCycle, lesson: string | null): string {
  if (lesson === null) return words.observers.whole;
  const title = page.snapshot.value?.card.lessons.find(({ id }) => id === lesson)?.title;
  return title === undefined ? words.observers.someLesson : words.observers.lesson(title);
}
