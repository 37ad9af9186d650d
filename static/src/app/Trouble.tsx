import type { Problem } from "../api/problem";
import { words } from "../words";
import { useTitle } from "./Shell";

export function NotFound() {
  useTitle(words.notFound.title);
  return (
    <section class="card">
      <h1>{words.notFound.title}</h1>
      <p>{words.notFound.says}</p>
      <p><a class="button" href="/">{words.notFound.home}</a></p>
    </section>
  );
}

/** A page that could not be fetched: missing looks the same as hidden; the rest says what to do. */
export function Trouble({ problem, again }: { problem: Problem; again: () => void }) {
  if (problem.status === 404) return <NotFound />;
  return (
    <section class="card" role="status">
      <p>{problem.detail}</p>
      <p><button type="button" onClick={again}>{words.tryAgain}</button></p>
    </section>
  );
}
