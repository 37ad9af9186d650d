import { useFetched } from "../app/fetched";
import type { UploadsWaiting } from "../api/shapes";
import { day, dayAndTime, size } from "../time/format";
import { words } from "../words";
import { transfers } from "./store";

/** What one began to send and nobody sends at the moment: how much is here, since when, and the way to go on. */
export function OpenUploads() {
  const found = useFetched<UploadsWaiting>("/api/uploads").value.value;
  const moving = transfers.value.filter(({ ended }) => !ended).map(({ upload }) => upload);
  const waiting = found?.uploads.filter(({ id, lesson }) => lesson !== null && !moving.includes(id)) ?? [];
  if (waiting.length === 0) return null;
  const say = words.upload.open;
  return (
    <section class="card">
      <h2>{say.title}</h2>
      <ul class="rows">
        {waiting.map((one) => (
          <li key={one.id}>
            <a class="break" dir="auto" href={`/lessons/${one.lesson}/upload`}>{one.title || one.name}</a>
            {one.size !== null && <progress class="bar" aria-label={words.upload.progress} value={one.stored_bytes} max={one.size} />}
            <p class="quiet">
              {one.stored_bytes > 0 ? say.stands(size(one.stored_bytes), one.size === null ? null : size(one.size), dayAndTime(one.seen_at)) : say.nothing(dayAndTime(one.created_at))}
              {" "}{say.kept(day(one.goes_at))}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
