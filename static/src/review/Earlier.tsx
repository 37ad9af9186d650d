import type { EarlierText } from "../api/shapes";
import { dayAndTime } from "../time/format";
import { words } from "../words";

/** What one's own words said before one changed them; out of one's own notebook, so nobody else can see it. */
export function Earlier({ texts }: { texts: readonly EarlierText[] | undefined }) {
  if (!texts || texts.length === 0) return null;
  return (
    <details class="earlier">
      <summary class="quiet">{words.corrections.before(texts.length)}</summary>
      <ol>
        {texts.map(({ revision, body, until }) => (
          <li key={revision}><p class="body" dir="auto">{body}</p> <small class="quiet">{words.corrections.until(dayAndTime(until))}</small></li>
        ))}
      </ol>
    </details>
  );
}
