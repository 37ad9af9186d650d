import { type Signal, useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { Id, LessonState } from "../api/shapes";
import { FileSource } from "../upload/source";
import { startTransfer } from "../upload/store";
import type { UnderWay, Ways } from "./ways";

/** What the upload screens use of this folder. Its code comes when there is something to choose, to make or to show. */

export const WaysToSend = quietly<{ file: File; rate: number | null; ways: Signal<Ways> }>(async () => (await import("./WaysToSend")).WaysToSend);
export const UnderWayView = quietly<{ now: UnderWay }>(async () => (await import("./UnderWayView")).UnderWayView);
export const OriginalToo = quietly<{ lesson: LessonState }>(async () => (await import("./OriginalToo")).OriginalToo);

/** Whether this lesson plays a smaller copy whose original may come as well, or came. */
export const hasOriginalToo = (lesson: LessonState): boolean => lesson.state === "ready" && (lesson.source === "small" || lesson.original !== null);

/** Sends a film in the way that was chosen, nothing of it before `at` (ms since 1970; 0: now). Without the code for it, as it is. */
export async function sendFilm(lesson: Id, person: Id, file: File, ways: Ways, at = 0): Promise<void> {
  const send = ways.small || ways.sound ? await import("./send").catch(() => null) : null;
  if (send) send.sendFilm(lesson, person, file, ways, at);
  else startTransfer(lesson, new FileSource(file)).notBefore.value = at;
}

/** After a reload: what was made on this device for the lesson goes on without picking. What was refused once is not sent again. */
export async function goOnFromHere(lesson: LessonState, person: Id): Promise<void> {
  if (lesson.state === "refused") return dropKept(lesson.id);
  await (await import("./send").catch(() => null))?.goOnFromHere(lesson.id, person, lesson.listen);
}

/** The lesson's video has arrived, or was given up: what was made for it on this device is not needed any more. */
export async function dropKept(lesson: Id): Promise<void> {
  await (await import("./kept").catch(() => null))?.forgetKept(lesson, "small", "sound");
}

/** Shows nothing until its code is here, or where it does not come: the upload does without it. */
function quietly<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let here: ComponentType<P> | null = null;
  return function Quietly(props: P) {
    const part = useSignal<{ Part: ComponentType<P> } | null>(here && { Part: here });
    useEffect(() => {
      if (!part.value) load().then((Part) => (part.value = { Part: (here = Part) }), () => undefined);
    }, []);
    const Part = part.value?.Part;
    return Part ? <Part {...props} /> : null;
  };
}
