import { route } from "../app/router";
import { words } from "../words";
import { transfers } from "./store";

/** A small reminder on every other screen that a video is on its way. */
export function UploadPill() {
  const here = route.value;
  const shown = transfers.value.find(({ standing, lesson }) => {
    const { phase } = standing.value;
    return phase !== "gone" && !(here.page === "upload" && here.id === lesson) && !(here.page === "lesson" && here.id === lesson && phase === "done");
  });
  if (!shown) return null;
  const now = shown.standing.value;
  const done = now.phase === "done";
  const stands = now.phase === "stopped" || now.phase === "repick" || now.waiting;
  const text = done ? words.upload.pillDone
    : stands ? words.upload.pillWaiting
    : words.upload.pill(Math.floor((now.stored / shown.file.size) * 100));
  return <a class="pill" href={`/lessons/${shown.lesson}/upload`}>{text}</a>;
}
