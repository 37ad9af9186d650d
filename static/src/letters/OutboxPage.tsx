import { useEffect } from "preact/hooks";
import type { OutboxLetter, OutboxList } from "../api/shapes";
import { useFetched } from "../app/fetched";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import { dayAndTime } from "../time/format";
import { words } from "../words";
import { pieces } from "./links";

const LOOK_MS = 3_000;

/** The demo's letters, which went nowhere. New ones appear by themselves. */
export function OutboxPage() {
  const box = useFetched<OutboxList>("/api/outbox");
  useTitle(words.letters.title);
  useEffect(() => {
    const look = (): void => void (document.visibilityState === "visible" && box.again());
    const timer = setInterval(look, LOOK_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  const problem = box.problem.value;
  if (problem?.status === 404) {
    return <section class="card narrow"><h1>{words.letters.title}</h1><p>{words.letters.none}</p><p><a class="button" href="/sign-in">{words.session.signIn}</a></p></section>;
  }
  const letters = box.value.value?.letters;
  if (!letters) return problem ? <Trouble problem={problem} again={box.again} /> : <p class="quiet" role="status">{words.loading}</p>;
  return (
    <div class="column-page">
      <h1>{words.letters.title}</h1>
      <p>{words.letters.says}</p>
      <p class="actions"><button type="button" onClick={box.again}>{words.letters.look}</button></p>
      {letters.length === 0 && <p class="quiet">{words.letters.empty}</p>}
      <ul class="cards" aria-live="polite" aria-relevant="additions">{letters.map((letter) => <Letter key={letter.id} letter={letter} />)}</ul>
    </div>
  );
}

function Letter({ letter }: { letter: OutboxLetter }) {
  return (
    <li class="card letter">
      <h2>{letter.subject}</h2>
      <p class="quiet break">{words.letters.to(letter.to, dayAndTime(letter.at))}</p>
      <p class="text">{pieces(letter.text).map(({ text, href }, n) => (href ? <a key={n} href={href}>{text}</a> : text))}</p>
    </li>
  );
}
