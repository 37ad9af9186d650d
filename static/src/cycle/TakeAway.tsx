import type { OpenCycle } from "../live/cycle";
import { words } from "../words";

const FILES = ["csv", "vtt", "jsonld"] as const;

/** The whole cycle to read, to print, to take away. */
export function TakeAway({ page }: { page: OpenCycle }) {
  const card = page.snapshot.value?.card;
  if (!card) return null;
  return (
    <details class="card part">
      <summary><h2>{words.takeAway.title}</h2></summary>
      <div class="inside">
        <p class="quiet">{words.takeAway.says}</p>
        <p class="actions">
          <a class="button" href={`/cycles/${card.id}/whole`}>{words.takeAway.whole}</a>
          <a class="button" href={`/api/cycles/${card.id}/export.json`} download>{words.takeAway.json}</a>
        </p>
        {card.lessons.map((lesson) => (
          <section key={lesson.id}>
            <h3 dir="auto">{words.takeAway.lesson(lesson.title)}</h3>
            <p class="actions">
              {FILES.map((file) => (
                <a key={file} class="button plain" href={`/api/lessons/${lesson.id}/annotations.${file}`} download>
                  {words.takeAway[file]}<span class="unseen"> ({lesson.title})</span>
                </a>
              ))}
            </p>
          </section>
        ))}
      </div>
    </details>
  );
}
