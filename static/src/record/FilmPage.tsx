import { useTitle } from "../app/Shell";
import type { Session } from "../api/shapes";
import { SignedOut } from "../session/SignedOut";
import { words } from "../words";
import { filming } from "../words/filming";
import { Done } from "./Done";
import { Filming } from "./Filming";
import { canFilm } from "./here";
import { Setup } from "./Setup";
import { take } from "./take";
import "./record.css";

/** Choose and look, film, and see that it is kept: one screen after the other, on the one address. */
export function FilmPage({ id, who }: { id: string; who: Session | null }) {
  useTitle(filming.title);
  const now = take.value;
  if (now?.running.value) return <Filming take={now} />;
  // Whoever comes after them at the same device does not get to see it.
  if (now && (!who || who.person.id === now.kept.value.person)) return <Done take={now} />;
  if (!who) return <SignedOut />;
  if (!canFilm()) {
    return (
      <section class="card narrow">
        <p class="crumb"><a href={`/cycles/${id}/add`}>{words.back}</a></p>
        <h1>{filming.title}</h1>
        <p>{isSecureContext ? filming.no.unsupported : filming.no.plain}</p>
        <p><a class="button main" href={`/cycles/${id}/add`}>{filming.toAdd}</a></p>
      </section>
    );
  }
  return <Setup cycle={id} who={who} />;
}
