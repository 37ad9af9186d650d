import { route } from "../app/router";
import { words } from "../words";
import { transfers } from "./store";

/** A small reminder on every other screen that a video is on its way. */
export function UploadPill() {
  const here = route.value;
  const shown = transfers.value.find(({ standing, lesson, to }) => {
    const { phase } = standing.value;
    // Files beside a plan are told of on its page, and are short.
    if (to.kind === "resource") return phase !== "gone" && phase !== "done" && !(here.page === "cycle" && here.id === to.id);
    // While it is filmed, the page itself says what of it is safe; a link in its way would only lead off.
    if (to.role === "recording" && here.page === "film") return false;
    return phase !== "gone" && !(here.page === "upload" && here.id === lesson) && !(here.page === "lesson" && here.id === lesson && phase === "done");
  });
  if (!shown) return null;
  const now = shown.standing.value;
  const done = now.phase === "done";
  const text = done ? words.upload.pillDone
    : now.phase === "stopped" || now.phase === "repick" ? words.upload.pillStopped
    : now.waiting?.why === "link" ? words.upload.pillWaiting
    : now.waiting || (now.held && now.held !== "growing") ? words.upload.pillWaits
    : words.upload.pill(Math.floor((now.stored / shown.size) * 100));
  return <a class="pill" href={shown.to.kind === "resource" ? `/cycles/${shown.to.id}#planning` : `/lessons/${shown.lesson}/upload`}>{text}</a>;
}
